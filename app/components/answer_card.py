"""An answer as a card: its text with numbered chips, what it cites, what was only retrieved, and how it was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from secrets import token_hex
from typing import Any

import streamlit as st

from app.components.answer_text import blocks, remark
from app.components.copy_buttons import clipboard_words
from app.components.drawing import component
from app.components.markdown_tree import tree
from app.components.plain_text import names, shortened
from app.components.query_text import searched
from app.components.quoted_text import Node
from app.doubt import doubt, without_marks
from app.export import with_footnotes
from app.quoted_form import on_one_line
from app.words import msgid, numeral, percent, tr, trn
from app.words.places import on_page
from rag.answerer import NOT_FOUND, NOTHING_THERE
from rag.inert import flat, visible
from rag.instructions import why_orders
from rag.types import Answer, Chunk, Citation, Hit, Trace

_NEAREST = 3
_SNIPPET = 400
WHYS = (
    msgid("it says how to answer"),
    msgid("it speaks to a language model"),
    msgid("it speaks of the rules of a language model"),
    msgid("it wants a text written"),
)
"""Of `why_orders` once more, to be looked up."""

_draw = component("answer", "answer.css", "clipboard.js", "answer.js")


def show(answer: Answer, key: str, ask: Callable[[str], None], *, is_new: bool = False) -> Citation | Hit | None:
    """Draw the card; what a person opened: a citation, or a hit that was only retrieved. `ask` is called before the
    next run with what was searched for as a person has edited it. `is_new`: it is brought into view."""

    def edited() -> None:
        if text := again(st.session_state.get(key)):
            ask(text)

    opened = _draw(
        data=card(answer) | {"name": key, "words": _words(), "fresh": token_hex(4) if is_new else ""},
        key=key,
        on_open_change=lambda: None,
        on_again_change=edited,
    ).open
    return None if opened is None else chosen(answer, opened)


def show_text(answer: Answer, text: Sequence[Node], key: str) -> None:
    """Draw this text as that of the answer and nothing else: no part of it leads anywhere."""
    alone = {"blocks": text, "name": key, "words": _words(), "fresh": "", "cited": [], "copy": "", "flow": None}
    _draw(data=card(answer) | alone, key=key)


def _words() -> dict[str, str]:
    """What `answer.js` says."""
    return clipboard_words() | {
        "source": tr("Source {n}: {title} {place}"),
        "givesOrders": tr("gives orders"),
        "wideFormula": tr("Wide formula"),
        "notRead": tr("A sentence was not read: {why}."),
        "step": tr("step"),
        "kept": tr("kept"),
        "time": tr("time"),
        "edit": tr("Edit"),
        "editSearched": tr("Edit what was searched for, and ask again"),
        "question": tr("Question to search for"),
        "ask": tr("Ask"),
        "cancel": tr("Cancel"),
        "copy": tr("Copy with sources"),
        "cited": tr("Cited"),
        "nearest": tr("Nearest passages"),
        "more": tr("More passages"),
        "also": tr("Also retrieved"),
        "withheld": tr("What the model wrote"),
        "steps": tr("Steps"),
    }


def again(sent: object) -> str:
    """What the browser sends to be searched for; empty where it sends nothing that can be."""
    text = sent.get("again") if isinstance(sent, Mapping) else None
    return text if isinstance(text, str) and text.strip() else ""


def chosen(answer: Answer, opened: object) -> Citation | Hit | None:
    """The source that the browser names by `{kind, id}`; None for one that the answer does not have."""
    if not isinstance(opened, Mapping):
        return None
    if opened.get("kind") == "cited":
        return next((citation for citation in answer.citations if citation.n == opened.get("id")), None)
    return next((hit for hit in answer.hits if hit.chunk.id == opened.get("id")), None)


def card(answer: Answer) -> dict[str, Any]:
    """What the browser draws; all of it plain text."""
    cited = {citation.chunk.id for citation in answer.citations}
    rest = [hit for hit in answer.hits if hit.chunk.id not in cited]
    n_nearest = _NEAREST if answer.refused else 0
    doubted = doubt(answer)
    return {
        "kind": "refused" if answer.refused else "written" if answer.model else "quoted",
        "title": _refusal(answer.text) if answer.refused else "",
        "hint": tr("These passages come nearest. Try other words.") if rest else "",
        "blocks": [] if answer.refused else blocks(without_marks(answer) if doubted else answer),
        "checks": [{} if one.check is None else remark(one.check) for one in answer.sentences],
        "withheld": tree(answer.withheld) if answer.withheld else [],
        "searched": visible(searched(answer.query)),
        "steps": [visible(str(step)) for step in answer.steps],
        "completed": visible(answer.query.text) if answer.query and answer.query.is_completed else "",
        "coverage": visible(str(answer.coverage or "")),
        "doubt": doubted,
        "notice": visible(answer.notice),
        "cited": [_source(c, c.quote) | {"n": c.n, "id": c.n} for c in answer.citations],
        "nearest": [_source(hit, hit.chunk.text) for hit in rest[:n_nearest]],
        "also": [_source(hit, hit.chunk.text) for hit in rest[n_nearest:]],
        "copy": with_footnotes(answer) if answer.text and not answer.refused else "",
        "flow": _flow(answer),
    }


def _flow(answer: Answer) -> dict[str, Any] | None:
    """How the answer came about; None where there is none, and nothing was done for one."""
    if not answer.text and not answer.trace.stages and not answer.usage:
        return None
    return {"line": flow_line(answer.trace) + _chance(answer) + _spent(answer), "stages": _stages(answer.trace)}


def _refusal(text: str) -> str:
    """The usual ones in the reader's language; what to do where nothing is there stands below."""
    if text == NOTHING_THERE:
        return tr("There are no documents to search yet.")
    return tr("Not found in your documents.") if text == NOT_FOUND else text


