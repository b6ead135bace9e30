"""What of a whole web page is read, and what the page says of itself."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from ingest.loaders import load
from rag.types import Document
from tests.ingest.document_rules import check_document

PROSE = " ".join(f"Sentence {n} of the harbour master tells when boats leave." for n in range(12))
LINKS = "".join(f"<li><a href='/{n}'>Link number {n}</a></li>" for n in range(8))


def page(folder: Path, markup: str) -> Document:
    path = folder / "page.html"
    path.write_text(markup)
    document = load(path, path.name, max_bytes=10_000_000)
    check_document(document)
    return document


def kinds(document: Document) -> list[str]:
    return [block.kind for block in document.blocks]


SHOP = f"""<html><head><title>Tides | Harbour</title></head><body>
<a class="skip-link" href="#main">Skip to main content</a>
<div id="onetrust-banner-sdk"><p>We use cookies. {PROSE}</p><button>Accept</button></div>
<header><a href="/">Harbour</a><ul>{LINKS}</ul><form role="search"><label>Search here</label></form></header>
<div class="breadcrumbs"><a href="/">Home</a> &gt; <a href="/t">Tides</a></div>
<main><article><header><h1>Tides<a class="headerlink" href="#tides">¶</a></h1><p>By Ada</p></header>
<p>{PROSE}</p><h2 id="menu">The menu</h2><ul><li>Fish</li><li>Bread</li></ul>
<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table><pre>x = 1
y = 2</pre><aside class="note"><p>Mind the step: it is wet when the water is high.</p></aside>
<div class="share-buttons"><a href="/s">Share this</a></div>
<footer><a href="/a">Tag one</a> <a href="/b">Tag two</a></footer></article>
<div class="related-posts"><h3>You may like</h3><ul>{LINKS}</ul></div></main>
<aside><h3>Sidebar</h3><p>{PROSE}</p></aside><footer>All rights reserved</footer></body></html>"""


def test_the_content_alone_with_its_structure(tmp_path: Path):
    document = page(tmp_path, SHOP)
    blocks = [document.text[block.start : block.end] for block in document.blocks]
    assert blocks == [
        "Tides", "By Ada", PROSE, "The menu", "- Fish\n- Bread", "| a | b |\n| --- | --- |\n| 1 | 2 |", "x = 1\ny = 2",
        "Mind the step: it is wet when the water is high.",
    ]  # fmt: skip
    assert kinds(document) == ["heading", "paragraph", "paragraph", "heading", "list", "table", "code", "paragraph"]
    assert document.title == "Tides"


@pytest.mark.parametrize(
    "around",
    [
        "<header><a href='/'>EVIL</a></header>",
        "<footer><p>EVIL</p></footer>",
        "<div role='banner'>EVIL</div>",
        "<div role='contentinfo'>EVIL</div>",
        "<div role='complementary'>EVIL</div>",
        "<div role='dialog'>EVIL</div>",
        "<div class='siteSidebar_x7'>EVIL</div>",
        "<ul class='main-menu'><li>EVIL</li></ul>",
        "<section class='newsletter'><h2>EVIL</h2></section>",
        f"<div class='cookie-notice'><p>EVIL {PROSE[:200]}</p></div>",
        f"<div><ul>{LINKS}<li><a href='/'>EVIL</a></li></ul></div>",
        "<table><tr><td>" + "".join(f"<a href='/{n}'>EVIL {n}</a> | " for n in range(6)) + "</td></tr></table>",
        "<p aria-hidden='true'>EVIL</p>",
    ],
)
def test_pages_without_main_lose_what_stands_around(tmp_path: Path, around: str):
    for markup in (f"{around}<h1>T</h1><p>{PROSE}</p>", f"<div><h1>T</h1><p>{PROSE}</p>{around}</div>"):
        document = page(tmp_path, f"<body>{markup}</body>")
        assert "EVIL" not in document.text
        assert document.text == f"T\n\n{PROSE}"


@pytest.mark.parametrize(
    "part",
    [
        "<section id='cookies'><h2>GOOD</h2><p>How cookies are set.</p></section>",
        "<div class='section' id='navigation-menu'><h2>GOOD</h2><p>How to sail.</p></div>",
        "<h2 class='menu'>GOOD</h2>",
        f"<div class='sidebar-layout'><p>GOOD {PROSE}</p></div>",
        "<header id='title-block-header'><h1>GOOD</h1><p class='author'>Ada</p></header>",
        "<div class='hatnote navigation-not-searchable' role='note'>GOOD is about the bird.</div>",
        "<ul><li><a href='/a'>GOOD: a long description of what is found behind it, as in a list of reports</a></li>"
        "<li><a href='/b'>a long description of what is found behind it, as in a list of reports</a></li></ul>",
        "<p>GOOD <a href='/a'>one</a> and <a href='/b'>two</a> and <a href='/c'>three</a> or <a href='/d'>four</a></p>",
        "<blockquote><p>words</p><footer>GOOD the poet</footer></blockquote>",
        "<pre class='menu'>GOOD</pre>",
    ],
)
def test_what_only_looks_like_an_ornament_stays(tmp_path: Path, part: str):
    assert "GOOD" in page(tmp_path, f"<body><p>{PROSE}</p>{part}<p>{PROSE}</p></body>").text


@pytest.mark.parametrize(
    "body",
    [
        f"<nav>x</nav><ul>{LINKS}</ul>",
        "<header>Opening hours</header><footer>Six to eight</footer>",
        f"<main><p>Few words.</p></main><div><p>{PROSE}</p></div>",
        f"<article><p>One.</p></article><article><p>{PROSE}</p></article><div><p>{PROSE}</p></div>",
        f"<div class='menu'><p>Soup</p><ul>{LINKS}</ul></div>",
    ],
)
def test_a_page_that_the_rules_would_empty_is_read_whole(tmp_path: Path, body: str):
    text = page(tmp_path, f"<body>{body}</body>").text
    for words in ("Link number 7", "Opening hours", "Few words.", "One.", "Soup"):
        assert (words in body) == (words in text)


def test_large_and_deep_pages_take_little_time(tmp_path: Path):
    rows = "".join(
        f"<div class='menu item'><a href='/{n}'>link {n}</a><p>some words of it</p></div>" for n in range(8000)
    )
    start = time.process_time()
    page(tmp_path, f"<body>{'<div>' * 150}{rows}{'</div>' * 150}<main><p>{PROSE}</p></main></body>")
    assert time.process_time() - start < 20


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Tides - Harbour</title>", "<h1>Tides</h1>", "Tides"),
        ("<title>Tides | Harbour</title><meta property='og:title' content='Tides'>", "", "Tides"),
        ("<title>Tides | Harbour</title><meta property='og:site_name' content='Harbour'>", "", "Tides"),
        ("<title>Harbour: Tides</title><meta property='og:site_name' content='Harbour'>", "<h1>Harbour</h1>",
         "Harbour: Tides"),
        ("<title>All about tides</title>", "<h1>Tides</h1>", "All about tides"),
        ("<title>Tidesfoo</title>", "<h1>Tides</h1>", "Tidesfoo"),
        ("<title>Tides of the day</title>", "<h1>Tides</h1><h1>Boats</h1>", "Tides of the day"),
        ("<meta property='og:title' content='Shared'>", "", "Shared"),
        ("", "<h1>Only <em>heading</em></h1>", "Only heading"),
        ("", "", "page"),
    ],
)  # fmt: skip
def test_titles(tmp_path: Path, head: str, body: str, title: str):
    assert page(tmp_path, f"<head>{head}</head><body>{body}<p>{PROSE}</p></body>").title == title


@pytest.mark.parametrize(
    ("head", "author", "created"),
    [
        ("<meta name=author content='Ada'><meta name=date content='2024-01-31'>", "Ada", "2024-01-31"),
        ("<meta property=article:published_time content='2024-01-31T10:00Z'>"
         "<meta property=article:author content='https://x.org/ada'>", None, "2024-01-31T10:00Z"),
        ("<meta name=citation_author content='Ada'><meta name=citation_author content='Alan'>", "Ada; Alan", None),
        ("<meta itemprop=datePublished content='2024-01-31'><span itemprop=author>Ada</span>", "Ada", "2024-01-31"),
        ("<script type='application/ld+json'>[1]</script><script type='application/ld+json'>{</script>"
         "<script type='application/ld+json'>" + "[" * 90_000 + "</script>", None, None),
    ],
)  # fmt: skip
def test_author_and_date(tmp_path: Path, head: str, author: str | None, created: str | None):
    metadata = page(tmp_path, f"<head>{head}</head><body><p>{PROSE}</p></body>").metadata
    assert (metadata.get("author"), metadata.get("created")) == (author, created)


@pytest.mark.parametrize(
    ("described", "author"),
    [
        ({"author": {"@type": "Person", "name": "Ada"}}, "Ada"),
        ({"author": ["Ada", {"name": "Alan"}, {"url": "x"}, None]}, "Ada, Alan"),
        ({"author": 5}, None),
    ],
)
@pytest.mark.parametrize("form", ["object", "list", "graph"])
def test_json_ld(tmp_path: Path, described: dict, author: str | None, form: str):
    described = {"@type": "NewsArticle", "datePublished": "2024-01-31", "dateModified": "2024-02-01", **described}
    organisation = {"@type": "Organization", "name": "Harbour", "author": "Nobody"}
    value = {"object": described, "list": [organisation, described], "graph": {"@graph": [organisation, described]}}[
        form
    ]
    script = f"<script type='application/ld+json'>{json.dumps(value)}</script>"
    metadata = page(tmp_path, f"<head>{script}</head><body><p>{PROSE}</p></body>").metadata
    assert (metadata.get("author"), metadata["created"], metadata["modified"]) == (author, "2024-01-31", "2024-02-01")
