"""Formulas in Markdown: a parser that knows them leaves their backslashes, stars and underscores as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.formulas import formula_at

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

_MOST_FORMULAS = 300
"""Of one text; what follows stands as code, so that the work of drawing an answer has a bound."""
_MOST_LINES = 60
"""Of one formula."""


def know_formulas(parser: MarkdownIt) -> None:
    """A formula becomes a token of the type `formula`, or `code_inline` beyond the first 300, as it was written."""
    parser.inline.ruler.before("escape", "formula", _formula_inline)
    parser.block.ruler.before(
        "hr", "formula", _formula_lines, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )


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
        state.push("paragraph_open", "p", 1).map = [first, after]
        inline = state.push("inline", "", 0)
        inline.content = state.getLines(first, after, state.blkIndent, False).strip()
        inline.map, inline.children = [first, after], []
        state.push("paragraph_close", "p", -1)
    return True
