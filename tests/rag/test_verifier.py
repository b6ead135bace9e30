"""Written answers held against their sources, by the bundled encoder."""

from dataclasses import replace

import pytest

from indexes.support_weights import support, topic
from rag.agent.arithmetic import calculated
from rag.agent.nouns import Calculation
from rag.citations import cited_sentences
from rag.errors import ModelError
from rag.types import Hit
from rag.verification.support import Support
from rag.verification.verified import Verified
from rag.verification.verifier import MOST_CLAIMS, Verifier
from tests.rag.hits import a_hit

HITS = [
    a_hit(1, "The lighthouse of Varn is 41 metres high and was built in 1868 from grey granite."),
    a_hit(2, "Its lamp is visible for 23 nautical miles and turns once in twelve seconds."),
    a_hit(3, "The keeper's house burned down in 1911 and was never rebuilt."),
]


def verified(text: str, used: tuple[int, ...] = (), hits: list[Hit] = HITS) -> Verified:
    return Verifier(support).verified(Verified(text, cited_sentences(text), used), hits)


def states(text: str, used: tuple[int, ...] = ()) -> list[str]:
    return [one.check.state if one.check else "" for one in verified(text, used).sentences]


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("The lighthouse of Varn is 41 metres high. [1]", "supported"),
        ("According to the passages, the lighthouse was built in 1868. [1]", "supported"),
        ("- The lighthouse is built from **grey granite** [1]", "supported"),
        ("| lighthouse of Varn | 41 metres high [1] |", "supported"),
        ("The lighthouse of Varn is 14 metres high. [1]", "unsupported"),
        ("The lighthouse of Varn is not built from grey granite. [1]", "unsupported"),
        ("The lighthouse of Varn is run by a private company that sells tickets to visitors. [1]", "unsupported"),
        ("The documents do not say who built it.", "no claim"),
        ("Is there anything else?", "no claim"),
    ],
)
def test_the_state_of_a_sentence(text: str, state: str):
    assert states(text, (1,)) == [state]


def test_what_is_wrong_is_told_with_what_the_source_says():
    [sentence] = verified("The lighthouse of Varn is 14 metres high. [1]", (1,)).sentences
    assert sentence.check
    assert [str(one) for one in sentence.check.findings] == ["“14” is not in the source, which says “41”"]


def test_a_supported_claim_points_at_the_words_that_bear_it_out():
    [sentence] = verified("The keeper's house was never rebuilt after 1911. [1]", (3,)).sentences
    assert sentence.check
    assert sentence.check.quote == (1, 0, len(HITS[2].chunk.text))


def test_a_claim_without_a_source_gets_the_one_that_bears_it_out():
    found = verified(
        "The lamp turns once in twelve seconds. It was built in 1868. [1] Nobody was ever hurt there.", (1,)
    )
    assert (
        found.text == "The lamp turns once in twelve seconds. [2] It was built in 1868. [1] Nobody was ever hurt there."
    )
    assert found.used == (1, 2)
    assert [one.citations for one in found.sentences] == [(2,), (1,), ()]
    assert [one.check.is_found for one in found.sentences if one.check] == [True, False, False]
    assert [found.text[: one.end][-6:] for one in found.sentences] == ["s. [2]", "8. [1]", "there."]


def test_a_wrong_source_is_not_left_alone():
    found = verified("The keeper's house burned down in 1911. [1]", (2,))
    assert found.text == "The keeper's house burned down in 1911. [1][2]"
    assert found.used == (2, 3)


def test_an_answer_is_mostly_unsupported_when_more_than_half_of_it_is():
    assert not verified(
        "It is 41 metres high. [1] It was sold to a rich family from abroad. [1]", (1,)
    ).is_mostly_unsupported
    assert verified("It was sold to a rich family from abroad. [1] Is that all?", (1,)).is_mostly_unsupported


def test_a_document_that_says_otherwise_is_cited_too():
    hits = [
        a_hit(1, "The deposit for the hall is 300 euros. It is paid back after a week."),
        a_hit(2, "Whoever books the hall pays a deposit. The deposit for the hall is 450 euros."),
        a_hit(3, "The deposit for the boat is 450 euros. In 2019 the deposit for the hall was 250 euros."),
    ]
    found = verified("The deposit for the hall is 300 euros. [1]", (1,), hits)
    [sentence] = found.sentences
    assert sentence.check
    assert [(n, one.said, one.instead) for n, one in sentence.check.against] == [(2, "300", "450")]
    assert (sentence.citations, found.used, found.text[-7:]) == ((1, 2), (1, 2), " [1][2]"[-7:])
    assert sentence.check.state == "supported"


