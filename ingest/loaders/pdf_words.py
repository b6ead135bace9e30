"""Words that a line end had split, put together again."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SOFT_HYPHEN = re.compile("(\\w+)-?[\ufffe\u00ad]\\s*(\\w+)|[\ufffe\u00ad]")


def joined_words(text: str, vocabulary: set[str]) -> str:
    """Put words together that a line end had split; a hyphen that belongs to the word stays."""

    def join(found: re.Match[str]) -> str:
        if found[1] is None:
            return ""
        whole, hyphenated = found[1] + found[2], f"{found[1]}-{found[2]}"
        if hyphenated.lower() in vocabulary and whole.lower() not in vocabulary:
            return hyphenated
        keeps = found[2][:1].isupper() or found[1].isdigit() or found[2].isdigit()
        return hyphenated if keeps and whole.lower() not in vocabulary else whole

    return _SOFT_HYPHEN.sub(join, text)


def vocabulary_of(texts: Iterable[str]) -> set[str]:
    """The words of a document in lower case, hyphenated ones whole."""
    return {word for text in texts for word in re.findall(r"\w+(?:-\w+)*", text.lower())}
