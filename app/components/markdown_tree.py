"""The Markdown of an answer as a tree of plain texts, known tags, formulas and numbers; home of the parser."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from app.components.formula_text import node
from app.components.quoted_text import Node
from ingest.loaders.markdown_formulas import know_formulas
from rag.formulas import formula_at
from rag.inert import visible
from rag.markers import NO_ROOT

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token
    from markdown_it.tree import SyntaxTreeNode

_BEGIN, _END = "\ue000", "\ue001"
"""Around the number of a sentence that is told about, at its end; a text has no such characters of its own here."""
_MARKER = re.compile(rf"{NO_ROOT}\[(\d{{1,4}})\]|{_BEGIN}(\d+){_END}")
_MARKERS = re.compile(rf"[ \t]*(?:{_MARKER.pattern})")
_TAGS = {
    "paragraph": "p",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "blockquote": "blockquote",
    "strong": "strong",
    "em": "em",
    "s": "s",
    "table": "table",
    "thead": "thead",
    "tbody": "tbody",
    "tr": "tr",
    "th": "th",
    "td": "td",
    "hr": "hr",
    "hardbreak": "br",
}
_CODE = {"code_inline": "code", "code_block": "pre", "fence": "pre"}
_ABOVE, _LOWEST = 2, 6
"""Levels of the page's own headings above an answer's, and of the least one."""


def sign(n: int) -> str:
    """What stands for the remark on sentence n in a text."""
    return f"{_BEGIN}{n}{_END}"


def without_signs(text: str) -> str:
    """The text without what could pass for such a sign."""
    return re.sub(f"[{_BEGIN}{_END}]", "\ufffd", text)


def tree(markdown: str) -> list[Node]:
    """Markdown as nodes. Links and images leave their words, HTML is text, whatever is unknown leaves its content;
    headings begin at h3, and none skips a level."""
    from markdown_it.tree import SyntaxTreeNode

    tokens = _parser().parse(visible(markdown))
    _set_levels(tokens)
    return _all(SyntaxTreeNode(tokens).children)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    know_formulas(parser)
    return parser


def _set_levels(tokens: Sequence[Token]) -> None:
    """Headings keep which of them stands below which, and follow each other without a gap."""
    above: list[str] = []
    for token in tokens:
        if token.type == "heading_open":
            while above and above[-1] >= token.tag:
                above.pop()
            above.append(token.tag)
            token.tag = f"h{min(_ABOVE + len(above), _LOWEST)}"


def _all(found: Iterable[SyntaxTreeNode]) -> list[Node]:
    return [node for part in found for node in _nodes(part)]


def _nodes(found: SyntaxTreeNode) -> list[Node]:
    if found.type in _TAGS:
        return [{"tag": _TAGS[found.type], "children": _all(found.children)}]
    if found.type in _CODE:
        return [{"tag": _CODE[found.type], "children": [found.content]}]
    if found.type == "heading":
        return [{"tag": found.tag, "children": _all(found.children)}]
    if found.type == "formula":
        return _formula(found.content)
    if found.type == "softbreak":
        return ["\n"]
    return _all(found.children) if found.children else cited(found.content)


def cited(text: str) -> list[Node]:
    """A text with its `[n]` markers as citation numbers, and its signs as remarks."""
    parts: list[Node] = []
    done = 0
    for found in _MARKER.finditer(text):
        sign: Node = {"cite": int(found[1])} if found[1] else {"check": int(found[2])}
        parts += [*filter(None, [text[done : found.start()]]), sign]
        done = found.end()
    return [*parts, *filter(None, [text[done:]])]


def _formula(written: str) -> list[Node]:
    """A formula, and behind it the markers and signs that stood within."""
    signs = [one for one in cited(written) if isinstance(one, dict)]
    plain = _MARKERS.sub("", written)
    found = formula_at(plain, 0)
    return [{"tag": "code", "children": [plain]} if found is None else node(found, plain), *signs]
