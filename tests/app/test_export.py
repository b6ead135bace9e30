"""A conversation as a file: every footnote points at something, and nothing in it loads or links."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

from app.export import as_json, as_markdown, with_footnotes
from app.words import speaking
from rag.types import Turn
from tests.app.recording_home import QUESTION, asking
from tests.fake_endpoint import says

TEXT = "The lighthouse of Varn is 41 metres high. ![x](https://evil.example/x.png) <img src=//evil.example/y>"


def turns(home: Path) -> list[Turn]:
    written = "It is 41 metres high. [1] It is 12 years old. [1] The lighthouse of Varn is high. [1]"
    with asking(home, says(written), text=TEXT) as (workspace, _):
        first = Turn(QUESTION, workspace.answerer.ask(QUESTION))
    with asking(home, text=TEXT) as (workspace, _):
        return [first, *(Turn(one, workspace.answerer.ask(one)) for one in (QUESTION, "Who is <b>king</b>?"))]


def test_footnotes_go_on_through_the_conversation(tmp_path: Path):
    text = as_markdown("Varn", turns(tmp_path))
    used, told = set(re.findall(r"\[\^(\d+)\](?!:)", text)), re.findall(r"^\[\^(\d+)\]:", text, re.MULTILINE)
    assert used == set(told) == {"1", "2"}
    assert len(told) == 2
    assert text.startswith("# Varn\n")
    assert text.count("\n## ") == 3
    assert "note.txt" in text
    assert "*not in the source*: It is 12 years old." in text


def test_nothing_in_it_loads(tmp_path: Path):
    text = as_markdown("![x](https://evil.example/z.png)", turns(tmp_path))
    assert not re.search(r"(?<!\\)!\[|\]\(http|<img|<b>", text)


def test_json_is_what_the_command_line_says(tmp_path: Path):
    kept = json.loads(as_json("Varn", turns(tmp_path)))
    assert kept["title"] == "Varn"
    assert [turn["refused"] for turn in kept["turns"]] == [False, False, True]
    assert kept["turns"][0]["citations"][0]["quote"]


def test_it_says_when_it_was_asked_and_exported(tmp_path: Path):
    first, *others = turns(tmp_path)
    dated = [replace(first, asked_at=1_795_927_267.5), *others]
    text = as_markdown("Varn", dated, at=1_796_000_000)
    assert text.startswith("# Varn\n\nExported on 30 Nov 2026, 00:53 UTC\n\n## ")
    assert text.count(" UTC") == 2
    assert f"## {QUESTION}\n\nAsked on 29 Nov 2026, 04:41 UTC\n\n" in text
    with speaking("de"):
        assert "\n\nExportiert am 30.11.2026, 00:53 UTC\n\n" in as_markdown("Varn", dated, at=1_796_000_000)
    kept = json.loads(as_json("Varn", dated, at=1_796_000_000))
    assert kept["exported_at"] == "2026-11-30T00:53:20+00:00"
    assert [turn["asked_at"] for turn in kept["turns"]] == ["2026-11-29T04:41:07+00:00", None, None]
    assert " UTC" not in as_markdown("Varn", turns(tmp_path))


def test_one_answer_to_paste(tmp_path: Path):
    first, *_ = turns(tmp_path)
    assert "[^1]: " in with_footnotes(first.answer)


def test_what_looks_like_a_marker_in_code_is_none(tmp_path: Path):
    first, *_ = turns(tmp_path)
    text = with_footnotes(replace(first.answer, text="It is high [1], as `heights[1]` says. [1]"))
    assert text.startswith("It is high [^1], as `heights[1]` says. [^1]\n")
