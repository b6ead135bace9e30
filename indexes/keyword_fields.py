"""How texts become terms of the keyword index: one field for each language that has a stemmer."""

from __future__ import annotations

import re
from typing import Any
from unicodedata import category

from rag.types import Chunk

_STEMMED = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
_UNSPACED = ("zh", "ja", "th", "lo", "km", "my")
_FIELDS = [f"text_{language}" for language in (*_STEMMED, "pairs", "plain")]
_LONGEST_WORD = 64
LAYOUT = "2"
"""Part of the folder's name: another layout of fields starts a new folder and fills it from the catalogue."""
UNSPACED_LETTERS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def plain_words(query: str) -> str:
    """Without punctuation. Marks belong to words: half of the vowels of Hindi are such, and `\\w` leaves them out."""
    return " ".join("".join(c if category(c)[0] in "LMN" else " " for c in query).split())


def searched_text(chunk: Chunk) -> str:
    """What keyword search reads of a chunk."""
    parts = (chunk.title, chunk.heading, chunk.context, chunk.text)
    return "\n".join(part for part in parts if part)


def field_of(language: str) -> str:
    """The field that holds texts of this language."""
    if language in _UNSPACED:
        return "text_pairs"
    return f"text_{language if language in _STEMMED else 'plain'}"


def schema() -> Any:  # noqa: ANN401  tantivy's stubs do not name what its calls return
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


def analyzers() -> dict[str, Any]:
    """Field -> how its texts, and the words of a query, become terms."""
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    def words() -> Any:  # noqa: ANN401
        simple = TextAnalyzerBuilder(Tokenizer.simple())
        return simple.filter(Filter.remove_long(_LONGEST_WORD)).filter(Filter.lowercase())

    stemmed = {f"text_{code}": words().filter(Filter.stemmer(name)).build() for code, name in _STEMMED.items()}
    pairs = TextAnalyzerBuilder(Tokenizer.ngram(1, 2, False)).filter(Filter.lowercase()).build()
    return stemmed | {"text_pairs": pairs, "text_plain": words().build()}
