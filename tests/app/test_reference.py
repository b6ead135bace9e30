"""References that another program reads: BibTeX gets no mark that it would take for its own, Markdown no markup."""

from __future__ import annotations

from itertools import accumulate

import pytest

from app.reference import bibtex, escaped, markdown, plain, reference

KNOWN = {"author": "Käthe Müller", "created": "2021-04-03T10:00:00"}


def made(quote: str = "Boats leave.", title: str = "Harbour Rules", metadata: dict[str, str] | None = None) -> str:
    return bibtex(reference(quote, title, "/docs/harbour.pdf", KNOWN if metadata is None else metadata, pages="3--4"))


def test_a_plain_reference_leaves_out_what_is_not_known():
    one = reference("Boats\n leave.", "Harbour", "harbour.md", {}, place="page 2")
    assert plain(one) == "“Boats leave.” (Harbour, page 2, harbour.md)"
    known = reference("Boats leave.", "Harbour", "harbour.md", KNOWN)
    assert plain(known) == "“Boats leave.” (Käthe Müller, Harbour, 2021-04-03, harbour.md)"


def test_a_markdown_reference_has_no_markup_of_the_document():
    one = reference("See ![x](https://evil.example/a.png) <script>", "A [link](https://evil.example)", "a.md", {})
    text = markdown(one)
    assert text.startswith("> See ")
    assert "](http" not in text
    assert "<script>" not in text
    assert "**" not in markdown(reference("A quote.", "", "a.md", {}))


def test_an_entry_has_the_fields_that_are_known():
    lines = made().splitlines()
    assert lines[0].startswith("@misc{muller2021-")
    assert r"  author = {{K{\"{a}}the M{\"{u}}ller}}," in lines
    assert "  title = {{Harbour Rules}}," in lines
    assert "  date = {2021-04-03}," in lines
    assert "  pages = {3--4}," in lines
    assert "  note = {``Boats leave.''}" in lines
    assert "author" not in made(metadata={})
    assert "year" not in made(metadata={"created": "last week"})


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("50 % & more", r"50 \% \& more"),
        ("{a}", r"{\textbraceleft}a{\textbraceright}"),
        (r"C:\new", r"C:{\textbackslash}new"),
        ('a "b"', 'a {"}b{"}'),
        ("$5 #1 a_b ~ ^", r"\$5 \#1 a\_b {\textasciitilde} {\textasciicircum}"),
        ("naïve façade Łódź", r"na{\"{\i}}ve fa{\c{c}}ade {\L}{\'{o}}d{\'{z}}"),
        ("cafe\u0301", r"caf{\'{e}}"),
        ("東京", "東京"),
    ],
)
def test_what_tex_would_read_as_a_command_is_escaped(text: str, written: str):
    assert escaped(text) == written


@pytest.mark.parametrize("text", ["}}, evil = {", "{{{", "}", '"', "\\", "a\\}b", "%\n}", "\\{"])
def test_no_text_closes_its_field_or_opens_another(text: str):
    entry = made(quote=text, title=text)
    depths = list(accumulate({"{": 1, "}": -1}.get(mark, 0) for mark in entry.strip()))
    assert min(depths[6:-1]) > 0, "BibTeX counts a brace with a backslash before it, too"
    assert depths[-1] == 0
    assert len(entry.splitlines()) == 9


def test_a_key_is_stable_and_plain_and_other_for_another_source():
    one = reference("A.", "Über alles", "a.md", {})
    assert one.key == reference("Another quote.", "Über alles", "a.md", {}).key
    assert one.key != reference("A.", "Über alles", "b.md", {}).key
    assert one.key.startswith("uber-")
    assert reference("A.", "東京", "a.md", {}).key.startswith("source-")
    assert reference("A.", "T", "a.md", {"author": "Ann Lee <ann@example.org>"}).key.startswith("lee-")
