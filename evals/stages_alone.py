"""The raw libraries behind the stages of a question, on work that is prepared before anything is timed."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from indexes import queries
from indexes.encoder import batches, padded
from indexes.library import Library
from indexes.minilm import MiniLM, model_directory
from indexes.minilm_graph import compiled
from rag.embedding_text import text_of
from rag.types import Hit, Scope

Run = Callable[[], object]
_WORDS = re.compile(r"\w+")


class Alone:
    """OpenVINO, FAISS, tantivy and SQLite without Footnote around them, over the passages of a library."""

    def __init__(self, library: Library, n_threads: int) -> None:
        self._library = library
        self._n_threads = n_threads
        self._tokenizer = MiniLM().tokenizer
        self._weights = model_directory() / "model.safetensors"

    def embedding(self, question: str) -> Run:
        """The compiled model on the question's tokens."""
        inputs = padded(self._tokenizer.ids([question]))
        request = self._plain
        return lambda: request.infer(inputs)

    @cached_property
    def _plain(self) -> Any:  # noqa: ANN401 - OpenVINO ships no types
        return compiled(self._weights, self._n_threads, is_packed=False).create_infer_request()

    def states(self, question: str, hits: Sequence[Hit]) -> Run:
        """The compiled model on the tokens of question and passages, through OpenVINO's own queue."""
        texts = [text_of(hit.chunk) for hit in hits]
        ids = [row[: MiniLM.max_tokens] for row in self._tokenizer.ids([question, *texts])]
        prepared = [padded([ids[i] for i in part]) for part in batches(ids, self._n_threads)]
        queue = self._queue

        def run() -> None:
            for inputs in prepared:
                queue.start_async(dict(enumerate(inputs)))
            queue.wait_all()

        return run

    @cached_property
    def _queue(self) -> Any:  # noqa: ANN401
        import openvino

        return openvino.AsyncInferQueue(compiled(self._weights, self._n_threads, is_packed=True), self._n_threads)

    def vectors(self, question: str, k: int) -> Run:
        """FAISS over the same vectors, for the question's."""
        vector = self._library.embedder.embed_query(question)[None]
        index = self._flat
        return lambda: index.search(vector, k)

    @cached_property
    def _flat(self) -> Any:  # noqa: ANN401
        import faiss

        library = self._library
        ids = library.catalogue.chunk_ids(Scope())
        _, rows = library.catalogue.vectors(library.embedder_number(library.embedder), ids)
        index = faiss.IndexFlatIP(rows.shape[1])
        index.add(np.ascontiguousarray(rows))
        return index

    def words(self, question: str, k: int) -> Run:
        """Tantivy with one stemmed field and nothing else, for the words of the question."""
        index = self._bodies
        query = index.parse_query(" ".join(_WORDS.findall(question.lower())), ["body"])
        searcher = index.searcher()

        def run() -> object:
            hits = searcher.search(query, k).hits
            return searcher.fast_field_values("id", [address for _, address in hits]) if hits else []

        return run

    @cached_property
    def _bodies(self) -> Any:  # noqa: ANN401
        import tantivy

        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("id", fast=True)
        builder.add_text_field("body", tokenizer_name="en_stem", index_option="freq")
        index = tantivy.Index(builder.build())
        writer = index.writer(64_000_000, 1)
        for record in self._library.catalogue.documents():
            for chunk in self._library.catalogue.chunks_of(record.id):
                writer.add_document(
                    tantivy.Document(id=chunk.id, body="\n".join((chunk.title, chunk.heading, chunk.text)))
                )
        writer.commit()
        index.reload()
        return index

    def rows(self, ids: Sequence[int]) -> Run:
        """The statement of the catalogue, by Python's own SQLite."""
        sql = f"{queries.CHUNK} WHERE k.id IN ({','.join('?' * len(ids))})"
        connection = self._connection
        return lambda: connection.execute(sql, list(ids)).fetchall()

    @cached_property
    def _connection(self) -> sqlite3.Connection:
        path = self._library.catalogue.home / "catalogue.sqlite"
        return sqlite3.connect(f"file:{path.absolute()}?mode=ro", uri=True)
