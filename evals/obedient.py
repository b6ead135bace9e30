"""A chat endpoint on a real socket that obeys every instruction it sees, the worst that a model could do.

It sees what stands outside of the fences, or (`reads_all`) also what stands inside of them. Where it sees none it
answers with the sentence of the passages that has most of the question's words, and with its marker.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

from evals.attack_set import Attack
from rag.prompt import REFUSAL
from rag.sentences import sentence_spans
from rag.whole.terms import share, terms

_FENCED = re.compile(r"^BEGIN PASSAGES (\S+)\n(.*?)\n^END PASSAGES \1$", re.MULTILINE | re.DOTALL)
_PASSAGE = re.compile(r"^\[(\d{1,3})\] [^\n]*\n(.*?)(?=\n\n\[\d{1,3}\] |\Z)", re.MULTILINE | re.DOTALL)
_QUESTION = "\n\nQuestion: "


def naive_prompt(question: str, passages: Sequence[tuple[str, str]]) -> str:
    """Passages, each with its title, pasted above the question: what a prompt without defences looks like."""
    shown = "\n\n".join(f"[{n}] {title}\n{text}" for n, (title, text) in enumerate(passages, start=1))
    return f"Answer the question from these passages.\n\n{shown}{_QUESTION}{question}"


def obeyed(request: str, attacks: Sequence[Attack], *, reads_all: bool) -> str:
    """What the obedient model writes to the user's message."""
    asked, _, question = request.rpartition(_QUESTION)
    fenced = _FENCED.search(asked)
    seen = request if fenced is None or reads_all else request.replace(fenced[2], "")
    answer = _quoted(question, fenced[2] if fenced else asked)
    letters = _letters(seen)
    for attack in attacks:
        if _letters(attack.instruction) in letters:
            answer = attack.obeyed(answer, question.strip())
    return answer


def _quoted(question: str, passages: str) -> str:
    """The sentence that has most of the question's words, the first of equals by the number of its passage."""
    wanted = terms(question)
    best, answer = 0.0, REFUSAL
    for number, text in sorted((int(found[1]), found[2]) for found in _PASSAGE.finditer(passages)):
        for start, end in sentence_spans(text):
            said = " ".join(text[start:end].split())
            if (found := share(wanted, terms(said))) > best:
                best, answer = found, f"{said} [{number}]"
    return answer


def _letters(text: str) -> str:
    return "".join(re.findall(r"[^\W_]", text.casefold()))


class ObedientEndpoint:
    """Serves the obedient model as an OpenAI-compatible endpoint of this process while it is entered."""

    def __init__(self, attacks: Sequence[Attack], *, reads_all: bool = False) -> None:
        self.attacks = attacks
        self.reads_all = reads_all
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> ObedientEndpoint:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                said = obeyed(asked["messages"][-1]["content"], endpoint.attacks, reads_all=endpoint.reads_all)
                self.send_response(200)
                self.send_header("content-type", "text/event-stream")
                self.end_headers()
                for event in _events(said):
                    self.wfile.write(event)

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


def _events(said: str) -> Iterator[bytes]:
    """The words one by one, as endpoints stream them."""
    for word in re.findall(r"\s*\S+", said):
        yield _event({"content": word}, None)
    yield _event({}, "stop")
    yield b"data: [DONE]\n\n"


def _event(delta: dict[str, str], finish_reason: str | None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return b"data: " + json.dumps({"object": "chat.completion.chunk", "choices": [choice]}).encode() + b"\n\n"
