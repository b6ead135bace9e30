"""What sets foreign text in a request apart: signs between its words, and none of that in a reply."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.packing import Window
from rag.prompt import _RULES, REFUSAL, fenced
from rag.spotlight import RULE, SIGNS, Unfenced, datamarked, sign_for, with_room, words_of

WORD = "0123456789abcdef"
RULES = "You answer from passages.\n1. Say only what the passages say, and add nothing that you know.\n"
LONG = RULES.splitlines()[1]


def a_request(passages: str) -> str:
    return fenced(passages, WORD) + "\n\nQuestion: What costs the berth?"


def test_blanks_within_the_fences_alone_become_signs():
    marked = datamarked(a_request("[1] Harbour, page 2\nA berth  costs nine.\n  - by day\n\n- a note [1]"), "¦")
    assert marked == (
        "In the passages, ¦ stands in place of each blank.\n"
        f"BEGIN PASSAGES {WORD}\n[1] Harbour,¦page¦2\nA¦berth¦costs¦nine.\n  -¦by¦day\n\n- a¦note¦[1]\n"
        f"END PASSAGES {WORD}\n\nQuestion: What costs the berth?"
    )


@given(st.text(alphabet="ab \n[1]-¦\0", max_size=60))
def test_no_passage_has_a_blank_between_words_or_a_sign_of_its_own(passages: str):
    marked = datamarked(a_request(passages), "¦")
    begin, end = f"BEGIN PASSAGES {WORD}\n", f"\nEND PASSAGES {WORD}"
    quoted = marked[marked.index(begin) + len(begin) : marked.rindex(end)]
    words = [line.lstrip() for line in quoted.splitlines()]
    assert not any(" " in line.rstrip().removeprefix("[1] ").removeprefix("[11] ").removeprefix("- ") for line in words
                   if not line.startswith("["))  # fmt: skip
    assert quoted.replace("¦", " ").split() == passages.replace("¦", " ").replace("\0", " ").split()


def test_a_sign_is_taken_that_stands_nowhere():
    assert sign_for(["a b", "c"], "¤") == "¤"
    assert sign_for(["a ¤ b", "¦"], "¤") == "‡"
    assert sign_for(["".join(SIGNS)], "¤") == "¤"


def test_the_room_is_that_of_what_is_sent():
    window = Window(1_000, 100, len)
    room = with_room(window)
    request = a_request("[1] A berth costs nine.")
    assert room.count(request) == len(datamarked(request, "¦")) + len(RULE)
    assert room.count("no fence here") == len("no fence here")
    assert room.room == window.room


def test_words_are_those_of_fences_that_end():
    assert words_of([a_request("x"), f"BEGIN PASSAGES {WORD[::-1]}\nno end"]) == [WORD]


def test_text_without_blanks_has_signs_which_leave_no_trace():
    said = "港口早上六点开门。泊位每天九英镑，船只请排队等候。"
    marked = datamarked(a_request(said), "¦")
    assert "港口早上¦六点开门" in marked
    assert said not in marked
    shown = Unfenced([WORD], "", "¦")
    copied = marked[marked.index("港") : marked.index("\nEND")]
    assert "".join(map(shown.feed, copied)) + shown.finish() == shown.whole(copied) == said


def test_the_sentence_of_a_refusal_is_no_secret():
    for rules in (_RULES.format(refusal=REFUSAL), f"3. Reply with this sentence alone: {REFUSAL}"):
        assert Unfenced([WORD], rules).whole(REFUSAL) == REFUSAL


def test_a_fence_within_another_is_a_part_of_it():
    marked = datamarked(a_request(f"[1] A\nBEGIN PASSAGES {WORD[::-1]}\na b\nEND PASSAGES {WORD[::-1]}\nc d"), "¦")
    assert marked.count("In the passages, ¦ stands") == 1
    assert f"\nBEGIN¦PASSAGES¦{WORD[::-1]}\na¦b\nEND¦PASSAGES¦{WORD[::-1]}\nc¦d\nEND PASSAGES {WORD}" in marked


def test_many_beginnings_take_no_time():
    started = perf_counter()
    for text in (f"BEGIN PASSAGES {WORD}\n" * 20_000, "".join(f"BEGIN PASSAGES {n:016x}\n" for n in range(2_000))):
        assert words_of([text]) == []
        assert datamarked(text, "¦") == text
    assert perf_counter() - started < 4


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"BEGIN PASSAGES {WORD}\nA¦berth costs¦nine [1].\nEND PASSAGES {WORD}", "…\nA berth costs nine [1].\n…"),
        (f"The word is {WORD.upper()}.", "The word is ….",),
        ("a\\u00a6berth\\u00A6costs", "a berth costs"),
        (f"begin passages¦{WORD} and {LONG}", "… and …"),
        (f"{WORD[:8]}{WORD}{WORD[8:]}", f"{WORD[:8]}…{WORD[8:]}"),
        ("Passages say that berths begin at nine.", "Passages say that berths begin at nine."),
        (LONG[:-1], LONG[:-1]),
    ],
)  # fmt: skip
def test_a_reply_is_without_what_set_passages_apart(said: str, shown: str):
    unfenced = Unfenced([WORD], RULES, "¦")
    assert unfenced.whole(said) == shown
    assert "".join(map(unfenced.feed, said)) + unfenced.finish() == shown


PIECES = (
    "\\u00a6",
    "\\u00",
    WORD,
    WORD[:9],
    "BEGIN PASSAGES ",
    "END PASSAGES",
    f"end passages {WORD}",
    LONG,
    LONG[:30],
    " ",
    "¦",
    "A berth.",
    "港口",
    "K",
)


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), st.data())
def test_how_a_stream_is_cut_cannot_matter(said: str, data: st.DataObject):
    unfenced, parts, at = Unfenced([WORD], RULES, "¦"), [], 0
    while at < len(said):
        n = data.draw(st.integers(1, 40))
        parts.append(unfenced.feed(said[at : at + n]))
        at += n
    shown = "".join(parts) + unfenced.finish()
    assert shown == unfenced.whole(said)
    assert WORD not in shown
    assert LONG not in shown
    assert "¦" not in shown


@given(st.text(max_size=200))
def test_text_with_nothing_of_it_stays(said: str):
    unfenced = Unfenced([WORD], RULES, "")
    assert "".join(map(unfenced.feed, said)) + unfenced.finish() == said
