"""A conversation as a file for people elsewhere, who may have another clock: Markdown with footnotes, or JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby

from app import quoted_export
from app.answer_form import answer_row, place_line, printable
from app.components.query_text import searched
from app.doubt import doubt
from app.quoted_export import literal
from app.quoted_form import on_one_line
from app.words import moment, msgid, tr
from indexes.feedback import Rating
from rag.code_spans import split_text
from rag.inert import inert
from rag.markers import NO_ROOT
from rag.types import Answer, Citation, Turn

_MARKER = re.compile(rf"{NO_ROOT}\[(\d{{1,3}})\]")
MARKED = {"unsupported": msgid("not in the source"), "partly": msgid("partly in the source")}


Ratings = Mapping[int, Rating]
"""Number of a turn, from 0 -> what was said of its answer."""
UNRATED: Ratings = {}


def as_json(title: str, turns: Sequence[Turn], ratings: Ratings = UNRATED, at: float = 0.0) -> str:
    """`{title, exported_at, turns}`, each turn as `python -m app ask --json` prints an answer, when it was asked, and
    what was said of it. `at`: when it is exported, in seconds, UTC; times are ISO 8601, null where nobody noted them.
    """
    rows = [
        answer_row(turn.answer)
        | {"question": turn.question, "asked_at": _iso(turn.asked_at), "feedback": rating_row(ratings.get(n))}
        | {"next_questions": list(turn.next_questions)}
        for n, turn in enumerate(turns)
    ]
    kept = {"title": title, "exported_at": _iso(at), "turns": rows}
    return json.dumps(kept, ensure_ascii=False, indent=2)


def _iso(at: float) -> str | None:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds") if at else None


def rating_row(rating: Rating | None) -> dict[str, object] | None:
    """`{rating, reasons, comment}`, or null where nothing was said."""
    if rating is None:
        return None
    return {"rating": "up" if rating.is_up else "down", "reasons": list(rating.reasons), "comment": rating.comment}


def as_markdown(title: str, turns: Sequence[Turn], ratings: Ratings = UNRATED, at: float = 0.0) -> str:
    """Questions as headings, answers with footnotes that say file, page and the cited words. Numbers count through the
    whole conversation, since a footnote's name is one in a file. `at` as in `as_json`; days are written as the reader
    of the page does."""
    parts, n_before = [f"# {_line(title)}", exported(at)], 0
    for n, turn in enumerate(turns):
        parts += [f"## {_line(turn.question)}", asked(turn)]
        parts += _answer(turn.answer, n_before)
        parts.append(_line(rated(ratings.get(n))))
        n_before += max((citation.n for citation in turn.answer.citations), default=0)
    return "\n\n".join(part for part in parts if part) + "\n"


def exported(at: float) -> str:
    """When a conversation was, in a line; empty where nobody noted it, as that of `asked` is."""
    return tr("Exported on {when}", when=moment(at, "%H:%M", UTC)) if at else ""


def asked(turn: Turn) -> str:
    """When it was asked, in a line."""
    return tr("Asked on {when}", when=moment(turn.asked_at, "%H:%M", UTC)) if turn.asked_at else ""


def rated(rating: Rating | None) -> str:
    """What was said of an answer in a line; empty where nothing was."""
    if rating is None:
        return ""
    said = tr("Rated up") if rating.is_up else tr("Rated down")
    why = "; ".join(filter(None, (", ".join(map(tr, rating.reasons)), rating.comment)))
    return f"{said}: {why}" if why else said


def with_footnotes(answer: Answer) -> str:
    """An answer to be pasted elsewhere: its text, and below it the places and words that it cites."""
    return "\n\n".join(part for part in _answer(answer, 0) if part) + "\n"


def _answer(answer: Answer, n_before: int) -> Iterator[str]:
    yield f"> {_line(doubt(answer))}" if doubt(answer) else ""
    yield _numbered(inert(quoted_export.as_markdown(answer)), answer, n_before)
    yield "\n".join(
        f"- *{tr(MARKED[one.check.state])}*: {_line(one.text)}"
        for one in answer.sentences
        if one.check and one.check.state in MARKED
    )
    yield f"> {_line(searched(answer.query))}" if searched(answer.query) else ""
    yield f"> {_line(answer.notice)}" if answer.notice else ""
    yield "\n".join(_footnote(citation, n_before) for citation in answer.citations)


def _numbered(text: str, answer: Answer, n_before: int) -> str:
    """Markers as footnotes, with numbers that go on; what looks like one in code is none."""
    known = {citation.n for citation in answer.citations}

    def footnote(found: re.Match[str]) -> str:
        return f"[^{int(found[1]) + n_before}]" if int(found[1]) in known else found[0]

    parts = groupby(split_text(text), lambda one: one.is_code)
    joined = ((is_code, "".join(one.text for one in pieces)) for is_code, pieces in parts)
    return "".join(part if is_code else _MARKER.sub(footnote, part) for is_code, part in joined)


def _footnote(citation: Citation, n_before: int) -> str:
    place, source = place_line(citation.chunk, citation.page), citation.chunk.source
    quote = _line(on_one_line(citation.quote))
    return f"[^{citation.n + n_before}]: {_line(literal(place))} ({_line(literal(source))}): “{quote}”"


def _line(text: str) -> str:
    """On one line, harmless, and without what Markdown would make of it."""
    return inert(" ".join(printable(text).split()))
