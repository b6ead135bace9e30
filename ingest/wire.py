"""How a Document and its passages cross from the fenced child to its parent: JSON, and nothing in it is trusted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, get_args

from rag.types import Block, BlockKind, Box, ChunkDraft, Document, Page, Word

_KINDS = get_args(BlockKind)
_MAX_WARNINGS, _MAX_METADATA = 1000, 50
MAX_ANSWER = 1 << 28
"""Bytes; the texts of `MOST_PASSAGES` are smaller."""
MOST_PASSAGES = 100_000
"""Of one document: some 80 MB of prose. More than that is no text that people read, and would take an hour to embed."""
_MOST_REPEATED = 3
"""A character stands in so many passages at most, since they overlap by half at most."""


def to_json(document: Document, drafts: Sequence[ChunkDraft] | None = None) -> bytes:
    """The document as JSON, with its passages once it is cut; characters outside of ASCII are written as UTF-8."""
    fields = {
        "text": document.text,
        "title": document.title,
        "media_type": document.media_type,
        "pages": [list(asdict(page).values()) for page in document.pages],
        "blocks": [list(asdict(block).values()) for block in document.blocks],
        "metadata": dict(document.metadata),
        "warnings": list(document.warnings),
        "words": [list(asdict(word).values()) for word in document.words],
        "n_members": document.n_members,
    }
    answer: dict[str, Any] = {"document": fields}
    if drafts is not None:
        answer["passages"] = [list(asdict(draft).values()) for draft in drafts]
    return json.dumps(answer, ensure_ascii=False).encode("utf-8")


def document_from(fields: Any) -> Document:  # noqa: ANN401 - whatever the child sent
    """Rebuild a document; raises ValueError when a field has the wrong type or a span lies outside of the text."""
    if not isinstance(fields, dict):
        raise ValueError("not an object")  # noqa: TRY004 - one error for everything that is wrong
    text = _text(fields.get("text"))
    text.encode("utf-8")  # refuses lone surrogates with a UnicodeEncodeError, which is a ValueError
    blocks = tuple(_block(row) for row in _list(fields.get("blocks"), len(text)))
    pages = tuple(_page(row, n) for n, row in enumerate(_list(fields.get("pages"), len(text) + 100_000), 1))
    _check_order([(block.start, block.end) for block in blocks], len(text))
    words = tuple(_word(row, len(pages)) for row in _list(fields.get("words"), len(text)))
    _check_order([(page.start, page.end) for page in pages], len(text))
    _check_order([(word.start, word.end) for word in words], len(text))
    metadata = fields.get("metadata")
    if not isinstance(metadata, dict) or len(metadata) > _MAX_METADATA:
        raise ValueError("metadata")
    return Document(
        text=text,
        title=_text(fields.get("title")),
        media_type=_text(fields.get("media_type")),
        pages=pages,
        blocks=blocks,
        metadata={_text(key): _text(value) for key, value in metadata.items()},
        warnings=tuple(_text(warning) for warning in _list(fields.get("warnings"), _MAX_WARNINGS)),
        words=words,
        n_members=_number(fields.get("n_members")),
    )


def drafts_from(rows: Any, length: int) -> list[ChunkDraft]:  # noqa: ANN401
    """The passages of a document of `length` characters; raises ValueError like `document_from`."""
    paths: dict[tuple[str, ...], tuple[str, ...]] = {}
    drafts = []
    before = total = 0
    for row in _list(rows, MOST_PASSAGES):
        start, end, heading, context = _list(row, 4)
        if not before <= _number(start) < _number(end) <= length:
            raise ValueError("passage")
        path = tuple(_text(label) for label in _list(heading, 10))
        drafts.append(ChunkDraft(start, end, paths.setdefault(path, path), _text(context)))
        before, total = start, total + end - start
    if total > _MOST_REPEATED * length:
        raise ValueError("passages that repeat each other")
    return drafts


def _block(row: Any) -> Block:  # noqa: ANN401
    kind, start, end, level, box = _list(row, 5)
    if kind not in _KINDS:
        raise ValueError("block kind")
    return Block(kind, _number(start), _number(end), _number(level), None if box is None else _box(box))


def _word(row: Any, n_pages: int) -> Word:  # noqa: ANN401
    start, end, page, box = _list(row, 4)
    if not 1 <= _number(page) <= n_pages:
        raise ValueError("page of a word")
    return Word(_number(start), _number(end), page, _box(box))


def _box(value: Any) -> Box:  # noqa: ANN401
    left, top, right, bottom = (_share(edge) for edge in _list(value, 4))
    return left, top, right, bottom


def _share(value: Any) -> float:  # noqa: ANN401
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError("share")
    return float(value)


def _page(row: Any, expected: int) -> Page:  # noqa: ANN401
    number, start, end, label = _list(row, 4)
    if number != expected:
        raise ValueError("page number")
    return Page(expected, _number(start), _number(end), _text(label))


def _check_order(spans: list[tuple[int, int]], length: int) -> None:
    at = 0
    for start, end in spans:
        if not at <= start <= end <= length:
            raise ValueError("span")
        at = end


def _text(value: Any) -> str:  # noqa: ANN401
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("text")
    return value


def _number(value: Any) -> int:  # noqa: ANN401
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("number")
    return value


def _list(value: Any, limit: int) -> list[Any]:  # noqa: ANN401
    if not isinstance(value, list) or len(value) > limit:
        raise ValueError("list")
    return value
