"""The lines of a Markdown text as its reader sees them: what marks a block stays, what marks words within it does not.

A link and an image leave their words, code and emphasis lose their marks, escapes and entities become the character
that they stand for. Formulas, blocks of code and tags of HTML stay as they are; comments and definitions of addresses
go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_EMBEDDED = re.compile(r"\]\(\s*<?data:[^)\s>]*>?")
_BREAK = re.compile(r"<br\s*/?>\Z", re.IGNORECASE)
_LONGEST = 10_000
"""Characters of a paragraph whose marks are read: the time that it takes can grow with their square."""
_FEWEST_WRAPPED, _FULL = 50, 0.6
"""Characters of a line, and their share of the longest one, from which on it may have ended for want of room."""
_HARD = ("  ", "\\")
_FIELD = re.compile(r"[^\n:;.!?]{1,40}: +\S")


class SeenLines:
    """The lines of a text, what is seen in the place of what was written."""

    def __init__(self, text: str, parser: MarkdownIt) -> None:
        """The parser reads blocks alone, and gives definitions of addresses as tokens."""
        self.lines: list[str | None] = [*text.split("\n")]
        """None where nothing is left of a line."""
        self.words: dict[int, str] = {}
        """Line -> the words of the paragraph or heading that begins there."""
        self.unseen: list[str] = []
        """Comments and definitions that were left out."""
        self._parser = parser
        self._env: dict[str, Any] = {}
        self._column = (-1, 0)
        self.tokens = parser.parse(text, self._env)
        self._keep_footnotes()
        before = ""
        for token in self.tokens:
            self._show(token, is_cell=before in ("th_open", "td_open"))
            before = token.type

    def between(self, first: int, end: int) -> str:
        """What is seen of the lines `first:end`."""
        return "\n".join(line for line in self.lines[first:end] if line is not None)

    def _keep_footnotes(self) -> None:
        """`[^1]: address` is a note that is seen, although it has the form of a definition."""
        known = self._env.get("references", {})
        self._env["references"] = {label: known[label] for label in known if not label.startswith("^")}

    def _show(self, token: Token, *, is_cell: bool) -> None:
        first, end = token.map or (0, 0)
        if token.type == "definition" and not token.meta["label"].startswith("^"):
            self.unseen.append(token.meta["title"])
            self._put(first, end, [])
        elif token.type == "html_block":
            self._put(first, end, [self._without_comments(self.between(first, end))])
        elif token.type == "inline" and is_cell:
            self._show_cell(first, token.content.replace("|", "\\|"), self._seen(token.content))
        elif token.type == "inline":
            self.words[first] = self._seen(token.content)
            written = token.content.split("\n")
            self._show_lines(first, written, _unwrapped(written, self.words[first].split("\n")))

    def _put(self, first: int, end: int, seen: Sequence[str]) -> None:
        self.lines[first:end] = [*seen, *[None] * (end - first - len(seen))]

    def _show_cell(self, row: int, written: str, seen: str) -> None:
        """Put the words in the place of what was written; the cells of a row are met in their order."""
        line, start = self.lines[row] or "", self._column[1] if self._column[0] == row else 0
        at = line.find(written, start)
        if at >= 0:
            cell = " ".join(seen.split()).replace("|", "\\|")
            self.lines[row] = line[:at] + cell + line[at + len(written) :]
            self._column = (row, at + len(cell))

    def _show_lines(self, first: int, written: Sequence[str], seen: Sequence[str]) -> None:
        """Put the words in the place of what was written, behind the marks of lists and quotes; never more lines."""
        around = [self._around(first + n, line.strip()) for n, line in enumerate(written)]
        if any(found is None for found in around):
            return
        shown = [
            f"{found[0]}{line}{found[1]}"
            for found, line in zip(around, seen, strict=False)
            if found and (line.strip() or found[0].strip())
        ]
        self._put(first, first + len(written), shown)

    def _around(self, at: int, written: str) -> tuple[str, str] | None:
        """What stands before and after it in its line; None for a line that does not have it."""
        before, found, after = (self.lines[at] or "").rpartition(written) if written else ("", "", "")
        return (before, after.rstrip()) if found or not written else None

    def _seen(self, written: str) -> str:
        written = _EMBEDDED.sub("](", written)
        if len(written) > _LONGEST:
            return self._without_comments(written)
        tokens: list[Token] = []
        self._parser.inline.parse(written, self._parser, self._env, tokens)
        return "".join(self._pieces(tokens))

    def _pieces(self, tokens: Iterable[Token]) -> Iterable[str]:
        for token in tokens:
            if token.type in ("softbreak", "hardbreak"):
                yield "\n"
            elif token.type == "image":
                yield from self._pieces(token.children or ())
            elif token.type == "html_inline":
                yield " " if _BREAK.match(token.content) else self._without_comments(token.content)
            else:
                yield token.content

    def _without_comments(self, text: str) -> str:
        self.unseen += [found.removeprefix("<!--").removesuffix("-->").strip() for found in _COMMENT.findall(text)]
        return _COMMENT.sub("", text)


def _unwrapped(written: Sequence[str], seen: Sequence[str]) -> Sequence[str]:
    """Where lines have lost characters, those that were wrapped are joined: their lengths no longer tell that."""
    if len(seen) != len(written) or all(len(was.strip()) == len(now) for was, now in zip(written, seen, strict=True)):
        return seen
    full = max(_FEWEST_WRAPPED, _FULL * max(map(len, written)))
    lines = [seen[0]]
    for was, now in zip(written, seen[1:], strict=False):
        if len(was.strip()) >= full and not was.endswith(_HARD) and not _FIELD.match(now):
            lines[-1] += f" {now}"
        else:
            lines.append(now)
    return lines
