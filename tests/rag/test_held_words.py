"""In languages that the encoder takes apart into letters, the chance of an answer is told by words."""

from __future__ import annotations

import pytest

from app.wiring import THRESHOLD
from indexes.late_weights import late_reader
from rag.held_words import HeldWords
from rag.whole.terms import words
from tests.rag.hits import a_hit

CHINESE = (
    "瓦恩灯塔高四十一米，建于一九二三年。",
    "瓦恩的港口有两个码头，冬天常常结冰。",
    "面包由面粉、水和盐制成。",
)
ARABIC = (
    "يبلغ ارتفاع منارة فارن واحدا وأربعين مترا وبنيت في عام ألف وتسعمئة.",
    "يوجد في ميناء فارن رصيفان ويتجمد الماء في الشتاء.",
    "يصنع الخبز من الدقيق والماء والملح.",
)
HINDI = (
    "वार्न का प्रकाशस्तंभ इकतालीस मीटर ऊँचा है और उन्नीस सौ तेईस में बना था।",
    "वार्न के बंदरगाह में दो घाट हैं और सर्दियों में पानी जम जाता है।",
    "रोटी आटे, पानी और नमक से बनती है।",
)


@pytest.mark.parametrize(
    ("texts", "told", "not_told"),
    [
        (CHINESE, "瓦恩灯塔高多少米？", "谁写了这部小说的续集？"),
        (ARABIC, "كم يبلغ ارتفاع منارة فارن؟", "من كتب الجزء الثاني من الرواية؟"),
        (HINDI, "वार्न का प्रकाशस्तंभ कितने मीटर ऊँचा है?", "इस उपन्यास का दूसरा भाग किसने लिखा?"),
    ],
)
def test_what_is_told_is_likely_and_what_is_not_is_refused(texts: tuple[str, ...], told: str, not_told: str):
    hits = [a_hit(n, text, score=1 - n / 10) for n, text in enumerate(texts)]
    reading = late_reader().read(told, hits)
    assert reading.answerability > 0.5
    assert reading.spans[0].hit == 0
    assert late_reader().read(not_told, hits).answerability < THRESHOLD


def test_vowels_of_their_own_are_part_of_the_word():
    assert words("हिन्दी में") == ["हिन्दी", "में"]
    assert words("cafe\u0301 noir") == ["cafe\u0301", "noir"]


def test_a_word_that_all_passages_have_says_less():
    held = HeldWords("the harbour of Varn", ["harbour of Varn", "harbour of Ostend", "harbour of Riga"])
    (own, whole, side_by_side), (other, _, _) = held.of("Varn", 0), held.of("harbour", 1)
    assert own > other > 0
    assert whole == 1.0
    assert side_by_side == 0.0


def test_nothing_is_held_of_nothing():
    assert HeldWords("?", ["", "x"]).of("", 0) == [0.0, 0.0, 0.0]
