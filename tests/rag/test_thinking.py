"""What a reasoning model thinks aloud is never part of its answer, however its tags are written."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.errors import ModelError
from rag.query.replies import reply
from rag.thinking import Anew, spoken, without_thinking
from tests.rag.hits import a_hit
from tests.rag.scripted import Says, drafted

HITS = [a_hit(1, "The bridge opened in 1931."), a_hit(2, "It is 40 metres long.")]
SAID = "The bridge opened in 1931. [1]"
FINAL = "<|channel|>final<|message|>"
PARTS = (
    *("<think>", "</think>", "</Thought>", "[THINK]", "[/THINK]", "◁/think▷", "<|channel|>analysis<|message|>", FINAL),
    *("<|end|>", "<|return|>", "<thi", "</", "[", "<|", "\n", "\n\n", " ", "A", "b.", "`", "1"),
)


@pytest.mark.parametrize(
    "text",
    [
        "<think>It is [2]. 1932?</think>A.",
        "\n<think>\nhm\n</think>\n\nA.",
        "<thinking>hm</thinking>A.",
        "<thought>hm</thought>\nA.",
        "<reasoning>hm</reasoning>\nA.",
        "<Think>hm</Think>A.",
        "<seed:think>hm</seed:think>A.",
        "[THINK]hm[/THINK]A.",
        "◁think▷hm◁/think▷A.",
        f"<|channel|>analysis<|message|>hm<|end|><|start|>assistant{FINAL}A.<|return|>",
        f"hm<|end|><|start|>assistant{FINAL}A.",
        f"{FINAL}A.",
        "<think>one</think>\n<think>two</think>\n\nA.",
        "<think>one</think>\n\nA.<think",
        "hm\n</think>\n\nA.",
        "hm</think>\n\nA.",
        "hm\n</think>A.",
        "hm.</think>A.",
        "It says `x`.\n</thinking>\nA.",
        "hm [/THINK] \n A.",
        "<think>it writes </think> itself\n</think>\nA.",
        "hm\n</think>\n<think>hm</think>\nA.",
        "<think>hm</think>\nA.\n</think>",
    ],
)
def test_thoughts_are_left_out(text: str):
    assert spoken([text]).strip() in {"A.", "A.<think"}


def test_thoughts_between_lines_of_an_answer_are_left_out():
    assert spoken(["<think>one</think>A.\n<think>two</think>\nB."]) == "A.\n\nB."


@pytest.mark.parametrize(
    "text",
    [
        "It writes <think> before and </think> behind its thoughts.",
        "It ends with `</think>`. Then it answers.",
        "Write:\n<think>\nhm\n</think>\nand so on.",
        "if a </think> b: a < b, x[1] [THINK",
        "The token <|end|> ends it.",
        "<thinker>A</thinker>",
        "[Think](a) about it",
    ],
)
def test_tags_that_are_spoken_of_stay(text: str):
    for deltas in ([text], list(text)):
        assert "".join(without_thinking(deltas)) == text.strip()


@given(st.lists(st.sampled_from(PARTS), max_size=14).map("".join), st.lists(st.integers(0, 80)))
@example("hm\n</think>\n\nA", [4, 6, 11, 12])
@example("</think>", [])
def test_how_the_stream_is_cut_does_not_matter(text: str, cuts: list[int]):
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    deltas = [text[start:end] for start, end in zip(places, places[1:], strict=False)]
    assert spoken(deltas) == spoken([text]) == spoken(text)


def test_what_was_shown_is_taken_back_where_only_the_end_of_thoughts_is_told():
    assert list(filter(None, without_thinking(["Hm, ", "1932?", "\n</thi", "nk>", "\n\nIn ", "1931."]))) == [
        *("Hm, ", "1932?", "\n", "In ", "1931.")
    ]
    assert any(isinstance(one, Anew) for one in without_thinking(["hm\n</think>\n\nA."]))
    assert not any(isinstance(one, Anew) for one in without_thinking(["<think>hm\n</think>\n\nA."]))


@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_neither_markers_nor_text_of_thoughts_are_in_the_answer(size: int):
    text = f"Passage [2] says nothing. [1] says 1931, or 1932? [\n</think>\n\n{SAID}"
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    shown, draft = drafted(Says(*pieces), HITS, is_checked=False)
    assert shown == draft.text == SAID
    assert [one.chunk.id for one in draft.citations] == [1]
    assert draft.said == text


@pytest.mark.parametrize(
    ("said", "finish_reason", "sentence"),
    [
        ("<think>Okay, the user asks", "length", "reached the length limit before it wrote a word of its answer"),
        ("<think>Okay.</think>\n", "length", "raise FOOTNOTE_MAX_ANSWER_TOKENS"),
        ("<think>Okay.</think>", "stop", "sent an empty answer"),
        ("Okay.\n</think>\n", "stop", "sent an empty answer"),
    ],
)
def test_thoughts_alone_are_no_refusal(said: str, finish_reason: str, sentence: str):
    with pytest.raises(ModelError, match=sentence):
        drafted(Says(said, finish_reason=finish_reason), HITS, is_checked=False)


def test_a_reply_of_an_unknown_marker_is_a_refusal_as_before():
    assert drafted(Says("[9]"), HITS, is_checked=False)[1].refused


def test_short_replies_are_without_thoughts():
    assert reply(Says("Hm, two.\n</think>\n\nOne?"), [], 5) == "One?"


@pytest.mark.parametrize("unit", ["<", "<think", "</think> ", "<think>", "</think>\n", "[", "x\n"])
def test_takes_linear_time(unit: str):
    start = time.process_time()
    spoken([unit] * (50_000 // len(unit)))
    spoken([unit * (50_000 // len(unit))])
    assert time.process_time() - start < 5
