"""The Markdown of an answer as a tree of plain texts, known tags, formulas and numbers; home of the parser."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from app.components.formula_text import formula_at, node
from app.components.quoted_text import Node
from rag.inert import visible
from rag.markers import NO_ROOT

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
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
_MOST_FORMULAS = 300
"""Of one text; what follows stands as code, so that the work of drawing an answer has a bound."""
_MOST_LINES = 60
"""Of one formula."""


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
    parser.inline.ruler.before("escape", "formula", _formula_inline)
    parser.block.ruler.before(
        "hr", "formula", _formula_lines, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    return parser


def _formula_inline(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as the parser calls it
    """A formula, before its backslashes and underscores are read as Markdown's own."""
    found = formula_at(state.src, state.pos)
    if found is None or found.end > state.posMax:
        return False
    if not silent:
        n = state.env["formulas"] = state.env.get("formulas", 0) + 1
        token = state.push("formula" if n <= _MOST_FORMULAS else "code_inline", "", 0)
        token.content = state.src[found.start : found.end]
    state.pos = found.end
    return True


def _formula_lines(state: StateBlock, first: int, last: int, silent: bool) -> bool:  # noqa: FBT001 - likewise
    """The lines of a formula that begins a line are one paragraph, although some begin like lists or headings."""
    start = state.bMarks[first] + state.tShift[first]
    if not state.src.startswith(("$$", "\\["), start) or state.is_code_block(first):
        return False
    after = first
    while (
        after < min(last, first + _MOST_LINES) and not state.isEmpty(after) and state.sCount[after] >= state.blkIndent
    ):
        after += 1
    text = state.getLines(first, after, state.blkIndent, False).strip()
    found = formula_at(text, 0)
    if found is None:
        return False
    if not silent:
        after = first + text.count("\n", 0, found.end) + 1
        state.line = after
        state.push("paragraph_open", "p", 1)
        inline = state.push("inline", "", 0)
        inline.content = state.getLines(first, after, state.blkIndent, False).strip()
        inline.map, inline.children = [first, after], []
        state.push("paragraph_close", "p", -1)
    return True


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
