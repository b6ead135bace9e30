"""This file makes a model's Markdown harmless: nothing in it loads, links, or passes for a part of the page.

The result is Markdown again, and it is rewritten so that a renderer cannot read it in another way than this file did:
blocks of code come out with fences at the start of a line, inline code closes on its line, every stray backtick is
escaped. Whatever is not code can then be changed safely. Applying it twice changes nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rag.code_spans import Fence, inline_code, is_closing, opening_fence

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e0fff]"
)
"""Control characters, marks that turn the reading direction, tag letters, halves of surrogate pairs, and other
characters that nobody sees. The joiners U+200C and U+200D stay, since several scripts are written with them."""

_CODE = "\x00"
"""Stands for a piece of code while the text around it is changed; it cannot be in the text itself."""
_LANGUAGE = re.compile(r"[\w+#.-]{1,30}(?=\s|\Z)", re.ASCII)
_DRAWN = frozenset({"mermaid", "math", "latex", "katex", "geojson", "topojson", "stl", "dot", "graphviz", "vega"})
"""Languages that some renderer draws instead of showing."""

_ADDRESS = r"\((?:[^()\n\x00]|\([^()\n\x00]*+\))*+\)"
_IMAGE = re.compile(rf"(?<!\\)!\[([^\[\]\n]*+)\]{_ADDRESS}")
_LINK = re.compile(rf"(?<!\\)\[([^\[\]\n]*+)\]({_ADDRESS})")
_DIRECTIVE = re.compile(r"(?<!\\)((?:\\\\)*+):(?=:{2}|material/|[A-Za-z][\w-]*+[\[{])")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|nbsp|#39|#x27);)(?=#?[0-9A-Za-z]{1,32};)")
_TABLE_RULE = re.compile(r"(?=[^|]*\|)(?=[^-]*-)[ \t>*+\-\d.):|]*\Z", re.ASCII)
_BARE_PIPE = re.compile(r"(?<!\\)(?:\\\\)*+\|")
_NAME_END = re.compile(r"(?:[^\[\\]|\\.)*?\]:")
_LINE_START = re.compile(r"[\s>*+\-\d.)]*\Z")
_WEB = r"(?:https?|ftp)\\?:\\?/\\?/[^\s<>\[\]()`|\x00]*+|www\\?\.[^\s<>\[\]()`|\x00]*+"
_MAIL = r"(?<![-.\w+])[-.\w+]++\\?@(?=[-\w\\]*\.)[-+@\w.\\]++"
_ANGLED = rf"(?<!\\)< ?(?:{_MAIL}|{_WEB})>"
"""As mails write an address behind a name; the blank is what keeps `_TAG` from being one."""
_WRAPPED = re.compile(rf"{_CODE}|{_ANGLED}|{_WEB}|{_MAIL}", re.IGNORECASE)
_TRAILING = ".,;:!?'\"*_~\\"


def inert(markdown: str, *, escape_dollars: bool = False) -> str:
    """Markdown that shows the same words and does nothing: images leave their caption, links their text and address.

    Bare addresses become inline code, HTML and definitions show as text, hidden characters go. Draw it with
    `escape_dollars` where the renderer knows formulas between `$`; without it the text reads better on a terminal.
    Linear in the length of the text.
    """
    lines = visible(markdown).split("\n")
    drawn = _inert_lines(lines, has_table=False, escape_dollars=escape_dollars)
    if any(_TABLE_RULE.match(line) for line in drawn):
        drawn = _inert_lines(lines, has_table=True, escape_dollars=escape_dollars)
    return "\n".join(drawn)


def visible(text: str) -> str:
    """The text without characters that nobody sees, and with plain line ends."""
    return _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))


def is_invisible(sign: str) -> bool:
    """Whether nobody sees this character; line ends are seen."""
    return _INVISIBLE.match(sign) is not None


def flat(text: str) -> str:
    """What of it can be seen, on one line."""
    return " ".join(visible(text).split())


def _inert_lines(lines: Iterable[str], *, has_table: bool, escape_dollars: bool) -> list[str]:
    drawn: list[str] = []
    fence: Fence | None = None
    block: list[str] = []
    for line in lines:
        if fence is None:
            fence, block = opening_fence(line), []
            drawn.extend([] if fence else [_inert_line(line, has_table=has_table, escape_dollars=escape_dollars)])
        elif is_closing(line, fence):
            drawn.extend(_code_block(fence, block))
            fence = None
        else:
            block.append(line)
    if fence is not None:
        drawn.extend(_code_block(fence, block))
    return drawn


def _code_block(fence: Fence, block: Iterable[str]) -> Iterator[str]:
    """The block with its fences at the start of the line, longer than any run of marks inside."""
    lines = [line[min(len(line) - len(line.lstrip(" \t>")), fence.indent) :] for line in block]
    longest = max((len(run) for line in lines for run in re.findall("`{3,}|~{3,}", line)), default=2)
    marks = fence.marks[0] * max(len(fence.marks), longest + 1)
    language = _LANGUAGE.match(fence.info)
    is_shown = language is not None and language[0].lower() not in _DRAWN
    yield marks + (language[0] if language and is_shown else "")
    yield from lines
    yield marks


def _inert_line(line: str, *, has_table: bool, escape_dollars: bool) -> str:
    text, codes = _take_code(line, has_table=has_table)
    text = _IMAGE.sub(r"\1", text)
    text = _LINK.sub(lambda found: f"{found[1]} {found[2]}" if found[1] else found[2], text)
    text = text.replace("](", "] (")
    text = _split_definitions(text)
    text = _DIRECTIVE.sub(r"\1\\:", text)
    text = _TAG.sub("< ", text)
    text = _ENTITY.sub("&amp;", text)
    text = _escape(text, "`$" if escape_dollars else "`")
    text, codes = _wrap_addresses(text, codes)
    text = _put_code(text, codes)
    fence = opening_fence(text)
    return f"{text[: fence.indent]}\\{text[fence.indent :]}" if fence else text


def _take_code(line: str, *, has_table: bool) -> tuple[str, list[str]]:
    """The line with its inline code taken out, unless a renderer sees a bare | of a table or the end of a definition's
    name in it: both go before code."""
    text, codes, done = "", [], 0
    for start, end in inline_code(line):
        code = line[start:end]
        if (has_table and _BARE_PIPE.search(code)) or _NAME_END.match(code):
            continue
        text += line[done:start] + _CODE
        codes.append(code)
        done = end
    return text + line[done:], codes


def _escape(text: str, marks: str) -> str:
    """A backslash before every mark that has none, counted over the backslashes that stand there already."""
    return re.sub(rf"(?<!\\)((?:\\\\)*+)([{marks}])", r"\1\\\2", text)


def _split_definitions(text: str) -> str:
    """`[name]: address` at the start of a line would disappear and give `[name]` an address: a blank parts them."""
    parts = text.split("]:")
    line = parts[0]
    for part, following in zip(parts, parts[1:], strict=False):
        opening = part.rfind("[")
        is_marker = opening > 0 and part[opening - 1] != "\\" and not _LINE_START.match(part[:opening])
        line += ("]:" if is_marker else "] :") + following
    return line


def _wrap_addresses(text: str, codes: list[str]) -> tuple[str, list[str]]:
    """Addresses become code as well, because nothing makes a link of code."""
    known = iter(codes)
    wrapped: list[str] = []

    def wrap(found: re.Match[str]) -> str:
        if found[0] == _CODE:
            wrapped.append(next(known))
            return _CODE
        words = found[0].replace("< ", "<")
        address = words.rstrip(_TRAILING)
        wrapped.append(f"`{address.replace(chr(92), '')}`")
        return _CODE + words[len(address) :]

    return _WRAPPED.sub(wrap, text), wrapped


def _put_code(text: str, codes: list[str]) -> str:
    """Each code back in its place, parted from a backslash or backtick before it that would change its meaning."""
    before, *after = text.split(_CODE)
    parts = [before]
    last = before
    for code, following in zip(codes, after, strict=True):
        is_touching = (len(last) - len(last.rstrip("\\"))) % 2 == 1 or last.endswith("`")
        parts += [" " if is_touching else "", code, following]
        last = following or code
    return "".join(parts)
