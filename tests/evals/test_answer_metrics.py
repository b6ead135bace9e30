"""Answers beside gold ones: SQuAD's rules by hand, ROUGE-L and BLEU as the usual libraries have them."""

from __future__ import annotations

from math import exp

import pytest

from evals.answer_metrics import bleu, exact_match, rouge_l, token_f1, word_metrics
from evals.answer_words import contains_answer, normalised


@pytest.mark.parametrize(
    ("text", "answers", "expected"),
    [
        ("It was The Sun, who was just setting.", ["the sun"], True),
        ("The sundial stood there.", ["sun"], False),  # words, not letters
        ("They gave up 308 points.", ["308"], True),
        ("They gave up 1308 points.", ["308"], False),
        ("a quick brown fox", ["quick fox"], False),  # one after another
        ("U.S. forces", ["US forces"], True),
        ("nothing", ["", "the"], False),  # an answer of no words is in no text
        ("nothing", [], False),
        ("Beyoncé’s album", ["Beyoncés album"], True),
        ("one", ["two", "one"], True),
        ("It’s the 20–18 win, a well-known one", ["its 2018 win wellknown"], True),  # as it was before other scripts
        ("他在1986年出生。", ["1986年"], True),
        ("1998、1999年", ["1998"], True),
        ("1998、1999年", ["98"], False),
        ("他来自北京", ["京北"], False),
        ("这是B型", ["A型"], False),  # no article
        ("维生素 A。", ["维生素A"], True),
        ("東京タワーは高い。", ["東京タワー"], True),
        ("か\u3099くせい", ["がくせい"], True),
        ("เกิดที่กรุงเทพ", ["กรุงเทพ"], True),
        ("เกิดที่กรุงเทพ", ["กร"], False),  # a letter and its marks are one
        ("वह 1986 में पैदा हुए।", ["पैदा हुए"], True),
        ("(१९८६)ईएसीसी", ["ईएसीसी"], True),
        ("हिंदी भाषा", ["हिंद"], False),
        ("क्\u200dष", ["क्ष"], True),
        ("ولد في القاهرة،", ["القاهرة"], True),
        ("عاش بالقاهرة", ["القاهرة"], True),
        ("وللقاهرة", ["قاهرة"], False),  # nothing but what is attached may stand before it
        ("السلام", ["لام"], False),
        ("бе́лый", ["белый"], False),
        ("«Madrid»", ["Madrid"], True),
        ("Er sang „Ein neues Lied“.", ["ein neues lied"], True),
        ("STRASSE", ["Straße"], True),
        ("도쿄에서 1986년에", ["도쿄에서 1986"], True),
    ],
)
def test_containment(text: str, answers: list[str], expected: bool):
    assert contains_answer(text, answers) is expected


def test_normalisation_is_that_of_squad():
    assert normalised("The  quick, (brown) AN fox: another!") == "quick brown fox another"


def test_exact_match_is_after_normalisation():
    assert exact_match("The Eiffel Tower!", "eiffel tower") == 1
    assert exact_match("Eiffel Tower in Paris", "eiffel tower") == 0


def test_token_f1_by_hand():
    assert token_f1("in the year 1889", "1889") == pytest.approx(2 * (1 / 3) * 1 / (1 / 3 + 1))  # `the` is no word
    assert token_f1("x x y", "x y y") == pytest.approx(2 / 3)  # a word counts as often as both have it
    assert token_f1("", "1889") == 0
    assert token_f1("the", "an") == 1  # nothing is left of either, as SQuAD 2.0 counts it


@pytest.mark.parametrize(
    ("text", "gold", "rouge", "bleu_value"),
    [
        ("The cat sat on the mat.", "The cat is on the mat.", 0.833333, 0.488923),
        ("police killed the gunman", "the gunman killed police", 0.5, 0.379918),
        (
            "It was built in 1889 by Gustave Eiffel for the World's Fair.",
            "Gustave Eiffel built it in 1889.",
            0.315789,
            0.096693,
        ),
        ("no overlap here", "something else entirely", 0.0, 0.0),
        ("a b", "a b", 1.0, 1.0),
        (
            "The quick brown fox jumps over the lazy dog today",
            "the quick brown fox jumped over the lazy dog",
            0.842105,
            0.379918,
        ),
        ("", "a", 0.0, 0.0),
    ],
)  # rouge-score 0.1.2 (rougeL, no stemmer) and sacrebleu 2.6.0 (sentence_bleu, effective order, smoothing exp)
def test_rouge_and_bleu_are_the_libraries(text: str, gold: str, rouge: float, bleu_value: float):
    assert rouge_l(text, gold) == pytest.approx(rouge, abs=1e-6)
    assert bleu(text, gold) == pytest.approx(bleu_value, abs=1e-6)


@pytest.mark.parametrize("text", ["ولد في القاهرة", "वह पैदा हुए", "他在北京出生", "Él nació aquí"])
def test_a_text_is_all_of_itself_in_every_script(text: str):
    assert exact_match(text, text) == token_f1(text, text) == rouge_l(text, text) == 1
    assert bleu(text, text) == pytest.approx(1)


def test_letters_and_words_that_two_texts_share_count_in_every_script():
    assert token_f1("他在1986年", "1986年。") == pytest.approx(2 * 2 / (4 + 2))
    assert rouge_l("他在1986年", "他年") == pytest.approx(2 * 2 / (4 + 2))
    assert rouge_l("वह पैदा हुए।", "हुए पैदा") == pytest.approx(2 * 1 / (3 + 2))
    assert rouge_l("São Paulo", "Sao Paulo") == 0.5
    assert bleu("他在", "他在这") == pytest.approx(exp(-0.5))  # both, and so brevity alone costs


def test_the_nearest_gold_answer_counts():
    found = word_metrics("in 1889", ["the nineteenth century", "1889"])
    assert found["contained"] == 1
    assert found["token_f1"] == pytest.approx(2 / 3)
