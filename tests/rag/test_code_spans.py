"""Code is told from text as CommonMark does it, for whole lines and for streams alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag.code_spans import CodeSplitter, inline_code, opening_fence, split_text

LINES = st.lists(st.sampled_from([*"`\\ ab", "``", "\\`"]), max_size=25).map("".join)
TEXTS = st.lists(st.sampled_from([*"`~\\ a\n->1.", "```", "~~~~", "\n```\n", "``"]), max_size=40).map("".join)


@given(LINES)
def test_inline_code_as_commonmark_sees_it(line: str):
    parsed = MarkdownIt("commonmark").parseInline(f"x{line}")[0].children or []
    expected = [token.markup for token in parsed if token.type == "code_inline"]
    found = [line[start:end] for start, end in inline_code(line)]
    assert [code[: len(code) - len(code.lstrip("`"))] for code in found] == expected


@given(TEXTS, st.lists(st.integers(0, 40)))
def test_how_a_stream_is_cut_does_not_matter(text: str, cuts: list[int]):
    splitter = CodeSplitter()
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pieces = [piece for start, end in zip(places, places[1:], strict=False) for piece in splitter.feed(text[start:end])]
    pieces += splitter.finish()
    kinds = [(char, is_code) for piece, is_code in pieces for char in piece]
    assert kinds == [(char, is_code) for piece, is_code in split_text(text) for char in piece]
    assert "".join(char for char, _ in kinds) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a `b` c", "`b`"),
        ("a `b\nc` d", ""),
        ("```\nx\n```\ny", "```\nx\n```\n"),
        ("1. do\n   ```sh\n   ls\n   ```\n2. done", "   ```sh\n   ls\n   ```\n"),
        ("~~~\n```\n~~~\nx", "~~~\n```\n~~~\n"),
        ("````\n```\n````", "````\n```\n````"),
        ("```not a fence```", "```not a fence```"),
        ("```\nnever closed", "```\nnever closed"),
        ("\\`no\\`", ""),
        ("`` a ` b `` c", "`` a ` b ``"),
    ],
)
def test_code_in_a_text(text: str, code: str):
    assert "".join(piece for piece, is_code in split_text(text) if is_code) == code


def test_a_fence_may_stand_behind_list_marks():
    fence = opening_fence("- > ```python title=x")
    assert fence is not None
    assert (fence.indent, fence.marks, fence.info) == (4, "```", "python title=x")
    assert opening_fence("``` a`b") is None
    assert opening_fence("text ```") is None