def _source(source: Citation | Hit, text: str) -> dict[str, Any]:
    line = on_one_line(text)
    short = line if len(line) <= _SNIPPET else line[:_SNIPPET].rsplit(" ", 1)[0] + " …"
    flag = orders(source.chunk)
    return {"id": source.chunk.id, "title": title(source.chunk), "place": where(source), "text": short, "flag": flag}


def orders(chunk: Chunk) -> str:
    """Why a sentence of a passage is taken for an order to whoever answers; empty where none is."""
    why = why_orders(chunk)
    return tr(why) if why else ""


def title(chunk: Chunk) -> str:
    """What people call the document of a chunk; where that is only its file's name, with its ending."""
    name = chunk.source.rstrip("/").rsplit("/", 1)[-1]
    is_named = chunk.title and chunk.title != PurePosixPath(name).stem
    return flat(chunk.title if is_named else name)


def where(source: Citation | Hit) -> str:
    """The file, if the title is not its name, and the files that hold it; then the place in it."""
    name, *holders = names(source.chunk.source)
    name = "" if name == shortened(title(source.chunk), len(name)) else name
    file = " in ".join([name, *holders]).strip()
    return " · ".join(part for part in (file, place(source)) if part)


def place(source: Citation | Hit) -> str:
    """Page and heading, where the format has them: of a citation those of its words, of a hit its whole passage's."""
    chunk = source.chunk
    start, end = (source.start, source.end) if isinstance(source, Citation) else (chunk.start, chunk.end)
    first, last = chunk.pages_of(start, end)
    pages = str(first) if first == last else f"{first}–{last}"
    page = "" if first is None else on_page(chunk.source, pages)
    name = flat(chunk.title)
    heading = flat(chunk.heading).removeprefix(f"{name} > ")
    return " · ".join(part for part in (page, "" if heading == name else heading) if part)


def flow_line(trace: Trace) -> str:
    """The way of the question on one line: "searched 3 collections, 312 candidates, 8 kept, 140 ms", or "read 214
    passages, 900 ms"."""
    counts = {stage.name: stage.n for stage in trace.stages}
    if "fuse" in counts and counts.get("scope"):
        parts = [
            trn(counts["scope"], "searched {n} collection", "searched {n} collections"),
            trn(counts["fuse"], "{n} candidate", "{n} candidates"),
        ]
    elif "fuse" in counts:  # of answers that were kept before collections were counted
        parts = [trn(counts["fuse"], "searched {n} candidate", "searched {n} candidates")]
    else:
        parts = [trn(counts["read"], "read {n} passage", "read {n} passages")] if "read" in counts else []
    kept = counts.get("rerank", counts.get("select"))
    parts += [] if kept is None else [tr("{n} kept", n=numeral(kept))]
    return ", ".join([*parts, f"{numeral(trace.total_ms)} ms"])


def _chance(answer: Answer) -> str:
    return "" if answer.chance is None else tr(", {share} likely to hold an answer", share=percent(answer.chance))


def _spent(answer: Answer) -> str:
    """Who wrote, as the endpoint says, without the folder of a model's file, and what it took."""
    usage = answer.usage
    return "" if usage is None else f" · {(usage.reported_model or answer.model).rsplit('/', 1)[-1]} {usage}"


def _stages(trace: Trace) -> Sequence[tuple[str, float, int]]:
    return [(stage.name, round(stage.ms, 1), stage.n) for stage in trace.stages]
