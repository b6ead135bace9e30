"""Words of every supported script are told the same way wherever texts are taken apart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evals.answer_words import normalised
from indexes.keyword_fields import analyzers, terms
from rag.citations import _words as cited_words
from rag.scripts import MARKS, UNSPACED
from rag.whole.terms import words

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("text", "told", "measured"),
    [
        ("وُقِّعَ العَقْدُ في ١٩٨٧.", ["وُقِّعَ", "العَقْدُ", "في", "١٩٨٧"], "وُقِّعَ العَقْدُ في ١٩٨٧"),
        ("किराया ९०० रुपये है।", ["किराया", "९००", "रुपये", "है"], "किराया ९०० रुपये है"),
        ("ค่าเช่า ๙๐๐", ["ค่", "่า", "าเ", "เช", "ช่", "่า", "๙๐", "๐๐"], "ค่ า เ ช่ า ๙๐๐"),
        ("租金900元。", ["租金", "金9", "90", "00", "0元"], "租 金 900 元"),
        ("家賃は人々の", ["家賃", "賃は", "は人", "人々", "々の"], "家 賃 は 人 々 の"),
        ("ﾃｽﾄ二〇", ["ﾃｽ", "ｽﾄ", "ﾄ二", "二〇"], "ﾃ ｽ ﾄ 二 〇"),
        ("월세는 900유로", ["월세는", "900유로"], "월세는 900 유로"),
        (
            "Die Miete beträgt 900 €, Straße",
            ["die", "miete", "beträgt", "900", "strasse"],
            "die miete beträgt 900 € strasse",
        ),
        ("1️⃣ cafe\u0301", ["1", "cafe\u0301"], None),
    ],
)
def test_words_are_told(text: str, told: list[str], measured: str | None):
    assert words(text) == told
    assert measured is None or normalised(text) == measured


@pytest.mark.parametrize("sign", "กຂကខあア漢々〇豈ﾃ๑໑၁១\U00020000")
def test_a_sign_of_a_script_without_blanks_is_one_for_search_and_citations(sign: str):
    assert UNSPACED.fullmatch(sign)
    assert cited_words(sign * 3) == {sign * 2}
    assert ("text_pairs", sign) in terms(sign, analyzers())


@pytest.mark.parametrize("sign", "aäßяλאعहத한1١९، 。！？️⃣")
def test_others_are_none(sign: str):
    assert not UNSPACED.search(sign)


@pytest.mark.parametrize("mark", "\u0301\u05b8\u064e\u093e\u0bbe\ua9b4\U00011127")
def test_marks_belong_to_words(mark: str):
    assert mark in MARKS
    assert words(f"a{mark}b") == [f"a{mark}b"]


def test_nobody_else_knows_which_scripts_have_no_blanks():
    """What is drawn over lines, and what a reader sees, has other questions to letters."""
    others = {ROOT / "rag" / "scripts.py", ROOT / "app" / "pdf_page.py", ROOT / "evals" / "visible.py"}
    folders = ("rag", "indexes", "ingest", "app", "evals")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py") if path not in others]
    assert [path.name for path in paths if re.search(r"\\u3[04]0[01]-\\u", path.read_text("utf-8"))] == []
