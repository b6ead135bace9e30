"""A model's own tokenizer, read from its `tokenizer.json` without importing the model's library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


class WordPieces:
    """A Tokenizer that never cuts off."""

    def __init__(self, path: Path | str) -> None:
        from tokenizers import Tokenizer

        self.address = f"indexes.word_pieces:WordPieces:{Path(path).absolute()}"
        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def offsets(self, text: str) -> NDArray[np.int64]:
        """Character spans of the word pieces, shape [n, 2]."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2)

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, with the special tokens."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]

    def pieces(self, texts: Sequence[str]) -> list[tuple[list[int], NDArray[np.int64]]]:
        """Token ids of each text without special tokens, and their character spans, shape [n, 2]."""
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [(found.ids, np.array(found.offsets, dtype=np.int64).reshape(-1, 2)) for found in encodings]

    def around(self) -> tuple[int, int]:
        """The special tokens that open and close a text."""
        first, last = self._tokenizer.encode("").ids
        return first, last

    def size(self) -> int:
        """How many word pieces there are."""
        return int(self._tokenizer.get_vocab_size())

    def tokens(self) -> list[str]:
        """Each word piece by its number."""
        return [str(self._tokenizer.id_to_token(number)) for number in range(self.size())]

    def n_special(self) -> int:
        """How many special tokens are put around a text."""
        return int(self._tokenizer.num_special_tokens_to_add(False))