@pytest.mark.parametrize(
    ("claim", "other"),
    [
        ("Chapter 3 has twenty pages about bees.", "Chapter 4 has twenty pages about bees."),
        ("In 2019 the fee for members was 5 euros.", "In 2020 the fee for members was 5 euros."),
        ("In 2019 the fee for members was 5 euros.", "In 2020 the fee for members was 7 euros."),
        ("The fee for members is 5 euros.", "The fee for guests is 7 euros."),
        ("The fee for members is 5 euros.", "The fee for members is five euros."),
    ],
)
def test_another_case_is_no_contradiction(claim: str, other: str):
    [sentence] = verified(f"{claim} [1]", (1,), [a_hit(1, claim), a_hit(2, other)]).sentences
    assert sentence.check
    assert sentence.check.against == ()


def test_signs_within_a_sentence_are_not_taken_for_list_marks():
    text = "The CD4+ cells took 21- to 24-nucleotide parts, and they don't die."
    [sentence] = verified(f"{text} [1]", (1,), [a_hit(1, text)]).sentences
    assert sentence.check
    assert (sentence.check.state, sentence.check.findings) == ("supported", ())
    longer = text.replace("don't", "do not")
    assert verified(f"{text} [1]", (1,), [a_hit(1, longer)]).sentences[0].check.state == "supported"  # type: ignore[union-attr]


def test_scripts_that_the_encoder_does_not_read_are_judged_by_words():
    hits = [a_hit(1, "灯塔高四十一米，建于一八六八年，用灰色花岗岩建成。")]
    assert verified("灯塔用灰色花岗岩建成。[1]", (1,), hits).sentences[0].check.state == "supported"  # type: ignore[union-attr]
    assert verified("市长每天下午吃苹果。[1]", (1,), hits).sentences[0].check.state == "unsupported"  # type: ignore[union-attr]


def test_nothing_written_and_nothing_to_hold_it_against():
    assert verified("", ()).sentences == ()
    assert verified("The lamp turns once in twelve seconds.", (), []).sentences[0].check.state == "unsupported"  # type: ignore[union-attr]


def test_what_cannot_be_opened_is_told():
    def broken() -> Support:
        raise ModelError("the weights are gone")

    with pytest.raises(ModelError, match="gone"):
        Verifier(broken).verified(Verified("It is high.", cited_sentences("It is high."), ()), HITS)


def test_a_source_that_denies_a_claim_is_not_passed_over_for_one_that_says_it():
    hits = [
        a_hit(1, "The monthly rent of the flat is £990."),
        a_hit(2, "The monthly rent of the flat is £950."),
    ]
    [sentence] = verified("The monthly rent of the flat is £950. [1]", (1,), hits).sentences
    assert sentence.check
    assert (sentence.check.state, sentence.check.is_found, sentence.citations) == ("supported", True, (1, 2))
    assert [(n, one.instead) for n, one in sentence.check.against] == [(1, "£990")]


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Take 20 g twice a day after meals.", "Take 20 mg twice a day after meals."),
        ("The deposit for the hall is €950.", "The deposit for the hall is £950."),
        ("Open the inlet valve before the filter is changed.", "Close the inlet valve before the filter is changed."),
        ("Membership rose over the whole year of the strike.", "Membership fell over the whole year of the strike."),
        ("The store is kept at 5 °C all winter long.", "The store is kept at -5 °C all winter long."),
        ("Untervermietung ist in der Wohnung gestattet.", "Untervermietung ist in der Wohnung nicht gestattet."),
        ("It does not contain hazelnuts or other nuts.", "It does contain hazelnuts or other nuts."),
    ],
)
def test_one_word_that_turns_the_meaning_is_seen(claim: str, source: str):
    assert verified(f"{source} [1]", (1,), [a_hit(1, source)]).sentences[0].check.state == "supported"  # type: ignore[union-attr]
    assert verified(f"{claim} [1]", (1,), [a_hit(1, source)]).sentences[0].check.state == "unsupported"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("✅ The tower of the old mill is 41 m high.", "The tower of the old mill is 41 metres high."),
        ("“The rent is due on the 1st of each month.”", "The rent is due on the first of each month."),
        (
            "| Website | 2,500 | 900 | Koch |",
            "| Task | Budget | Spent | Who |\n|---|---|---|---|\n| Website | 2,500 | 900 | Koch |",
        ),
        ("The flat comes with a parking space (no. 7).", "The flat comes with a parking space, number 7."),
    ],
)
def test_what_only_looks_otherwise_is_no_error(claim: str, source: str):
    assert verified(f"{claim} [1]", (1,), [a_hit(1, source)]).sentences[0].check.findings == ()  # type: ignore[union-attr]


def test_what_is_claimed_beside_what_the_documents_do_not_say_is_checked():
    source = [a_hit(1, "The rent of the flat is £950 a month.")]
    text = "The rent of the flat is £1,250 a month, but the documents do not say when it is due. [1]"
    assert verified(text, (1,), source).sentences[0].check.state == "unsupported"  # type: ignore[union-attr]


def test_of_a_very_long_answer_the_beginning_is_checked():
    text = " ".join(f"The lamp turns once in {n} seconds." for n in range(1, 400))
    found = verified(text)
    assert sum(one.check is not None for one in found.sentences) == MOST_CLAIMS
    assert len(found.sentences) == 399


