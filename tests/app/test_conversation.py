"""An answer that was stopped says all that a finished one would have said about how it was found."""

from __future__ import annotations

from app.components.conversation import Progress
from rag.types import Retrieval, Trace


def test_a_stopped_answer_keeps_the_notice_of_its_retrieval():
    found = Retrieval((), Trace(), "The reranker cannot be opened. The order is that of the search.")
    answer = Progress("When?", "At six", found).stopped("a-model")
    assert answer.notice.startswith(f"{found.notice} It was stopped, or the page was left, before its end")


def test_one_that_was_stopped_while_it_was_searched_for_says_so():
    assert (
        Progress("When?", "At")
        .stopped("a-model")
        .notice.startswith("It was stopped, or the page was left, before its end")
    )


def test_one_that_was_stopped_before_its_first_word_says_so():
    answer = Progress("When?").stopped("a-model")
    assert "before the answer began: ask again" in answer.notice


def test_one_that_was_stopped_has_no_blank_where_a_marker_stood():
    written = "It opens at six [1]. Boats [2] leave `a [3]` then"
    assert Progress("When?", written).stopped("a-model").text == "It opens at six. Boats leave `a [3]` then"
