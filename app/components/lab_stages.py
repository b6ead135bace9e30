"""The stages of a search side by side, and how ranks moved, drawn as nothing but text and lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.components.answer_card import place, title
from app.components.drawing import component
from app.components.told_apart import told_apart
from app.lab.plane import beginning
from app.lab.stages import FUSED, MEANING, RERANKED, WORDS, Looked, StageHits, moves
from app.words import msgid, numeral, tr, trn
from rag.inert import visible
from rag.types import Hit

_ROWS = 10
"""Passages of each stage that are drawn; of those kept all."""
_ORIGINS = {
    FUSED: ((MEANING, msgid("by meaning {n}")), (WORDS, msgid("by words {n}"))),
    RERANKED: ((FUSED, msgid("fused {n}")),),
}
"""Stage -> those before it whose places each row tells, and how."""

_draw = component("lab_stages", "lab.css", "lab_stages.js")
_draw_moves = component("lab_moves", "lab.css", "lab_moves.js")


def show(looked: Looked, key: str) -> tuple[str, Hit] | None:
    """Draw every stage; what a person picked: ("open" or "inspect", its hit)."""
    picked = _draw(data=columns(looked) | {"words": _words()}, key=key, on_picked_change=lambda: None).picked
    return chosen(looked, picked)


def chosen(looked: Looked, picked: object) -> tuple[str, Hit] | None:
    """The hit that the browser names by `{kind, id}`, with the kind; None for one that no stage has."""
    if not isinstance(picked, Mapping):
        return None
    found = (hit for stage in reversed(looked.stages) for hit in stage.hits if hit.chunk.id == picked.get("id"))
    hit = next(found, None)
    return None if hit is None else (str(picked.get("kind")), hit)


def _words() -> dict[str, str]:
    """What `lab_stages.js` says."""
    return {
        "open": tr("{stage} {rank}: {title} {place}, score {score}. Open the source"),
        "inspect": tr("Inspect"),
        "inspectPassage": tr("Inspect the passage {title} {place}"),
        "stages": tr("Stages of the search"),
    }


def show_moves(before: Sequence[Hit], after: Sequence[Hit], key: str) -> None:
    """Draw how the hits that are kept moved from the usual settings to these."""
    apart = told_apart(hit.chunk for hit in (*before, *after))
    rows = [
        {"title": title(hit.chunk), "passage": _passage(hit, apart), "before": old, "after": new}
        for hit, old, new in moves(before, after)
    ]
    words = {
        "new": tr("{passage}: new, at {after}"),
        "gone": tr("{passage}: at {before} before, not kept now"),
        "moved": tr("{passage}: {before} before, {after} now"),
    }
    data = {"names": [tr("As usual"), tr("By these settings")], "before": len(before), "after": len(after)}
    _draw_moves(data=data | {"moves": rows, "words": words}, key=key)


def _passage(hit: Hit, apart: Mapping[int, str]) -> str:
    """Behind the title, and seen whole however short that is cut."""
    return "".join(f" · {part}" for part in (apart[hit.chunk.document_id], str(hit.chunk.ordinal + 1)) if part)


def columns(looked: Looked) -> dict[str, Any]:
    """What the browser draws; all of it plain text."""
    places = {stage.name: {hit.chunk.id: n for n, hit in enumerate(stage.hits, start=1)} for stage in looked.stages}
    apart = told_apart(hit.chunk for stage in looked.stages for hit in stage.hits)
    return {"stages": [_column(stage, places, apart, is_kept=stage is looked.stages[-1]) for stage in looked.stages]}


def _column(
    stage: StageHits, places: Mapping[str, Mapping[int, int]], apart: Mapping[int, str], *, is_kept: bool
) -> dict[str, Any]:
    time = "" if stage.ms is None else f" · {numeral(stage.ms, 1)} ms"
    shown = stage.hits if is_kept else stage.hits[:_ROWS]
    highest = max((hit.score for hit in shown), default=0.0) or 1.0
    rows = [
        {
            "id": hit.chunk.id,
            "rank": n,
            "title": title(hit.chunk),
            "place": " · ".join(filter(None, (apart[hit.chunk.document_id], _place(hit)))),
            "words": visible(beginning(hit.chunk, 120)),
            "score": numeral(hit.score, 2),
            "share": max(0.0, min(1.0, hit.score / highest)),
            "from": _from(stage, hit, places),
            "leftOut": hit.chunk.id in stage.left_out,
        }
        for n, hit in enumerate(shown, start=1)
    ]
    note = trn(stage.n, "{n} passage", "{n} passages")
    nothing = tr("No word of the question stands in these passages.") if stage.name == WORDS else tr("Nothing found.")
    return {"name": tr(stage.name), "note": f"{note}{time}", "rows": rows, "nothing": nothing, "isKept": is_kept}


def _from(stage: StageHits, hit: Hit, places: Mapping[str, Mapping[int, int]]) -> str:
    if hit.chunk.id in stage.left_out:
        return tr("left out: nearly the same, or older")
    told = [
        tr(at, n=places[name][hit.chunk.id])
        for name, at in _ORIGINS.get(stage.name, ())
        if hit.chunk.id in places.get(name, {})
    ]
    return ", ".join(told)


def _place(hit: Hit) -> str:
    passage = tr("passage {n}", n=hit.chunk.ordinal + 1)
    return " · ".join(filter(None, (passage, place(hit))))
