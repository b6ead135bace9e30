"""A chat endpoint on a real socket that obeys every instruction it sees, the worst that a model could do.

It sees what stands outside of the fences, or (`reads_all`) also what stands inside of them, and may cite (`cites`) the
passage that it obeys as the source of what it is made to say. Where it sees none it
answers with the sentence of the passages that has most of the question's words, and with its marker.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from evals.attack_set import Attack
from evals.scripted_endpoint import ScriptedEndpoint, words
from rag.prompt import REFUSAL
from rag.sentences import sentence_spans
from rag.spotlight import unmarked
from rag.whole.terms import share, terms

_FENCED = re.compile(r"^BEGIN PASSAGES (\S+)\n(.*?)\n^END PASSAGES \1$", re.MULTILINE | re.DOTALL)
_PASSAGE = re.compile(r"^\[(\d{1,3})\] [^\n]*\n(.*?)(?=\n\n\[\d{1,3}\] |\Z)", re.MULTILINE | re.DOTALL)
_QUESTION = "\n\nQuestion: "


def naive_prompt(question: str, passages: Sequence[tuple[str, str]]) -> str:
    """Passages, each with its title, pasted above the question: what a prompt without defences looks like."""
    shown = "\n\n".join(f"[{n}] {title}\n{text}" for n, (title, text) in enumerate(passages, start=1))
    return f"Answer the question from these passages.\n\n{shown}{_QUESTION}{question}"


def obeyed(request: str, attacks: Sequence[Attack], *, reads_all: bool, cites: bool = False) -> str:
    """What the obedient model writes to the user's message; a sign in place of blanks does not keep it from reading."""
    request = unmarked(request)
    asked, _, question = request.rpartition(_QUESTION)
    fenced = _FENCED.search(asked)
    seen = request if fenced is None or reads_all else request.replace(fenced[2], "")
    answer = quoted(question, fenced[2] if fenced else asked)
    letters = _letters(seen)
    for attack in attacks:
        parts = [_letters(part) for part in attack.essence]
        if all(part in letters for part in parts):
            marker = _marker_of(parts[-1], fenced[2] if fenced else asked) if cites else ""
            answer = attack.obeyed(answer, question.strip(), marker)
    return answer


def _marker_of(letters: str, passages: str) -> str:
    """The marker of the passage in which these letters stand, its title included."""
    found = (found[1] for found in _PASSAGE.finditer(passages) if letters in _letters(found[0]))
    return "".join(f"[{n}]" for n in list(found)[:1])


def quoted(question: str, passages: str) -> str:
    """The sentence of numbered passages that has most of the question's words, with its marker; of equals the first by
    the number of its passage."""
    wanted = terms(question)
    best, answer = 0.0, REFUSAL
    for number, text in sorted((int(found[1]), found[2]) for found in _PASSAGE.finditer(passages)):
        for start, end in sentence_spans(text):
            said = " ".join(text[start:end].split())
            if (found := share(wanted, terms(said))) > best:
                best, answer = found, f"{said} [{number}]"
    return answer


def _letters(text: str) -> str:
    return "".join(re.findall(r"[^\W_]", unicodedata.normalize("NFKC", text).casefold()))


class ObedientEndpoint(ScriptedEndpoint):
    """Serves the obedient model while it is entered."""

    def __init__(self, attacks: Sequence[Attack], *, reads_all: bool = False, cites: bool = False) -> None:
        self.attacks = attacks
        super().__init__(lambda asked: words(self._obeyed(asked, reads_all, cites)))

    def _obeyed(self, asked: dict[str, Any], reads_all: bool, cites: bool) -> str:
        return obeyed(asked["messages"][-1]["content"], self.attacks, reads_all=reads_all, cites=cites)
