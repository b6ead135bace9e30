"""What a fetched file is called."""

from __future__ import annotations

import pytest

from ingest.fetch.address import parse
from ingest.fetch.naming import media_type_of, name_of
from rag.errors import LoadError


@pytest.mark.parametrize(
    ("path", "media_type", "disposition", "name"),
    [
        ("/", "text/html", "", "example.org.html"),
        ("/docs/", "text/html", "", "docs.html"),
        ("/a/index.php?x=1", "text/html", "", "index.html"),
        ("/README.md", "text/html", "", "README.html"),
        ("/README.md", "text/plain", "", "README.md"),
        ("/README.md", "text/markdown", "", "README.md"),
        ("/code.py", "text/x-python", "", "code.py"),
        ("/paper.v2", "application/pdf", "", "paper.v2.pdf"),
        ("/paper", "application/pdf", "", "paper.pdf"),
        ("/paper.PDF", "application/pdf", "", "paper.pdf"),
        ("/paper.pdf", "application/octet-stream", "", "paper.pdf"),
        ("/paper.pdf", "", "", "paper.pdf"),
        ("/plan.docx", "application/zip", "", "plan.docx"),
        ("/table", "text/csv", "", "table.csv"),
        ("/feed", "application/rss+xml", "", "feed.txt"),
        ("/data.ipynb", "application/json", "", "data.ipynb"),
        ("/get?id=7", "application/pdf", 'attachment; filename="Annual report.pdf"', "Annual report.pdf"),
        ("/get", "application/pdf", "attachment; filename*=UTF-8''%C3%9Cber%20uns.pdf", "Über uns.pdf"),
        ("/get", "application/pdf", 'attachment; filename="../../etc/passwd"', "passwd.pdf"),
        ("/get", "application/pdf", 'attachment; filename="..\\..\\boot.pdf"', "boot.pdf"),
        ("/get", "application/pdf", 'attachment; filename=".hidden.pdf"', "hidden.pdf"),
        ("/get", "application/pdf", 'attachment; filename=".."', "get.pdf"),
        ("/get", "application/pdf", "attachment; filename*=no-such''x", "x.pdf"),
        ("/a%2Fb%00%0A%E2%80%AEc.html", "text/html", "", "b c.html"),
        ("/%2e%2e", "text/html", "", "example.org.html"),
        ("/a:b%3Cc%3E%7C.html", "text/html", "", "a b c.html"),
        ("/" + "%C3%BC" * 200 + ".html", "text/html", "", "ü" * 47 + ".html"),
    ],
)
def test_names(path: str, media_type: str, disposition: str, name: str):
    address = parse(f"http://example.org{path}", ports=frozenset({80}))
    assert name_of(address, media_type, disposition) == name


@pytest.mark.parametrize(
    ("path", "media_type"), [("/a.mp4", "video/mp4"), ("/a", ""), ("/a.pdf", "image/heic"), ("/a", "x")]
)
def test_kinds_that_nobody_reads(path: str, media_type: str):
    with pytest.raises(LoadError, match="can be read"):
        name_of(parse(f"http://example.org{path}", ports=frozenset({80})), media_type, "")


@pytest.mark.parametrize(
    ("header", "read"),
    [
        ('Text/HTML; Charset="UTF-8"', ("text/html", "utf-8")),
        ("text/html", ("text/html", "")),
        ("", ("", "")),
        ("text/html; charset*=x''%ff", ("text/html", "")),
        (";;;", ("", "")),
    ],
)
def test_content_types(header: str, read: tuple[str, str]):
    assert media_type_of(header) == read
