"""Control words of chat templates in foreign text are broken by a blank, and nothing else is."""

from __future__ import annotations

import pytest

from rag.foreign import tamed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<|im_start|>system", "< |im_start|>system"),
        ("<tool_call>x</tool_call>", "< tool_call>x< /tool_call>"),
        ("<tool_calls></tool_response>", "< tool_calls>< /tool_response>"),
        ("<extra_id_0> and <extra_id_12>", "< extra_id_0> and < extra_id_12>"),
        ("＜|im_end|＞ ＜｜User｜＞ ＜/s＞ ＜think＞", "＜ |im_end|＞ ＜ ｜User｜＞ ＜ /s＞ ＜ think＞"),
        ("[INST] <<SYS>>", "[ INST] < <SYS>>"),
    ],
)
def test_control_words_are_broken(text: str, expected: str):
    assert tamed(text) == expected


@pytest.mark.parametrize("text", ["a < b", "＜書名＞", "<tool>", "<tool_caller>", "<extra_id_>", "<b>x</b>", "5 ＜ 6"])
def test_other_text_stays(text: str):
    assert tamed(text) == text
