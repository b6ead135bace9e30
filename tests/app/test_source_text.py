"""What a person sees of a source's text: the quote marked, tables as tables under their head, nothing lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.components.document_view import cut, of_page
from app.source_facts import body_start, facts, is_read_whole
from app.source_text import blocks, extract
from rag.types import Chunk, Citation, DocumentRecord, Hit, Page

TEXT = "The harbour opens at six. Boats leave with the tide. The lighthouse is white."
RULE = "| --- | --- |"
ROWS = [f"| boat {n} | {n} m |" for n in range(400)]
TABLE = "\n".join(["| name | length |", RULE, *ROWS])


def chunk(text: str, start: int, end: int, context: str = "") -> Chunk:
    return Chunk(
        id=1, document_id=1, ordinal=0, start=start, end=end, text=text[start:end], heading="", context=context,
        page=None, last_page=None, source="harbour.md", title="Harbour", collection="default",
    )  # fmt: skip


def citation(text: str, quote: str, context: str = "") -> Citation:
    at = text.index(quote)
    return Citation(1, chunk(text, at, at + len(quote), context), at, at + len(quote))


def hit(text: str, start: int, end: int) -> Hit:
    return Hit(chunk(text, start, end), 1.0, "fused")


def test_a_source_stands_in_its_surroundings():
    source = Citation(1, chunk(TEXT, 0, 52), 0, 25)
    (block,) = blocks(extract(TEXT, source))
    assert block["pieces"] == [
        ["quote", "The harbour opens at six."],
        ["passage", " Boats leave with the tide."],
        ["around", " The lighthouse is white."],
    ]
    (block,) = blocks(extract(TEXT, hit(TEXT, 53, 77)))
    assert block["pieces"] == [["around", TEXT[:53]], ["passage", TEXT[53:]]]


@pytest.mark.parametrize("now", ["Something else entirely.", ""])
def test_a_source_of_a_changed_document_stands_alone(now: str):
    (block,) = blocks(extract(now, hit(TEXT, 53, 77)))
    assert block["pieces"] == [["passage", TEXT[53:]]]
    (block,) = blocks(extract(now, Citation(1, chunk(TEXT, 0, 52), 0, 25)))
    assert block["pieces"][0] == ["quote", "The harbour opens at six."]


def test_long_surroundings_are_cut_at_words():
    text = "word " * 2000 + TEXT + " word" * 2000
    (block,) = blocks(extract(text, hit(text, 10_000, 10_025)))
    cut, before, passage, after, end = block["pieces"]
    assert (cut, end) == (["around", "… "], ["around", " …"])
    assert before[1].startswith("word ")
    assert after[1].endswith(" word")
    assert 2900 < len(before[1]) + len(after[1]) < 3100
    assert passage == ["passage", TEXT[:25]]


def test_paragraphs_are_blocks_of_their_own_and_keep_their_lines():
    text = "First.\n\n    indented\n  less\n \n\nLast."
    shown = blocks(extract(text, citation(text, "Last.")))
    assert [block["pieces"] for block in shown] == [
        [["around", "First."]],
        [["around", "    indented\n  less"]],
        [["quote", "Last."]],
    ]


def test_a_row_far_down_stands_under_the_head_of_its_table():
    text = f"Boats\n\n{TABLE}\n\nThe end."
    cut, *rest = blocks(extract(text, citation(text, ROWS[200])))
    assert (cut["kind"], cut["head"], cut["is_cut"]) == ("table", ["name", "length"], True)
    (row,) = [row for row in cut["rows"] if row["quoted"]]
    assert row["cells"] == [[["quote", "boat 200"]], [["quote", "200 m"]]]
    assert all(len(row["cells"]) == 2 for row in cut["rows"]), "a row at the edge is shown as a whole"
    assert 60 < len(cut["rows"]) < 200
    assert rest == [{"kind": "text", "pieces": [["around", " …"]]}]


def test_a_table_that_is_shown_from_its_head_is_not_cut():
    text = f"Boats\n\n{TABLE}"
    title, table, *_ = blocks(extract(text, citation(text, ROWS[0])))
    assert title["pieces"] == [["around", "Boats"]]
    assert (table["head"], table["is_cut"]) == (["name", "length"], False)
    assert [row["quoted"] for row in table["rows"][:3]] == [True, False, False]
    table = blocks(extract(TABLE, citation(TABLE, "| name | length |")))[0]
    assert table["head"] == ["name", "length"]


def test_rows_of_a_document_that_is_gone_stand_under_the_head_that_was_kept():
    source = citation(TABLE, "\n".join(ROWS[5:7]), context="| name | length |")
    (table,) = blocks(extract("", source))
    assert (table["head"], len(table["rows"])) == (["name", "length"], 2)
    (block,) = blocks(extract("", citation(TABLE, ROWS[5])))
    assert block == {"kind": "text", "pieces": [["quote", ROWS[5]]]}


def test_a_cell_keeps_its_bars_and_a_part_of_it_is_marked():
    text = "| a | b |\n| --- | --- |\n| x \\| y | |\n| open at noon | z |"
    (table,) = blocks(extract(text, citation(text, "at noon")))
    assert table["rows"][0] == {"quoted": False, "cells": [[["around", "x | y"]], []]}
    assert table["rows"][1]["cells"][0] == [["around", "open "], ["quote", "at noon"]]


def test_lines_with_bars_that_are_no_table_stay_text():
    text = "| not a table\n| but drawn with bars"
    (block,) = blocks(extract(text, citation(text, "drawn")))
    assert (block["kind"], "".join(words for _, words in block["pieces"])) == ("text", text)


def test_another_page_is_shown_by_itself():
    text = f"{TEXT}\n\nThe second page."
    (block,) = blocks(extract(text, citation(text, "The harbour"), Page(2, len(TEXT) + 2, len(text))))
    assert block["pieces"] == [["around", "… "], ["around", "The second page."]]


MAIL = DocumentRecord(
    1, "default", "/m/a.eml", "Berths", "0", 1, "message/rfc822", 0, 1, (), {"author": "Ann"}, "", "2026-01-01"
)


def test_a_mail_says_who_wrote_to_whom_and_when():
    text = "Berths\n\nFrom: Ann <a@b.example>\nTo: Bo\nDate: Fri, 2 Jan 2026\n\nDear Bo,\n\nTo: nobody"
    assert facts(MAIL, text) == [
        ("Subject", "Berths"),
        ("From", "Ann <a@b.example>"),
        ("To", "Bo"),
        ("Date", "Fri, 2 Jan 2026"),
    ]
    assert is_read_whole(MAIL)
    assert text[body_start(MAIL, text) :].startswith("Dear Bo")
    shown = blocks(extract(text, citation(text, "To: nobody"), first=body_start(MAIL, text)))
    assert [block["pieces"][0][1] for block in shown] == ["Dear Bo,", "To: nobody"]
    shown = blocks(extract(text, citation(text, "To: Bo"), first=body_start(MAIL, text)))
    assert shown[0]["pieces"][0][1] == "Berths", "what is quoted is shown"


def test_a_page_of_the_web_says_its_address():
    known = {"author": "Ann", "created": "2026-01-02T03:04:05"}
    page = replace(MAIL, source="https://harbour.example/rules", media_type="text/html", metadata=known)
    assert facts(page, "") == [
        ("Title", "Berths"),
        ("Address", "https://harbour.example/rules"),
        ("Author", "Ann"),
        ("Date", "2026-01-02"),
    ]
    assert facts(replace(page, source="/a.html", metadata={}), "") == []


def test_a_table_is_one_below_each_label_of_its_document_too():
    text = f"Boats.\n\n{TABLE}\n\nThat is all."
    at = text.index(ROWS[9])
    label, words, first, second_label, second, end = cut(text, [chunk(text, 0, at - 1), chunk(text, at, len(text))])
    assert words["pieces"] == [["passage", "Boats."]]
    assert label["pieces"][0][0] == second_label["pieces"][0][0] == "label"
    for table in (first, second):
        assert (table["head"], table["is_cut"]) == (["name", "length"], False)
    assert [row["cells"][0] for table in (first, second) for row in table["rows"]] == [
        [["passage", f"boat {n}"]] for n in range(400)
    ]
    assert not any(row["quoted"] for row in [*first["rows"], *second["rows"]])
    assert end["pieces"] == [["passage", "That is all."]]
    on_page = of_page(text, Page(1, at, len(text)), [chunk(text, at, text.index(ROWS[12]) - 1)])
    assert [block["kind"] for block in on_page] == ["text", "table", "table", "text"]
