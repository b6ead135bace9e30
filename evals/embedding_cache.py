"""Vectors that were made once are kept on disk, by embedder and text, so that the next run embeds only what is new."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from rag.protocols import Embedder, Tokenizer
from rag.types import Vectors

_AT_ONCE = 500
"""Keys in one query: below SQLite's limit for placeholders."""


class VectorCache:
    """One SQLite file of float32 vectors for each embedder. Threads and processes may share it."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"vectors-{sha256(fingerprint.encode()).hexdigest()[:16]}.sqlite"
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(self._path, timeout=60, check_same_thread=False)
        self._connection.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")

    def find(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """The vectors that are kept."""
        found: dict[bytes, Vectors] = {}
        with self._lock:
            for at in range(0, len(keys), _AT_ONCE):
                part = keys[at : at + _AT_ONCE]
                marks = ",".join("?" * len(part))
                rows = self._connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part)  # noqa: S608
                found |= {key: np.frombuffer(vector, dtype=np.float32) for key, vector in rows}
        return found

    def keep(self, vectors: Iterable[tuple[bytes, Vectors]]) -> None:
        """Write them down; what another process has written meanwhile stays."""
        rows = [(key, vector.astype(np.float32).tobytes()) for key, vector in vectors]
        with self._lock, self._connection:
            self._connection.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


class CachedEmbedder:
    """An Embedder that asks another one only for vectors that are not kept. `n_made` counts those."""

    def __init__(self, inner: Embedder, cache: VectorCache) -> None:
        self._inner = inner
        self._cache = cache
        self.n_made = 0

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def dim(self) -> int:
        return self._inner.dim

    @property
    def max_tokens(self) -> int:
        return self._inner.max_tokens

    @property
    def fingerprint(self) -> str:
        return self._inner.fingerprint

    @property
    def tokenizer(self) -> Tokenizer:
        return self._inner.tokenizer

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit float32 rows, shape [len(texts), dim]; those that are new are made together and kept."""
        keys = [_key("document", text) for text in texts]
        found = self._cache.find(list(dict.fromkeys(keys)))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        if missing:
            made = dict(zip(missing, self._inner.embed_documents(list(missing.values())), strict=True))
            self._cache.keep(made.items())
            self.n_made += len(made)
            found |= made
        return np.stack([found[key] for key in keys]) if keys else np.empty((0, self.dim), dtype=np.float32)

    def embed_query(self, text: str) -> Vectors:
        """One unit float32 vector, shape [dim]."""
        key = _key("query", text)
        found = self._cache.find([key])
        if key not in found:
            found[key] = self._inner.embed_query(text)
            self._cache.keep(found.items())
            self.n_made += 1
        return found[key]

    def reads(self, text: str) -> bool:
        return self._inner.reads(text)


def _key(kind: str, text: str) -> bytes:
    return sha256(f"{kind}\0{text}".encode("utf-8", "surrogatepass")).digest()[:16]
