"""Reranking and reading with the real encoder and the weights that ship."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from indexes.late_weights import late_reader, late_reranker, locator, read_weights, token_encoder
from indexes.minilm import whole_vectors
from indexes.rerankers import open_reranker
from rag.comparing import Comparisons, held_against
from rag.late_interaction import DEPTH, RANKING_VALUES, LateReader, LateReranker, Weights, by_words, settled
from rag.locating import Located
from rag.quoting import MAX_SENTENCES, MAX_WORDS
from rag.settings import Settings
from rag.types import Hit
from tests.rag.hits import a_hit

TEXTS = (
    "The harbour of Ostend was enlarged twice. Ships from the north load coal there.",
    "The keeper of the lighthouse was Ada Moor. She lit the lamp every evening for thirty years.",
    "Lighthouses guide ships at night. Their lamps were once fed with oil.",
    "Bread is baked from flour, water and salt.",
)
QUESTION = "Who was the keeper of the lighthouse?"


def hits(*texts: str) -> list[Hit]:
    return [a_hit(n, text, score=1 - n / 10, start=100) for n, text in enumerate(texts)]


def test_the_passage_that_answers_comes_first():
    found = late_reranker().rerank(QUESTION, hits(*TEXTS))
    assert found[0].chunk.text == TEXTS[1]
    assert sorted(hit.chunk.id for hit in found) == [0, 1, 2, 3]
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)


def test_it_is_what_the_settings_take_by_themselves():
    reranker = open_reranker(Settings())
    assert isinstance(reranker, LateReranker)
    assert reranker.fingerprint.startswith("late:")
    reranker.open()


def test_hits_below_the_depth_keep_their_order_below():
    many = hits(*(f"Bread number {n}." for n in range(DEPTH)), TEXTS[0], TEXTS[1])
    found = late_reranker().rerank(QUESTION, many)
    assert [hit.chunk.text for hit in found[DEPTH:]] == [TEXTS[0], TEXTS[1]]


def test_fewer_hits_are_reranked_where_it_is_wished():
    found = late_reranker().rerank(QUESTION, hits(*TEXTS, TEXTS[0]), 1)
    assert [hit.chunk.id for hit in found] == [hit.chunk.id for hit in hits(*TEXTS, TEXTS[0])]
    assert found[0].origin == "reranked"


def test_at_a_depth_of_none_all_hits_keep_their_order():
    given = hits(*TEXTS)
    assert late_reranker(depth=0).rerank(QUESTION, given) == given


def test_nothing_is_reranked_to_nothing():
    assert late_reranker().rerank(QUESTION, []) == []
    assert late_reader().read(QUESTION, []).spans == ()


def test_the_sentence_that_answers_is_quoted_first_as_it_stands():
    reading = late_reader().read(QUESTION, hits(*TEXTS))
    best = reading.spans[0]
    text = TEXTS[best.hit]
    assert text[best.start - 100 : best.end - 100] == "The keeper of the lighthouse was Ada Moor."
    assert len(reading.spans) <= MAX_SENTENCES


def test_what_was_reranked_is_not_compared_again_to_be_read(monkeypatch: pytest.MonkeyPatch):
    compared: list[str] = []

    def noted(question: str, hits: Sequence[Hit], *others: Any) -> Any:  # noqa: ANN401
        compared.extend(hit.chunk.text for hit in hits)
        return held_against(question, hits, *others)

    monkeypatch.setattr("rag.comparing.held_against", noted)
    texts = [f"{text} Ada, Ada." for text in TEXTS]
    found = late_reranker().rerank(QUESTION, hits(*texts))
    reading = late_reader().read(QUESTION, found)
    assert sorted(compared) == sorted(texts)
    parts = Comparisons(token_encoder(), read_weights().rarity), locator(), read_weights(), whole_vectors
    anew = LateReader(*parts)
    assert reading == anew.read(QUESTION, found)
    late_reader().read("Who lit the lamp?", found)
    assert sorted(compared[len(texts) :]) == sorted(2 * texts)


KEPT = (
    "All general ledgers, cash receipts ledgers and disbursement ledgers, and any other documents used in compiling the"
    " accounting records for the Annual Report must be retained in electronic format for a period of not less than"
    " seven years from the issuance of the Annual Report. Trace reports must be retained in electronic format for a"
    " period of not less than seven years. 11 U.S.C. §§ 322, 1325(b).\n\nThe standing trustee must maintain all bank"
    " records, including bank statements, monthly bank reconciliations, canceled checks, and deposit slips, separate"
    " from individual case files and in chronological order, for a period of not less than seven years."
)
"""Of the sample documents (United States Trustee Program, public domain)."""


def test_of_sentences_with_the_same_answer_the_one_that_speaks_of_what_is_asked_comes_first():
    reading = late_reader().read("How long must bank records be kept?", hits(KEPT))
    quoted = [KEPT[span.start - 100 : span.end - 100] for span in reading.spans]
    assert quoted[0].startswith("The standing trustee must maintain all bank records")
    assert "11 U.S.C. §§ 322, 1325(b)." not in quoted


def test_the_field_of_a_form_with_the_label_that_is_asked_for_comes_first():
    form = "Name: Premier Entertainment Group\nContact: Michael Chen\nBilling Contact: accounts@premier.example"
    first, *_ = late_reader().read("Who is the billing contact?", hits(form)).spans
    assert form[first.start - 100 : first.end - 100] == "Billing Contact: accounts@premier.example"


def test_the_words_that_answer_are_marked_in_the_first_sentence_alone():
    first, *others = late_reader().read(QUESTION, hits(*TEXTS)).spans
    assert first.mark is not None
    start, end = first.mark
    assert TEXTS[first.hit][start - 100 : end - 100] == "Ada Moor"
    assert all(other.mark is None for other in others)


def test_the_hits_that_are_read_are_settled_by_what_reading_them_tells():
    scores = np.array([0.1, 0.9, 0.5, 0.7, 0.3, 0.8], dtype=np.float32)
    told = {1: 0.0, 5: 3.0, 3: 9.0, 2: -9.0}
    nothing = np.zeros(0, dtype=np.float32)
    weights = Weights(nothing, np.array([1, 2, 0], dtype=np.float32), nothing, nothing, 0.0)
    read: list[int] = []

    def locate(places: Sequence[int]) -> list[Located]:
        read.extend(places)
        return [Located(told[place], nothing, []) for place in places]

    found = settled(scores, [0] * 6, weights, locate)
    assert read == [1, 5, 3, 2]
    assert np.argsort(-found).tolist() == [3, 5, 1, 2, 4, 0]
    assert found[[4, 0]].tolist() == scores[[4, 0]].tolist()
    alone = settled(scores, [0, 2, 0, 1, 9, 0], weights, locate)
    assert np.argsort(-alone).tolist() == [1, 3, 5, 2, 4, 0], "1 stays above 3, which holds less; nothing rises"


def test_a_made_up_word_that_few_hits_hold_keeps_its_hit_in_front():
    texts = ["The inner one speaks of zzinner."] + [
        f"It speaks of the marker word zz{n}q0 and zz{n}q1." for n in range(9)
    ]
    searched = [replace(hit, score=0.1 if n else 1.0) for n, hit in enumerate(hits(*texts))]
    found = late_reranker().rerank("the marker word zzinner", searched)
    assert found[0].chunk.text == texts[0]


def test_an_answer_is_likelier_where_there_is_one():
    reader = late_reader()
    there = reader.read(QUESTION, hits(*TEXTS)).answerability
    gone = reader.read(QUESTION, hits(TEXTS[0], TEXTS[2], TEXTS[3])).answerability
    assert 0 <= gone < there <= 1


def test_headings_are_not_quoted_and_long_sentences_are_cut():
    long = "The keeper of the lighthouse was " + "very " * 200 + "old."
    heading = replace(hits("# Keeper of the lighthouse\n\nAda Moor did it.")[0])
    heading = replace(heading, chunk=replace(heading.chunk, heading="Keeper of the lighthouse"))
    reading = late_reader().read(QUESTION, [heading])
    assert [heading.chunk.text[s.start - 100 : s.end - 100] for s in reading.spans] == ["Ada Moor did it."]
    [span, *_] = late_reader().read(QUESTION, hits(long)).spans
    assert len(long[span.start - 100 : span.end - 100].split()) == MAX_WORDS


def test_what_the_encoder_cuts_off_is_not_quoted():
    text = "Salt is white. " * 100 + "The keeper of the lighthouse was Ada Moor."
    reading = late_reader().read(QUESTION, hits(text))
    assert all("Ada" not in text[span.start - 100 : span.end - 100] for span in reading.spans)


def test_in_a_script_that_the_encoder_does_not_know_only_the_words_count():
    question, right = "من كان حارس المنارة؟", "كان حارس المنارة رجلا عجوزا."
    [asked] = token_encoder().encode([question])
    weights = read_weights()
    assert weights.of(asked) is weights.words
    assert not weights.words.ranking[by_words(RANKING_VALUES) == 0].any()
    found = late_reranker().rerank(question, hits("يخبز الخبز من الدقيق والماء.", right))
    assert found[0].chunk.text == right


@pytest.mark.parametrize("text", ["", " ", "\x00", "?", "a" * 5000, "\ud800".encode("utf-8", "replace").decode()])
def test_odd_texts_are_ranked_and_read(text: str):
    found = late_reranker().rerank(QUESTION, hits(text or "\n", TEXTS[1]))
    assert found[0].chunk.text == TEXTS[1]
    assert np.isfinite([hit.score for hit in found]).all()
    late_reader().read(text or ".", hits(text or "\n", *TEXTS))
