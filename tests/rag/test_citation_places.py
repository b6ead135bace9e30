"""Where the sentences of an answer end in its text, and how markers are put there."""

from hypothesis import given
from hypothesis import strategies as st

from rag.citations import bare, cited_sentences, with_markers

PARTS = (
    *("It opens at six", "the fee is 5", "Ask at the desk", "no one knows", "- a list", "| a | b |", "`code [1]`"),
    *("[1]", "[2]", ". ", ".\n", "\n\n", " ", "!", "?", ":"),
)


def ends(text: str) -> list[str]:
    return [text[: sentence.end] for sentence in cited_sentences(text)]


def test_a_sentence_ends_behind_its_markers():
    assert ends("It opens at six. [1][2] It closes at nine [3].") == [
        "It opens at six. [1][2]",
        "It opens at six. [1][2] It closes at nine [3].",
    ]


def test_rows_and_list_items_end_where_they_do():
    text = "- Opens at six [1]\n- Closes at nine\n\n| what | when |\n|---|---|\n| dock | never [2] |"
    assert [one[-16:] for one in ends(text)] == ["Opens at six [1]", "- Closes at nine", "dock | never [2] |"[-16:]]


def test_markers_go_behind_sentences_and_into_the_last_cell():
    text, places = with_markers("It opens. It closes. [1] | a | b |", [(9, [3]), (24, []), (34, [2, 4])])
    assert text == "It opens. [3] It closes. [1] | a | b [2][4] |"
    assert [text[:place][-3:] for place in places] == ["[3]", "[1]", " |"[-3:]] or places[2] == len(text)


@given(st.lists(st.sampled_from(PARTS), max_size=25).map("".join), st.data())
def test_markers_change_nothing_else(text: str, data: st.DataObject):
    sentences = cited_sentences(text)
    numbers = [data.draw(st.lists(st.integers(1, 9), max_size=2)) for _ in sentences]
    marked, places = with_markers(text, [(one.end, n) for one, n in zip(sentences, numbers, strict=True)])
    assert "".join(bare(marked).split()) == "".join(bare(text).split())
    assert places == sorted(places)
    assert (
        [one.text for one in cited_sentences(marked)] == [one.text for one in sentences] or "|" in text or "`" in text
    )
