"""The words that families of embedding models expect in front of a query and of a document."""

from __future__ import annotations

import re
from typing import NamedTuple


class Prefixes(NamedTuple):
    """What is put in front of a text before it is embedded."""

    query: str
    document: str


NO_PREFIXES = Prefixes("", "")

FAMILIES: dict[str, Prefixes] = {
    "e5": Prefixes("query: ", "passage: "),
    "bge-en": Prefixes("Represent this sentence for searching relevant passages: ", ""),
    "bge-zh": Prefixes("为这个句子生成表示以用于检索相关文章：", ""),
    "bge-m3": NO_PREFIXES,
    "minilm": NO_PREFIXES,
    "mpnet": NO_PREFIXES,
}
"""As the models' own cards give them."""

_MEMBERS = (
    (re.compile(r"\be5-(?:small|base|large)(?:-v2|-unsupervised)?$"), "e5"),
    (re.compile(r"\bbge-m3$"), "bge-m3"),
    (re.compile(r"\bbge-(?:small|base|large)-zh\b"), "bge-zh"),
    (re.compile(r"\bbge-(?:small|base|large)\b"), "bge-en"),
    (re.compile(r"\bminilm\b"), "minilm"),
    (re.compile(r"\bmpnet\b"), "mpnet"),
)


def prefixes_of(name: str) -> Prefixes | None:
    """The prefixes of a model by the last part of its name or folder; None for a family that is not in the table."""
    last = name.replace("\\", "/").rstrip("/").rsplit("/", maxsplit=1)[-1].lower()
    return next((FAMILIES[family] for pattern, family in _MEMBERS if pattern.search(last)), None)
