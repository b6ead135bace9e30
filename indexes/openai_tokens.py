"""The tokens of OpenAI's models, by OpenAI's own library, which fetches a table of each kind once."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError
from rag.tokens import Counter

_ENCODING = "cl100k_base"


class OpenAITokens:
    """A Tokenizer for text-embedding-3-small and -large. Raises ModelError where its table cannot be had."""

    @property
    def address(self) -> str:
        """Where another process finds this; the table is fetched before, since that one may have no network."""
        self._encoding  # noqa: B018
        return "indexes.openai_tokens:OpenAITokens:"

    @cached_property
    def _encoding(self) -> Any:  # noqa: ANN401 - its types would import it
        return _table(_ENCODING)

    def offsets(self, text: str) -> NDArray[np.int64]:
        """Character spans of the tokens, shape [n, 2]; several tokens of one character have the same start."""
        tokens = self._encoding.encode_ordinary(text)
        if not tokens:
            return np.empty((0, 2), np.int64)
        _, starts = self._encoding.decode_with_offsets(tokens)
        return np.column_stack([starts, [*starts[1:], len(text)]]).astype(np.int64)


def chat_counter(model: str) -> Counter | None:
    """Counts the tokens of a text for one of OpenAI's chat models; None for a name that its library does not know.

    Raises ModelError where the table cannot be had. Fetching it has no limit of time: nobody should wait for it.
    """
    import tiktoken

    try:
        name = tiktoken.encoding_name_for_model(model)
    except KeyError:
        return None
    table = _table(name)
    return lambda text: len(table.encode_ordinary(text))


def _table(name: str) -> Any:  # noqa: ANN401 - its types would import it
    import tiktoken

    try:
        return tiktoken.get_encoding(name)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"the token table {name} of OpenAI's models cannot be fetched: check the network, or put it into "
            "the folder that TIKTOKEN_CACHE_DIR names"
        ) from error
