"""The language of a text, by its letters: two letters of ISO 639-1."""

from __future__ import annotations

import io
import re
from functools import cache
from types import SimpleNamespace
from typing import Any

LANGUAGES = frozenset({
    "ar", "bg", "bn", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "ga", "gl", "he",
    "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "kk", "ko", "la", "lt", "lv", "mk", "ms", "nl", "nn", "no",
    "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "vi", "zh",
})  # fmt: skip
"""Those that are told apart; a few hundred rare ones would only add mistakes on short texts."""
_SAMPLE = 2000
_SHORT = 100
"""Letters; shorter texts in plain Latin letters are taken for English: names and numbers say little."""


def detect(text: str) -> str:
    """The language of the first part of the text; `en` where there is too little of it to tell."""
    sample = " ".join(re.findall(r"[^\W\d_]+", text[: 4 * _SAMPLE]))[:_SAMPLE]
    if len(sample) < 10 or (sample.isascii() and len(sample) < _SHORT):
        return "en"
    language, _score = _identifier().classify(sample)
    return "no" if language == "nn" else str(language)


@cache
def _identifier() -> Any:  # noqa: ANN401 - the library has no types
    """Loading the model takes about a second, once per process."""
    from py3langid import modelio
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    # The library unpacks its model into a temporary file, which a fenced child may not write: memory serves as well.
    modelio.tempfile = SimpleNamespace(TemporaryFile=lambda **_options: io.BytesIO())
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(sorted(LANGUAGES & set(identifier.labels)))
    return identifier
