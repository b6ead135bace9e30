"""The language of a text, by its letters: two letters of ISO 639-1."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any

LANGUAGES = frozenset({
    "ar", "bg", "bn", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "ga", "gl", "he",
    "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "kk", "ko", "la", "lt", "lv", "mk", "ms", "nl", "nn", "no",
    "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "vi", "zh",
})  # fmt: skip
"""Those that are told apart; a few hundred rare ones would only add mistakes on short texts."""
_ENGLISH = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "can", "for", "from", "has", "have", "he", "his", "in",
    "is", "it", "its", "may", "not", "of", "on", "or", "that", "the", "their", "they", "this", "to", "was", "we",
    "were", "which", "will", "with", "you",
})  # fmt: skip
"""The small words of English: a third of what is written in it, and in no other language a quarter."""
_ENGLISH_SHARE = 0.25
_SAMPLE = 2000
_SHORT = 100
"""Letters; shorter texts in plain Latin letters are taken for English: names and numbers say little."""


def detect(text: str) -> str:
    """The language of the first part of the text; `en` where there is too little of it to tell."""
    sample = " ".join(re.findall(r"[^\W\d_]+", text[: 4 * _SAMPLE]))[:_SAMPLE]
    if len(sample) < 10 or (sample.isascii() and len(sample) < _SHORT):
        return "en"
    if is_plain_english(sample.lower().split()):
        return "en"
    language, _score = _identifier().classify(sample)
    return "no" if language == "nn" else str(language)


def is_plain_english(words: Sequence[str]) -> bool:
    """Whether the small words tell: it spares a process that reads nothing but English the model."""
    return "the" in words and sum(word in _ENGLISH for word in words) >= _ENGLISH_SHARE * len(words)


@cache
def _identifier() -> Any:  # noqa: ANN401 - the library has no types
    """Loading the model takes about a second and 100 MB, once per process."""
    from py3langid import modelio
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    # The library unpacks its model into a temporary file, which a fenced child may not write: memory serves as well.
    modelio.tempfile = SimpleNamespace(TemporaryFile=lambda **_options: io.BytesIO())
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(sorted(LANGUAGES & set(identifier.labels)))
    return identifier
