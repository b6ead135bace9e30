"""The words of the page: all of them are looked up, every language has all of them, and a page speaks as its reader."""

from __future__ import annotations

import ast
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, date
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.words import (
    FOLDER,
    LANGUAGES,
    day,
    day_of,
    first_of,
    gathering,
    moment,
    msgid,
    numeral,
    percent,
    reader,
    short_day,
    speaking,
    spoken,
    start_of,
    time_of,
    tr,
    trn,
    zone,
)
from rag import settings
from rag.said import say, say_all, say_n
from tests.test_architecture import ROOT, SOURCES, tree

MAIN = ROOT / "app" / "main.py"
SPOKEN = [p for p in SOURCES if p.startswith(("app/views/", "app/components/", "app/sign_in/")) or p == "app/main.py"]
"""What a browser shows is said here."""
SCRIPT_WORDS = {"Escape", "Enter", "not allowed", "line {}", "stage kept", "p, li, td, th, blockquote, .text"}
"""Names of keys, classes and elements, and an error that is caught."""
LOOKUPS = {"tr": 1, "msgid": 1, "trn": 3, "say": 1, "say_n": 3}
"""Function -> arguments that come by their place."""
SHOWING = re.compile(r"label|help|body|placeholder|title|text|caption|tooltip|format|tab_label|page_title")
SHOWS_FIRST = re.compile(
    r"button|caption|header|subheader|title|markdown|text|text_input|text_area|number_input|selectbox|multiselect"
    r"|segmented_control|pills|radio|checkbox|toggle|slider|file_uploader|chat_input|expander|popover|dialog|toast"
    r"|info|error|success|warning|spinner|metric|link_button|download_button|form_submit_button|page_link|write"
    r"|\w*Column|status|progress|badge|date_input|audio_input|select_slider"
)
_WORD, _VALUE = r"[^\W\d_]{2,}", r"\{\}"
SENTENCE = re.compile(
    rf"{_WORD}[,:;…]? (?:\S{{0,2}} )?{_WORD}|{_WORD}[,:;…]? {_VALUE}|{_VALUE}[,:;…]? {_WORD}|^[A-Z][a-z]+[ :.…]*$"
)
"""Two words, or a word and a value, with a blank between them; or one word with a capital."""
CODE = re.compile(r":material/\w+:|:(?:gray|small|gray-badge)\[|&nbsp;|\{\} ms\b|\bviews/\w+\.py\b")
NAMES = {"Footnote", "Markdown", "BibTeX"}
"""The same in every language."""
UNSEEN = ("Literal", "cast", "re.compile", "Template", "TypeError", "ConfigError", "sys.stderr.write")
"""What is called, or chosen from, with texts that go to no page."""
NOT_SAID = {
    "app/components/health_text.py": {"vector index", "keyword index", "bundled model", "failed files"},
    "app/components/kept.py": {"Forwarded", "Via"},
    "app/components/mathml.py": {"Bmatrix", "Vmatrix", "Sm"},
    "app/components/page_view.py": {"Left", "Right"},
    "app/components/folder_sync.py": {"/home/me/papers", "left alone"},
    "app/components/job_text.py": {
        '<div class="job job-{}" title="{}"><span><b>{}</b> <small>{}</small></span><span>{}</span></div>'
    },
    "app/components/resources.py": {"warm up", "The first sentences that are read take longer than later ones."},
    "app/components/web_page_box.py": {"https://…"},
    "app/sign_in/door.py": {"signed in", "signed out", "wrong password", "unknown name"},
    "app/sign_in/oidc.py": {"signed in", "no role", "signed out"},
    "app/sign_in/page.py": {
        "default-src 'none'; style-src 'sha256-{}'; img-src data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    },
    "app/sign_in/routes.py": {"Host", "Origin"},
    "app/components/drawing.py": {'<div class="drawn-{}"><div class="root"></div></div>'},
}
"""File -> texts in it that no person sees, or that are no words of a language."""


def called(node: ast.AST) -> str:
    """The name of what is called, without that of its module."""
    function = node.func if isinstance(node, ast.Call) else None
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def taker(node: ast.Call | ast.Subscript) -> str:
    """What is called, or chosen from, as it stands in the code."""
    return ast.unparse(node.func if isinstance(node, ast.Call) else node.value)


def text_of(node: ast.AST) -> str:
    """A text as it stands in the code, `{}` for what an f-string puts into it; empty for anything else."""
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def lookups(path: str) -> Iterator[tuple[str, tuple[str, ...], ast.Call]]:
    """Function, texts and node of each look-up; the text of what is no literal is empty."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in LOOKUPS:
            n = LOOKUPS[node.func.id]
            texts = node.args[1:n] if n > 1 else node.args[:n]
            yield node.func.id, tuple("" if isinstance(t, ast.JoinedStr) else text_of(t) for t in texts), node


def silent(module: ast.Module) -> Iterator[ast.AST]:
    """What is no text for people: docstrings, wherever they stand, notes of types, and what is looked up."""
    for node in ast.walk(module):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        elif isinstance(node, ast.Call) and called(node) in LOOKUPS:
            yield from node.args[: LOOKUPS[called(node)]]
        elif isinstance(node, ast.Call | ast.Subscript) and taker(node) in UNSEEN:
            yield from ast.walk(node)


def shown_directly(module: ast.Module) -> Iterator[ast.AST]:
    """Texts that are handed to something which shows them, be they a single small word."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and called(node) not in LOOKUPS:
            yield from (word.value for word in node.keywords if word.arg and SHOWING.fullmatch(word.arg))
            if SHOWS_FIRST.fullmatch(called(node)) and isinstance(node.func, ast.Attribute):
                yield from node.args[:1]


def unspoken(path: str) -> list[str]:
    """Texts for people that are not looked up."""
    module = tree(path)
    skipped = {id(node) for node in silent(module)}
    parts = {id(part) for node in ast.walk(module) if isinstance(node, ast.JoinedStr) for part in node.values}
    direct = {id(node) for node in shown_directly(module)}
    names = NAMES | NOT_SAID.get(path, set())
    named = names | {text for function, (text, *_), _ in lookups(path) if function == "msgid"}
    found = []
    for node in ast.walk(module):
        text = CODE.sub("", text_of(node))
        is_said = SENTENCE.search(text) and text_of(node) not in named
        is_shown = id(node) in direct and re.search(r"[A-Za-z]{2}", text.replace("{}", "")) and text not in names
        if (is_said or is_shown) and id(node) not in skipped | parts:
            found.append(f"{path}:{node.lineno}: {text}")
    return found


@pytest.mark.parametrize("path", SPOKEN)
def test_all_that_a_page_says_is_looked_up(path: str):
    assert not unspoken(path), "look these up by `tr` or `trn` of app.words, or tell in NOT_SAID that nobody sees them"


def unspoken_script(path: Path) -> list[str]:
    """Texts for people in a script; a call of `make` has its tag and class first, which none sees."""
    code = re.sub(r"(?m)(^|\s)//.*$", "", path.read_text(encoding="utf-8"))
    drawn = re.findall(r'make\("\w+", "[^"]*", (?:"([^"]*[A-Za-z]{2}[^"]*)"|`([^`]*[A-Za-z]{2}[^`]*)`)', code)
    code = re.sub(r'make\("\w+", (?:"[^"]*"|`[^`]*`)', "", code)
    texts = [found[1:-1] for found in re.findall(r'"[^"\n]*"|`[^`]*`', code)]
    plain = [re.sub(r"\$\{[^}]*\}", "{}", text) for text in [*texts, *map("".join, drawn)]]
    n_plain = len(texts)
    said = [text for text in plain[:n_plain] if SENTENCE.search(text)] + plain[n_plain:]
    return [text for text in said if re.search("[A-Za-z]{2}", CODE.sub("", text)) and text not in SCRIPT_WORDS]


@pytest.mark.parametrize("path", sorted((ROOT / "app/components").glob("*.js")), ids=lambda path: path.name)
def test_scripts_say_what_they_are_given(path: Path):
    assert not unspoken_script(path)


@pytest.mark.parametrize("path", sorted((ROOT / "app").rglob("*.css")), ids=lambda path: path.name)
def test_styles_say_what_they_are_given(path: Path):
    """What a style adds to the page is a sign, told as such to screen readers, or a word that the page looked up."""
    added = re.findall(r"(?<![\w-])content:\s*([^;}]+)", path.read_text(encoding="utf-8"))
    said = [re.sub(r"var\([^)]*\)|\"[^\"]*\" / \"\"|none", "", words) for words in added]
    told = [words for words in said if re.search(r"[^\W\d_]", words)]
    assert not told, "give it a variable, which `page_words` sets"


def test_only_what_stands_in_the_code_can_be_looked_up():
    """A text that is put together before has no entry, so it would stay English for everybody."""
    odd = [
        f"{path}:{node.lineno}: {ast.unparse(node)[:80]}"
        for path in SOURCES
        for function, texts, node in lookups(path)
        if not all(texts)
        and not (function == "tr" and isinstance(node.args[0], ast.Name | ast.Attribute | ast.Subscript))
    ]
    assert not odd, "name a constant's text with msgid, and give what changes as values"


def test_all_texts_are_found_by_whoever_gathers_them():
    found = {
        texts if len(texts) > 1 else texts[0]
        for path in SOURCES
        for function, texts, _ in lookups(path)
        if path.startswith(("app/", "ingest/", "indexes/")) and all(texts)
    }
    assert gathering.of_code() == found, (
        "the gatherer sees no look-up within another one's value: give it a name before"
    )


EDGES = re.compile(r"^\s|\s$")


def fields(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_language_has_words_for_every_text_and_no_others(language: str):
    path = FOLDER / f"{language}.po"
    assert path.read_text(encoding="utf-8") == gathering.updated(path), "run make words"
    assert {message.id for message in gathering.read(path) if message.id} == gathering.gathered()


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_language_says_what_the_english_says(language: str):
    for message in gathering.read(FOLDER / f"{language}.po"):
        if message.id:
            texts = [message.id] if isinstance(message.id, str) else message.id
            text = texts[-1]
            words = gathering.words(message)
            assert all(words), f"{message.id!r} has no words in {language}"
            assert fields(words[-1]) == fields(text), message.id
            assert all(fields(word) in map(fields, texts) for word in words), message.id
            assert all(EDGES.findall(word) == EDGES.findall(text) for word in words), message.id
            assert not message.fuzzy, message.id


def test_a_language_can_be_chosen_once_it_has_words():
    assert set(settings.LANGUAGES) == {"auto", *LANGUAGES}


def test_there_are_words_for_one_thing_and_for_several():
    def told(n: int) -> str:
        return trn(n, "Reading {done} of {n} passage", "Reading {done} of {n} passages", done=numeral(1))

    assert [told(n) for n in (1, 2, 1234)] == [
        "Reading 1 of 1 passage",
        "Reading 1 of 2 passages",
        "Reading 1 of 1,234 passages",
    ]
    with speaking("de"):
        assert [told(n) for n in (1, 2, 1234)] == [
            "1 von 1 Abschnitt gelesen",
            "1 von 2 Abschnitten gelesen",
            "1 von 1.234 Abschnitten gelesen",
        ]


def test_what_a_command_says_is_said_to_a_page_in_its_language():
    files = say_n(1234, "{n} file on the way, {failed} failed", "{n} files on the way, {failed} failed", failed=1)
    said = say_all([files, say("{n} {unit}", n=3.14, unit="MB"), "{as it is}"], ", ")
    assert said == spoken(said) == "1,234 files on the way, 1 failed, 3.1 MB, {as it is}"
    assert deepcopy(said) == said
    with speaking("de"):
        assert spoken(said) == "1.234 Dateien in Arbeit, 1 fehlgeschlagen, 3,1 MB, {as it is}"
        assert spoken(say("{name} can be used", name="late")) == "late ist einsatzbereit"
        assert spoken(say_all([])) == ""


def test_values_are_put_in_as_they_are():
    with speaking("de"):
        assert tr(msgid("Documents")) == "Dokumente"
        assert tr("{title} by {name}", title="Documents", name="{name} 100 %") == "Documents by {name} 100 %"
        assert tr("{n} left for the browser") == "{n} left for the browser"
        assert numeral(1234.5, 1) == "1.234,5"
        assert percent(0.125) == "12\N{NO-BREAK SPACE}%"
    assert numeral(1234.5, 1) == "1,234.5"
    assert percent(0.125) == "12%"


def test_days_and_moments_are_written_as_in_the_language():
    assert short_day(date(2026, 1, 9)) == "9 Jan"
    assert (day("2026-11-29"), moment(0, "%H:%M")) == ("2026-11-29", "1 Jan 1970, 00:00 UTC")
    assert time_of("2026-11-29T09:56:41.5+00:00") == "2026-11-29 09:56 UTC"
    with speaking("de"):
        assert (day("2026-11-29"), moment(0, "%H:%M")) == ("29.11.2026", "01.01.1970, 00:00 UTC")
        assert time_of("2026-11-29 09:56") == "29.11.2026, 09:56 UTC"
        assert short_day(date(2026, 1, 9)) == "9. Jan."
        assert day("spring 1913") == "spring 1913"


@pytest.mark.parametrize("told", [None, "", "Europe", "Mars/Olympus", "../../etc/passwd", "x" * 5000, "a\0b"])
def test_times_are_told_in_utc_to_a_browser_whose_clock_is_not_known(told: str | None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reader.st, "context", SimpleNamespace(timezone=told, locale="en"))
    assert zone() is UTC or str(zone()) == "UTC"
    assert moment(0) == "1 Jan 1970, 00:00:00 UTC"


def test_times_are_told_by_the_clock_where_the_reader_is(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reader.st, "context", SimpleNamespace(timezone="Asia/Kolkata", locale="en"))
    assert moment(0) == "1 Jan 1970, 05:30:00"
    assert moment(0, "%H:%M", UTC) == "1 Jan 1970, 00:00 UTC"
    late = "2026-11-29T22:56:41.500Z"
    assert (time_of(late), time_of(late, "%H:%M:%S")) == ("2026-11-30 04:26", "2026-11-30 04:26:41")
    assert (day_of(late), day(late[:10])) == ("2026-11-30", "2026-11-29")
    assert start_of(date(1970, 1, 2)) == 86_400 - 5.5 * 3600
    with speaking("de"):
        assert (time_of(late), day_of(late), moment(0)) == ("30.11.2026, 04:26", "30.11.2026", "01.01.1970, 05:30:00")


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        (["de-AT"], "de"),
        (["DE"], "de"),
        (["fr", "de_DE", "en"], "de"),
        (["en-GB", "de"], "en"),
        ([""], "en"),
        ([], "en"),
    ],
)
def test_the_first_language_that_there_are_words_for_is_spoken(wanted: list[str], spoken: str):
    assert first_of(*wanted) == spoken


def test_english_needs_no_catalogue():
    code = (
        "import sys; from app.words import tr; tr('Ask'); print({'babel', 'streamlit', 'gettext'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == "{'gettext'}"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "home"))
    st.cache_resource.clear()
    yield tmp_path
    st.cache_resource.clear()


@pytest.mark.parametrize(
    ("language", "button", "hint"),
    [
        ("de", "Mit Beispieldokumenten ausprobieren", "Fragen Sie Ihre Dokumente"),
        ("auto", "Try it with sample documents", "Ask about your documents"),
    ],
)
def test_a_page_speaks_the_language_that_is_set(
    home: Path, monkeypatch: pytest.MonkeyPatch, language: str, button: str, hint: str
):
    assert home
    monkeypatch.setenv("FOOTNOTE_LANGUAGE", language)
    page = AppTest.from_file(str(MAIN), default_timeout=60).run()
    assert not page.exception
    assert page.button(key="samples").label == button
    assert page.chat_input(key="question").placeholder == hint
