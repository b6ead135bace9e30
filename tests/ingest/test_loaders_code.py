"""Source code: sections by function and class, no line lost, none twice."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ingest.chunkers import chunk
from ingest.loaders import load
from rag.types import Document
from tests.ingest.document_rules import check_document
from tests.test_architecture import SOURCES

ROOT = Path(__file__).parents[2]

PYTHON = '''"""What it is."""
import os

LIMIT = 3

# Why it is.
@cache
def first(a: int) -> int:
    def inner():
        return 1
    return inner()

class Box(dict):
    """Holds things."""

    size = 1

    async def fill(self):
        pass

    last = 2

    class Lid:
        def open(self): ...

first(1)
'''


def loaded(folder: Path, name: str, text: str) -> Document:
    (folder / name).write_text(text, encoding="utf-8")
    document = load(folder / name, name, max_bytes=10_000_000)
    check_document(document)
    return document


class Words:
    """Words and signs as tokens."""

    def offsets(self, text: str) -> NDArray[np.int64]:
        return np.array([match.span() for match in re.finditer(r"\w+|[^\w\s]", text)], dtype=np.int64).reshape(-1, 2)


def headings(document: Document) -> list[tuple[int, str]]:
    return [(b.level, document.text[b.start : b.end]) for b in document.blocks if b.kind == "heading"]


def code_lines(document: Document) -> list[str]:
    codes = [document.text[b.start : b.end] for b in document.blocks if b.kind == "code"]
    return [line.rstrip() for code in codes for line in code.split("\n") if line.strip()]


def test_python(tmp_path: Path) -> None:
    document = loaded(tmp_path, "a.py", PYTHON)
    assert headings(document) == [
        (1, "def first"),
        (1, "class Box"),
        (2, "async def fill"),
        (1, "class Box"),
        (2, "class Lid"),
        (3, "def open"),
        (1, "a.py"),
    ]
    assert "def first\n# Why it is.\n@cache\ndef first(a: int)" in document.text
    assert code_lines(document) == [line.rstrip() for line in PYTHON.split("\n") if line.strip()]


@pytest.mark.parametrize("path", SOURCES[::7])
def test_no_line_of_real_code_is_lost(path: str) -> None:
    document = load(ROOT / path, path, max_bytes=10_000_000)
    text = (ROOT / path).read_text(encoding="utf-8")
    assert code_lines(document) == [line.rstrip() for line in text.split("\n") if line.strip()]


def test_chunks_stand_under_class_and_function(tmp_path: Path) -> None:
    body = "\n".join(f"        total_{n} = {n} + self.value_of_the_thing({n})" for n in range(40))
    text = f"class A:\n    def f(self):\n{body}\n\n    def g(self):\n{body}\n"
    document = loaded(tmp_path, "a.py", text)

    drafts = chunk(document, strategy="structure", tokenizer=Words(), max_tokens=300)
    assert {draft.heading for draft in drafts} >= {("class A", "def f"), ("class A", "def g")}
    assert all(draft.heading[:1] == ("class A",) for draft in drafts)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "a.java",
            "package x;\n\n/** A box. */\npublic class Box extends Base {\n    private int n = 0;\n\n    @Override\n"
            "    public int size(int a) throws IOException {\n        if (a > 1) {\n            return 1;\n        }\n"
            "        return n;\n    }\n\n    Box(int n) {\n        this.n = n;\n    }\n}\n",
            [(1, "public class Box extends Base"), (2, "public int size(int a) throws IOException"), (2, "Box(int n)")],
        ),
        (
            "a.ts",
            "import x from 'y';\n\nexport class A {\n  private n = 1;\n  async get(id: string): Promise<number> {\n"
            "    return 1;\n  }\n}\n\nexport const f = async (a: number) => {\n  return a;\n};\n\nfunction g() {\n}\n",
            [
                (1, "export class A"),
                (2, "async get(id: string): Promise<number>"),
                (1, "export const f = async (a: number)"),
                (1, "function g()"),
            ],
        ),
        (
            "a.c",
            "#include <x.h>\n\nstruct box {\n  int n;\n};\n\n/* Adds. */\nstatic int\nadd(int a, int b)\n"
            "{\n  return a + b;\n}\n\n"
            "int main(void) {\n  add(1, 2);\n  return 0;\n}\n",
            [(1, "struct box"), (1, "add(int a, int b)"), (1, "int main(void)")],
        ),
        (
            "a.go",
            "package x\n\ntype Box struct {\n\tn int\n}\n\nfunc (b *Box) Size() int {\n\treturn b.n\n}\n",
            [(1, "type Box struct"), (1, "func (b *Box) Size() int")],
        ),
        (
            "a.rs",
            "/// A box.\npub struct Box {\n    n: u8,\n}\n\n"
            "impl Box {\n    pub fn size(&self) -> u8 {\n        self.n\n    }\n}\n",
            [(1, "pub struct Box"), (1, "impl Box"), (2, "pub fn size(&self) -> u8")],
        ),
        ("a.rb", "class A < B\n  def f(x)\n    x\n  end\nend\n", [(1, "class A < B"), (2, "def f(x)")]),
        ("a.sh", "set -e\nrun() {\n  ls\n}\nfunction stop {\n  :\n}\n", [(1, "run()"), (1, "function stop")]),
        (
            "a.sql",
            "CREATE TABLE a (\n  id int\n);\ncreate or replace view v as\n  select 1;\n",
            [(1, "CREATE TABLE a"), (1, "create or replace view v as")],
        ),
        ("a.toml", "x = 1\n[tool.a]\ny = 2\n[[b]]\nz = 3\n", [(1, "[tool.a]"), (1, "[[b]]")]),
    ],
)
def test_other_languages(tmp_path: Path, name: str, text: str, expected: list[tuple[int, str]]) -> None:
    document = loaded(tmp_path, name, text)
    assert [heading for heading in headings(document) if heading[1] != name] == expected
    assert code_lines(document) == [line.rstrip() for line in text.split("\n") if line.strip()]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.py", "def broken(:\n    pass\nclass A:\n    def f(self):\n        pass\n"),
        ("a.py", "x = 1\n" * 50),
        ("a.py", "x = " + "(" * 5000),
        ("a.yaml", "a: 1\nb:\n  - c\n"),
        ("a.c", "int " * 20_000),
        ("a.ts", "(" * 50_000 + "\n" + "a(" * 100 + "\n"),
    ],
)
def test_odd_code_is_read_all_the_same(tmp_path: Path, name: str, text: str) -> None:
    document = loaded(tmp_path, name, text)
    assert code_lines(document) == [line.rstrip() for line in text.split("\n") if line.strip()]
