"""Hits and answers as plain dictionaries for `--json`, and as text with footnotes for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.doubt import doubt
from app.words.places import on_page
from indexes.terminal import one_line
from ingest.older import Notes
from rag.agent.nouns import Step
from rag.instructions import why_orders
from rag.query.nouns import Query, told
from rag.types import Answer, Chunk, Citation, Hit, Sentence, Trace
from rag.usage import Usage
from rag.verification.nouns import Check, Finding
from rag.whole.nouns import Coverage, Outline

_NEAREST = 3
_SNIPPET = 240


def hit_rows(hits: Sequence[Hit], older: Notes | None = None) -> list[dict[str, Any]]:
    """`{rank, document, source, page, start, end, text, score, origin, older_content, gives_orders}` of every hit, rank
    from 1. `gives_orders`: why a sentence of it is taken for an order to whoever answers; mostly empty."""
    return [
        {"rank": rank, **_place(hit.chunk), "start": hit.chunk.start, "end": hit.chunk.end, "text": hit.chunk.text}
        | {"score": round(hit.score, 6), "origin": hit.origin}
        | {"older_content": list((older or {}).get(hit.chunk.document_id, ())), "gives_orders": why_orders(hit.chunk)}
        for rank, hit in enumerate(hits, start=1)
    ]


def answer_row(answer: Answer, older: Notes | None = None) -> dict[str, Any]:
    """The whole answer, with its citations, hits and the milliseconds of each stage."""
    return {
        "question": answer.question,
        "answer": answer.text,
        "refused": answer.refused,
        "chance": None if answer.chance is None else round(answer.chance, 3),
        "sentences": [_sentence_row(sentence) for sentence in answer.sentences],
        "citations": [_citation_row(citation) for citation in answer.citations],
        "hits": hit_rows(answer.hits, older),
        "trace": answer.trace.milliseconds(),
        "notice": answer.notice,
        "model": answer.model,
        "withheld": answer.withheld,
        "filtered": answer.filtered,
        "cut": answer.is_cut,
        "reported_model": "" if answer.usage is None else answer.usage.reported_model,
        "usage": None if answer.usage is None else _usage_row(answer.usage),
        "searched_for": _query_row(answer.question, answer.query),
        "coverage": None if answer.coverage is None else _coverage_row(answer.coverage),
        "outline": None if answer.outline is None else _outline_row(answer.outline),
        "steps": [_step_row(step) for step in answer.steps],
    }


def _step_row(step: Step) -> dict[str, Any]:
    """What was done, what came of it, and in how many milliseconds."""
    value = None if step.calculation is None else step.calculation.value
    done = {"kind": step.kind, "asked": step.asked, "where": step.where, "n": step.n, "value": value}
    return done | {"trouble": step.trouble, "ms": round(step.ms, 1)}


def _query_row(question: str, query: Query | None) -> dict[str, Any]:
    """What was searched for, and what of it is not as it was typed."""
    query = query or Query(question)
    instead = [{"typed": one.typed, "known": one.known} for one in query.corrections]
    also = [*query.words, *query.wordings]
    found = {"text": query.text, "completed": query.is_completed, "instead": instead, "also": also}
    return found | {"unknown": list(query.unknown)}


def _usage_row(usage: Usage) -> dict[str, Any]:
    """Tokens, US dollars (null where no price is known) and milliseconds (null where no word came)."""
    first = usage.first_token_ms
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "estimated": usage.is_estimated,
        "cost": usage.cost,
        "first_token_ms": None if first is None else round(first, 1),
        "system_fingerprint": usage.system_fingerprint,
    }


def _coverage_row(coverage: Coverage) -> dict[str, Any]:
    counts = {"read": coverage.n_read, "of": coverage.n_all, "matched": coverage.n_matched}
    return {"text": str(coverage), **counts, "how": coverage.how}


def _outline_row(outline: Outline) -> dict[str, Any]:
    """Titles with the sentences below them; of a comparison a cell for each of its sides."""
    sections = [
        {"title": section.title, "cells": [[_sentence_row(one) for one in cell] for cell in section.cells]}
        for section in outline.sections
    ]
    return {"sides": list(outline.sides), "sections": sections}


def _sentence_row(sentence: Sentence) -> dict[str, Any]:
    said = {"text": sentence.text, "citations": list(sentence.citations), "marked": sentence.marked}
    return said if sentence.check is None else said | {"check": _check_row(sentence.check)}


def _check_row(check: Check) -> dict[str, Any]:
    """What came of holding it against its sources: the state, and the place that bears it out best."""
    quote = None if check.quote is None else dict(zip(("citation", "start", "end"), check.quote, strict=True))
    findings = [_finding_row(one) for one in check.findings]
    against = [{"citation": n} | _finding_row(one) for n, one in check.against]
    said = {"state": check.state, "chance": round(check.chance, 3), "findings": findings, "contradicted_by": against}
    derived = [{"said": one.said, "how": one.how} for one in check.derived]
    return said | {"derived": derived, "quote": quote, "found_by_app": check.is_found}


def _finding_row(finding: Finding) -> dict[str, Any]:
    return {"kind": finding.kind, "said": finding.said, "instead": finding.instead}


def _citation_row(citation: Citation) -> dict[str, Any]:
    span = {"start": citation.start, "end": citation.end, "quote": citation.quote}
    return {"n": citation.n, **_place(citation.chunk), "page": citation.page} | span


def _place(chunk: Chunk) -> dict[str, Any]:
    return {"document": chunk.document_id, "source": chunk.source, "page": chunk.page}


def place_line(chunk: Chunk, page: int | None) -> str:
    """Where a passage or a quote on a page stands, on one line: title or source, page, heading."""
    name = chunk.title or chunk.source.rsplit("/", 1)[-1]
    heading = "" if chunk.heading == name else chunk.heading.removeprefix(f"{name} > ")
    at = on_page(chunk.source, page) if page else ""
    return one_line(", ".join(part for part in (name, at, heading) if part))


def hits_text(hits: Sequence[Hit], older: Notes | None = None) -> str:
    """Hits for a terminal: score and place, the file, how the text begins, and what is `older` than its file."""
    return "\n".join(
        f"{rank:>3}. {hit.score:.3f}  {place_line(hit.chunk, hit.chunk.page)}\n     {one_line(hit.chunk.source)}\n"
        f"     {_snippet(hit.chunk.text)}{_older(hit.chunk, older)}{_orders(hit.chunk)}"
        for rank, hit in enumerate(hits, start=1)
    )


def _older(chunk: Chunk, older: Notes | None) -> str:
    return "".join(f"\n     older content: {note}" for note in (older or {}).get(chunk.document_id, ()))


def _orders(chunk: Chunk) -> str:
    why = why_orders(chunk)
    return f"\n     gives orders: {why}" if why else ""


def trace_line(trace: Trace) -> str:
    """What each stage took."""
    return f"({', '.join(f'{stage.name} {stage.ms:.0f} ms' for stage in trace.stages)})"


def answer_text(answer: Answer, older: Notes | None = None) -> str:
    """The answer with its sources as footnotes; for an abstention the nearest passages."""
    parts = [doubt(answer), printable(answer.text)]
    if answer.refused and answer.hits:
        parts.append("The nearest passages:\n" + hits_text(answer.hits[:_NEAREST], older))
    notes = [
        f"[{c.n}] {place_line(c.chunk, c.page)} ({one_line(c.chunk.source)}){_older(c.chunk, older)}{_orders(c.chunk)}"
        for c in answer.citations
    ]
    query, coverage = printable(told(answer.query)), str(answer.coverage or "")
    steps = "\n".join(one_line(str(step)) for step in answer.steps)
    spent = "" if answer.usage is None else f"({answer.usage})"
    said = (*parts, "\n".join(notes), steps, query, coverage, answer.notice, trace_line(answer.trace), spent)
    return "\n\n".join(part for part in said if part)


def _snippet(text: str) -> str:
    flat = printable(" ".join(text.split()))
    return flat if len(flat) <= _SNIPPET else flat[:_SNIPPET].rsplit(" ", 1)[0] + " …"


def printable(text: str) -> str:
    """Text that cannot move a terminal's cursor or change its colours."""
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)
