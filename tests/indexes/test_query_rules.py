"""Words of a question by what the documents have: spelling, acronyms and the vocabulary, over a real library."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexes.library import Library
from ingest.pipeline import File, Pipeline
from rag.query.nouns import Correction, Query, told
from rag.settings import Settings
from rag.types import Scope

TEXTS = {
    "harbour.txt": "The harbour of Portwenn has a temperature of 12 degrees. Its lighthouse flickers at Tregaskis.",
    "health.txt": "Deaths by sudden infant death syndrome (SIDS) fell. Physicians attribute this to campaigns.",
    "ward.txt": "The cardiology ward and the protection of data are on floor 3. Parking costs 4 euros.",
    "stahl.txt": "Die Temperaturmessung im Hochofen ist schwierig, weil die Fühler schmelzen und brechen.",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("texts")
    library = Library(Settings(home=folder / "home", reranker="none"))
    pipeline = Pipeline(library, "default")
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    assert [one.state for one in pipeline.add(File(folder / name, name) for name in TEXTS)] == ["ready"] * len(TEXTS)
    yield library
    library.close()


def corrected(library: Library, text: str, scope: Scope | None = None) -> tuple[str, list[str]]:
    query = library.query_rules[0].applied(Query(text), scope or Scope())
    return query.text, [f"{one.typed}>{one.known}" for one in query.corrections]


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("What is the temprature of the harbour?", "What is the temperature of the harbour?"),
        ("lightohuse at the harbuor", "lighthouse at the harbour"),
        ("Who lives in Tregaskes?", "Who lives in Tregaskis?"),
        ("Temprature", "Temperature"),
        ("Wie geht die Temperaturmesung im Hochofen?", "Wie geht die Temperaturmessung im Hochofen?"),
        ("Wann schmelzen die Fühler im Hochofen?", "Wann schmelzen die Fühler im Hochofen?"),
        ("flicering", "flicering"),
        ("the prking and the aprking", "the Parking and the Parking"),  # the stems are "prking" and "park"
        ("Where is cardiolgy?", "Where is cardiology?"),  # one letter, but two in its stem
        ("data protecton", "data protection"),
        ("the dtaa of the wsard", "the data of the ward"),
    ],
)
def test_a_word_that_no_document_has_becomes_the_nearest(library: Library, typed: str, searched: str):
    text, changes = corrected(library, typed)
    assert text == searched
    assert bool(changes) == (typed != searched)


@pytest.mark.parametrize(
    "typed",
    [
        "What is the temperature of the harbours?",  # the ending alone differs
        "harbour.temprature or temprature_2 or x@temprature",  # parts of names
        "TEMPRATURE 12345 temp3rature",
        "mirror flicker deaf",  # words of the language, which nobody has misspelt
        "मौसम कैसा है 東京 температура",
        "hrbr",
        "",
    ],
)
def test_other_words_are_left_alone(library: Library, typed: str):
    assert corrected(library, typed) == (typed, [])


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("Hwo mcuh is teh ward?", "How much is the ward?"),
        ("wich ward is it", "which ward is it"),
        ("Waht does the prking cost?", "What does the Parking cost?"),
        ("Hwo mcuh adn whne is teh prking?", "How much and when is the Parking?"),  # five, but one to be looked for
        ("Where does Teh live?", "Where does Teh live?"),  # a name
        ("what is the wtf", "what is the wtf"),
        ("sich teh", "sich teh"),  # no word of the language beside it
    ],
)
def test_a_slip_in_a_word_that_says_nothing_is_mended(library: Library, typed: str, searched: str):
    assert corrected(library, typed)[0] == searched


def test_a_word_of_the_documents_is_never_taken_for_one_that_says_nothing(library: Library, tmp_path: Path):
    assert corrected(library, "what is wich")[0] == "what is which"
    note = tmp_path / "salt.txt"
    note.write_text("A wich is a town that made salt.")
    (outcome,) = Pipeline(library, "default").add([File(note, "salt.txt")])
    assert corrected(library, "what is wich")[0] == "what is wich"
    assert outcome.document is not None
    library.catalogue.remove(outcome.document)


def test_a_usual_slip_comes_before_a_more_frequent_word(library: Library, tmp_path: Path):
    note = tmp_path / "tones.txt"
    note.write_text("The zonks are blue. Zonk is a tone.")
    (outcome,) = Pipeline(library, "default").add([File(note, "tones.txt")])
    assert corrected(library, "the zonkk")[0] == "the Zonk"
    assert outcome.document is not None
    library.catalogue.remove(outcome.document)


def test_only_words_of_the_scope_count(library: Library):
    (harbour,) = [one.id for one in library.catalogue.documents() if one.source == "harbour.txt"]
    (health,) = [one.id for one in library.catalogue.documents() if one.source == "health.txt"]
    assert corrected(library, "the lighthuose", Scope(documents=(harbour,)))[0] == "the lighthouse"
    assert corrected(library, "the lighthuose", Scope(documents=(health,)))[0] == "the lighthuose"


def test_a_removed_documents_words_are_suggested_no_more(library: Library, tmp_path: Path):
    note = tmp_path / "note.txt"
    note.write_text("The zeppelinist whistles.")
    (outcome,) = Pipeline(library, "default").add([File(note, "note.txt")])
    assert corrected(library, "a zepelinist")[0] == "a zeppelinist"
    assert outcome.document is not None
    library.catalogue.remove(outcome.document)
    assert corrected(library, "a zepelinist")[0] == "a zepelinist"


def test_a_new_documents_words_are_known_at_once(library: Library, tmp_path: Path):
    assert not library.vocabulary.has("Quockerwodger", Scope())
    note = tmp_path / "wodger.txt"
    note.write_text("A quockerwodger is a puppet on strings.")
    (outcome,) = Pipeline(library, "default").add([File(note, "wodger.txt")])
    assert library.vocabulary.has("Quockerwodger", Scope())
    assert library.vocabulary.count("quockerwodgers", None) == 1
    assert outcome.document is not None
    library.catalogue.remove(outcome.document)


def test_an_acronym_is_written_out(library: Library):
    acronyms = library.query_rules[1]
    assert acronyms.applied(Query("How many SIDS deaths?"), Scope()).words == ("sudden infant death syndrome",)
    assert acronyms.applied(Query("sudden infant death syndrome SIDS"), Scope()).words == ()
    assert acronyms.applied(Query("What is NATO?"), Scope()).words == ()


def test_a_search_says_what_it_searched_for(library: Library):
    found = library.retriever.retrieve("the temprature of SIDS", 3)
    assert found.query == Query(
        "the temperature of SIDS",
        corrections=(Correction("temprature", "temperature"),),
        words=("sudden infant death syndrome",),
    )
    assert told(found.query) == (
        "Searched for “temperature” instead of “temprature”.\nAlso searched for: sudden infant death syndrome"
    )
    plain = library.retriever.retrieve("the temperature", 3)
    assert (plain.query, told(plain.query)) == (None, "")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("What is the temperature of the harbour of Castlebridge?", ["Castlebridge"]),
        ("Who lives in Tregaskis?", []),
        ("What did Solberg and Waxham say of Portwenn?", ["Solberg", "Waxham"]),
        ("Is the ward open on Monday or at Christmas?", []),
        ("Solberg's temperature", []),
        ("What Does Solberg Say Of Portwenn", []),
        ("Wo steht die Haftpflichtversicherung im Hochofen?", []),
        ("What is the GDPR, and what DevOps?", []),
    ],
)
def test_names_that_no_document_has(library: Library, text: str, names: list[str]):
    query = library.query_rules[2].applied(Query(text), Scope())
    assert (query.text, list(query.unknown)) == (text, names)


def test_a_name_of_documents_out_of_reach_is_unknown(library: Library):
    rule, text = library.query_rules[2], "Who lives in Tregaskis?"
    within = Scope(documents=(library.catalogue.documents()[1].id,))
    assert rule.applied(Query(text), within).unknown == ("Tregaskis",)
    assert rule.applied(Query(text), Scope(allowed=frozenset({"other"}))).unknown == ("Tregaskis",)


def test_unknown_names_are_told():
    assert told(Query("x", unknown=("Solberg", "Waxham"))) == "No document has “Solberg” or “Waxham”."
