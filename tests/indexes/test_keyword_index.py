import itertools
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from indexes.catalogue import Catalogue
from indexes.keyword_index import KeywordSearcher, keyword_folder
from indexes.records import FileStat, NewChunk, NewDocument
from rag.types import Document, Scope
from tests.indexes.test_catalogue import vectors


def put(catalogue: Catalogue, source: str, text: str, *, language: str = "en", collection: str = "default") -> int:
    embedder = catalogue.embedders.register("print", "tiny", 8, vectors())
    document = Document(text, "", "text/plain", metadata={"language": language})
    new = NewDocument(collection, source, source, FileStat(len(text), 1, 1), "f", document)
    return catalogue.put(new, [NewChunk(0, len(text), "", "", None, None)], vectors(1), embedder)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path)


def found(searcher: KeywordSearcher, query: str, scope: Scope | None = None) -> list[str]:
    ids = searcher.search(query, 10, scope or Scope()).ids.tolist()
    chunks = searcher._catalogue.chunks(ids)
    return [chunks[i].source for i in ids]


def test_words_match_in_any_form(catalogue: Catalogue):
    put(catalogue, "cats", "The cats were running home.")
    put(catalogue, "dogs", "A dog sleeps.")
    searcher = KeywordSearcher(catalogue)
    assert found(searcher, "a cat that runs")[0] == "cats"
    assert found(searcher, "zebra") == []


def test_every_language_has_its_own_stems(catalogue: Catalogue):
    put(catalogue, "de", "Die Häuser der Städte brennen.", language="de")
    put(catalogue, "ru", "Кошки бегали домой.", language="ru")
    put(catalogue, "ja", "東京は日本の首都です。", language="ja")
    put(catalogue, "cs", "Praha je hlavní město.", language="cs")
    put(catalogue, "hi", "यह किताब पुरानी है", language="hi")
    searcher = KeywordSearcher(catalogue)
    assert found(searcher, "haus stadt brennt")[:1] == ["de"]
    assert found(searcher, "кошка")[:1] == ["ru"]
    assert found(searcher, "日本の首都")[:1] == ["ja"]
    assert found(searcher, "praha")[:1] == ["cs"]
    assert found(searcher, "किताब?") == ["hi"], "the marks that are its vowels belong to a word"


def test_a_document_that_is_removed_while_it_is_written_is_left_out(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
):
    put(catalogue, "k", "The kelp grows.")
    number, languages = put(catalogue, "q", "The quokka smiles."), catalogue.languages

    def removed_meanwhile(documents: Collection[int]) -> dict[int, str]:
        catalogue.remove(number)
        return languages(documents)

    monkeypatch.setattr(catalogue, "languages", removed_meanwhile)
    searcher = KeywordSearcher(catalogue)
    assert (found(searcher, "kelp"), found(searcher, "quokka")) == (["k"], [])


def test_a_change_is_seen_by_the_next_search(catalogue: Catalogue):
    searcher = KeywordSearcher(catalogue)
    assert found(searcher, "quokka") == []
    number = put(catalogue, "q", "The quokka smiles.")
    assert found(searcher, "quokka") == ["q"]
    put(catalogue, "q", "The wombat digs.")
    assert (found(searcher, "quokka"), found(searcher, "wombat")) == ([], ["q"])
    catalogue.remove(number)
    assert found(searcher, "wombat") == []


def test_scope_comes_before_the_top_k(catalogue: Catalogue):
    for n in range(30):
        put(catalogue, f"noise {n}", "salt salt salt")
    other = put(catalogue, "mine", "a little salt in a long sentence about something else", collection="other")
    searcher = KeywordSearcher(catalogue)
    assert searcher.search("salt", 1, Scope(collections=("other",))).ids.size == 1
    assert found(searcher, "salt", Scope(collections=("other",))) == ["mine"]
    assert found(searcher, "salt", Scope(documents=(other,))) == ["mine"]
    assert found(searcher, "salt", Scope(("default",), (other,))) == []


@pytest.mark.parametrize("query", ['AND OR NOT "', "text_en:x*", "+-(){}[]^~\\/", "id:1", " ", "\0", "a" * 5000])
def test_words_are_never_operators(catalogue: Catalogue, query: str):
    put(catalogue, "x", "salt and water")
    searcher = KeywordSearcher(catalogue)
    assert len(searcher.search(query, 5, Scope()).ids) <= 1


def test_two_share_a_folder_and_a_reopened_one_goes_on(catalogue: Catalogue):
    one, two = KeywordSearcher(catalogue), KeywordSearcher(catalogue)
    put(catalogue, "a", "apple")
    assert (found(one, "apple"), found(two, "apple")) == (["a"], ["a"])
    put(catalogue, "b", "apple apple")
    again = KeywordSearcher(catalogue)
    assert again._sequence < catalogue.sequence()
    assert sorted(found(again, "apple")) == ["a", "b"]


def test_a_damaged_index_is_made_anew(catalogue: Catalogue):
    put(catalogue, "a", "apple")
    assert found(KeywordSearcher(catalogue), "apple") == ["a"]
    for path in (catalogue.home / "keyword").rglob("meta.json"):
        path.write_text("{broken")
    assert found(KeywordSearcher(catalogue), "apple") == ["a"]


def test_it_is_made_anew_though_somebody_still_writes_into_its_folder(catalogue: Catalogue):
    folder = keyword_folder(catalogue.home)
    searcher = KeywordSearcher(catalogue)
    until = time.monotonic() + 0.3

    def write() -> None:
        for n in itertools.count():
            if time.monotonic() > until:
                return
            with suppress(FileNotFoundError):
                (folder / f"{n}.late").touch()

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(write)
        for _ in range(5):
            searcher.renew()
        late.result()
    assert len(searcher.ids()) == 0


@pytest.mark.parametrize("language", ["en", "de", "cs"])
def test_what_the_words_add_is_the_score_of_the_whole_query(catalogue: Catalogue, language: str):
    for n in range(9):
        put(catalogue, f"{n}", f"The lamp number {n} burns. " * (n + 1), language=language)
    put(catalogue, "wanted", "Two lamps are burning in Praha, and lamps burn.", language=language)
    searcher = KeywordSearcher(catalogue)
    query = "Which lamp, burning (lamps!) in Praha: zebra?"
    ranking = searcher.search(query, 20, Scope())
    for number, score in zip(ranking.ids.tolist(), ranking.scores.tolist(), strict=True):
        shares = searcher.shares(query, catalogue.chunks([number])[number])
        assert sum(one.score for one in shares) == pytest.approx(score, rel=1e-5)
    last = {one.word: one for one in searcher.shares(query, catalogue.chunks([10])[10])}
    assert last["zebra"].score == last["zebra"].n_chunks == 0
    assert last["praha"].score > 0
    assert last["praha"].n_chunks == 1


def test_a_word_adds_nothing_to_a_passage_that_has_gone(catalogue: Catalogue):
    put(catalogue, "one", "A lamp burns.")
    [chunk] = catalogue.chunks([1]).values()
    catalogue.remove(chunk.document_id)
    assert [one.score for one in KeywordSearcher(catalogue).shares("lamp", chunk)] == [0]
