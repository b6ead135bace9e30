"""What the keyword index holds of a chunk and makes of a query: stemmed words, a field for each language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import category

import numpy as np

from rag.scripts import UNSPACED, UNSPACED_LANGUAGES
from rag.types import Chunk, Ranking

_STEMMED = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
_STOP_WORDS = (
    "danish", "dutch", "english", "finnish", "french", "german", "hungarian", "italian", "norwegian", "portuguese",
    "russian", "spanish", "swedish",
)  # fmt: skip
"""Languages of whose words tantivy has a list."""
_FIELDS = [f"text_{language}" for language in (*_STEMMED, "pairs", "plain")]
_LONGEST_WORD = 64
_HEAP_BYTES = 32_000_000
LAYOUT = "2"
"""Part of the folder's name: another layout of fields starts a new folder and fills it from the catalogue."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How words are written into the index and into a query."""

    stems: bool = True
    stop_words: bool = True
    titles: int = 1
    """How often the title counts besides where it stands in the text; and the headings."""
    headings: int = 1


USUAL = Wording()

Terms = Sequence[tuple[str, str]]
"""(field, word) pairs."""


def plain_words(query: str) -> str:
    """Without punctuation. Marks belong to words: half of the vowels of Hindi are such, and `\\w` leaves them out."""
    return " ".join("".join(c if category(c)[0] in "LMN" else " " for c in query).split())


def terms(query: str, by_field: Mapping[str, Any]) -> Terms:
    """Every word of the query as each field's language writes it."""
    words = plain_words(query)
    fields = [f for f in by_field if f != "text_pairs" or UNSPACED.search(words)]
    return [(field, word) for field in fields for word in dict.fromkeys(by_field[field].analyze(words))]


def term_queries(found: Terms, made: Any) -> list[Any]:  # noqa: ANN401  tantivy's stubs do not name what its calls return
    """A query for each of these words in an index of this schema."""
    from tantivy import Query

    return [Query.term_query(made, *term, index_option="freq") for term in found]


def any_of(queries: Sequence[Any]) -> Any:  # noqa: ANN401
    """The query that what fulfils one or more of them fulfils."""
    from tantivy import Occur, Query

    return Query.boolean_query([(Occur.Should, one) for one in queries])


def searched_text(chunk: Chunk, wording: Wording = USUAL) -> str:
    """What keyword search reads of a chunk."""
    parts = (*[chunk.title] * wording.titles, *[chunk.heading] * wording.headings, chunk.context, chunk.text)
    return "\n".join(part for part in parts if part)


def field_of(language: str) -> str:
    """The field that holds texts of this language."""
    if language in UNSPACED_LANGUAGES:
        return "text_pairs"
    return f"text_{language if language in _STEMMED else 'plain'}"


def schema() -> Any:  # noqa: ANN401
    """Of the index: another one needs another `LAYOUT`."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", stored=True, indexed=True, fast=True)
    builder.add_integer_field("document", indexed=True)
    builder.add_text_field("collection", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("marker", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("sequence", stored=True)
    builder.add_text_field("library", stored=True, tokenizer_name="raw", index_option="basic")
    for field in _FIELDS:
        builder.add_text_field(field, tokenizer_name=field, index_option="freq")
    return builder.build()


def analyzers(wording: Wording = USUAL) -> dict[str, Any]:
    """Field -> how its texts, and the words of a query, become terms."""
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    def words() -> Any:  # noqa: ANN401
        simple = TextAnalyzerBuilder(Tokenizer.simple())
        return simple.filter(Filter.remove_long(_LONGEST_WORD)).filter(Filter.lowercase())

    def of(name: str) -> Any:  # noqa: ANN401
        has_list = not wording.stop_words and name in _STOP_WORDS
        made = words().filter(Filter.stopword(name)) if has_list else words()
        return (made.filter(Filter.stemmer(name)) if wording.stems else made).build()

    stemmed = {f"text_{code}": of(name) for code, name in _STEMMED.items()}
    pairs = TextAnalyzerBuilder(Tokenizer.ngram(1, 2, False)).filter(Filter.lowercase()).build()
    return stemmed | {"text_pairs": pairs, "text_plain": words().build()}


class KeywordsInMemory:
    """Keyword search over passages that are in no catalogue as they are given here."""

    def __init__(self, chunks: Sequence[Chunk], languages: Mapping[int, str]) -> None:
        import tantivy

        self._analyzers = analyzers()
        self._index = tantivy.Index(schema())
        for name, analyzer in self._analyzers.items():
            self._index.register_tokenizer(name, analyzer)
        writer = self._index.writer(_HEAP_BYTES, 1)
        for chunk in chunks:
            text = {field_of(languages.get(chunk.document_id, "en")): searched_text(chunk)}
            writer.add_document(tantivy.Document(id=chunk.id, **text))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def search(self, query: str, k: int) -> Ranking:
        """The k passages with the best BM25 score."""
        found = terms(query, self._analyzers)
        searcher = self._index.searcher()
        hits = searcher.search(any_of(term_queries(found, self._index.schema)), k).hits if found else []
        ids = searcher.fast_field_values("id", [address for _, address in hits]) if hits else []
        return Ranking(np.array(ids, dtype=np.int64), np.array([score for score, _ in hits], dtype=np.float32))