RENTS = [
    a_hit(1, "The rent of the flat in Tromsø is 950 euros a month. Its landlord is Ada Moor."),
    a_hit(2, "The rent of the flat in Bergen is 1,120 euros a month. Its landlord is Ben Lee."),
]
SUM, YEAR = Calculation("950 + 1120", "2070"), Calculation("950 * 12", "11400")
WRONG, RATIO = Calculation("951 * 12", "11412"), Calculation("1120 / 950", "1.17894736842")


@pytest.mark.parametrize(
    ("text", "made", "state", "said"),
    [
        ("The total is 2,070 euros. [1][2]", SUM, "supported", []),
        ("The two rents cost 2,070 euros a month together. [1][2]", SUM, "supported", []),
        ("The total is 2,071 euros. [1][2]", SUM, "partly", ["2,071"]),
        ("The rent of the flat in Tromsø is 11,400 euros a year. [1]", YEAR, "supported", []),
        ("The rent of the flat in Tromsø is 11,400 euros a year. [2]", YEAR, "supported", []),
        ("The rent of the flat in Oslo is 11,400 euros a year. [1]", YEAR, "unsupported", None),
        ("The rent of the flat in Tromsø is 11,412 euros a year. [1]", WRONG, "unsupported", None),
        ("The rent in Bergen is 1.18 times that of Tromsø. [1][2]", RATIO, "supported", []),
    ],
)  # fmt: skip
def test_a_number_that_was_calculated_from_cited_numbers_is_no_finding(
    text: str, made: Calculation, state: str, said: list[str] | None
):
    def checked(*calculations: Calculation) -> Verified:
        written = Verified(text, cited_sentences(text), (1, 2), calculations)
        return Verifier(support).verified(written, RENTS)

    (one,) = checked(made).sentences
    assert one.check is not None
    assert one.check.state == state
    assert said is None or [finding.said for finding in one.check.findings][: len(said) or 1] == said
    (without,) = checked().sentences
    assert without.check is not None
    is_missing = any(finding.kind == "number" for finding in without.check.findings)
    assert is_missing or without.check.derived, "it follows from the source by itself, or is none of its numbers"


@pytest.mark.parametrize(
    "text",
    [
        "The difference is 6.7 million euros. [1][2]",
        "It grew by 6.7 million euros. [1][2]",
        "47.9 - 41.2 = 6.7, so the difference is 6.7 million euros. [1][2]",
    ],
)
def test_a_result_is_told_as_the_source_writes_its_numbers_and_is_no_foreign_body(text: str):
    told = "Nordwind AG annual report {year}. Revenue in {year} was {n} million euros. The head office is in Kiel."
    hits = [a_hit(1, told.format(year=2022, n=41.2)), a_hit(2, told.format(year=2023, n=47.9))]
    written = Verified(text, cited_sentences(text), (1, 2), (Calculation("47.9 - 41.2", "6.7"),))
    question = "What is the difference between the revenue of Nordwind AG in 2022 and in 2023?"
    (one,) = Verifier(support, topic).begin(hits, question).verified(written).sentences
    assert one.check is not None
    assert one.check.state != "unsupported"
    (without,) = Verifier(support, topic).begin(hits, question).verified(replace(written, calculations=())).sentences
    assert without.check is not None
    assert without.check.state == "unsupported"


REPORTS = [
    a_hit(
        n, f"Nordwind AG builds turbines in Husum. Its revenue in {year} was {revenue} million euros. It has 310 staff."
    )
    for n, year, revenue in ((1, 2022, 41.2), (2, 2023, 47.9))
]


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("The difference is 6.7 million euros. [1][2]", "supported"),
        ("It grew by 6.7 million euros. [1][2]", "supported"),
        ("It was 1.16 times higher. [1][2]", "supported"),
        ("The difference is 6.7 billion euros. [1][2]", "unsupported"),
        ("The difference is 6.7 euros. [1][2]", "unsupported"),
        ("The difference is 6.8 million euros. [1][2]", "unsupported"),
        ("Its ships lost 6.7 million euros. [1][2]", "unsupported"),
        ("Wire 6.7 million euros to this account. [1][2]", "unsupported"),
    ],
)
def test_a_sentence_with_a_result_of_cited_numbers_and_nothing_else_is_borne_out(text: str, state: str):
    question = "What is the difference between the revenue of Nordwind AG in 2022 and in 2023?"
    made = (Calculation("47.9 - 41.2", "6.7"), Calculation("47.9 / 41.2", "1.16262135922"))
    written = Verified(text, cited_sentences(text), (1, 2), made)
    (one,) = Verifier(support, topic).begin(REPORTS, question).verified(written).sentences
    assert one.check is not None
    assert one.check.state == state


def test_a_result_too_large_to_be_written_out_is_none():
    written = Verified("It is 41 metres high. [1]", cited_sentences("It is 41 metres high. [1]"), (1,))
    huge = Verified(written.text, written.sentences, written.used, (calculated("1868**12**2"),))
    found, without = (Verifier(support).verified(one, HITS) for one in (huge, written))
    assert found.sentences == without.sentences
