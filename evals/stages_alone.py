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
from indexes.joint_encoder import inputs_of, joined, start_of_passage
from indexes.joint_graph import compiled as compiled_joint
from indexes.late_weights import FOLDER, JOINT, LATE
from indexes.library import Library
from indexes.minilm import MiniLM, model_directory
from indexes.minilm_graph import compiled, compiled_states
from indexes.token_encoder import LAYERS
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

    def reranking(self, question: str, hits: Sequence[Hit], n_together: int) -> Run:
        """Both compiled models, through OpenVINO's own queue: on the tokens of question and passages, and on those of
        question and passage together of the first `n_together`.
        """
        texts = [text_of(hit.chunk) for hit in hits]
        ids = [row[: MiniLM.max_tokens] for row in self._tokenizer.ids([question, *texts])]
        asked, *passages = [np.array(row[1:-1], dtype=np.int32) for row in ids]
        rows = [joined(asked, passage, self._tokenizer.around()) for passage in passages[:n_together]]
        start = start_of_passage(asked)
        work = [
            (self._states, [padded([ids[i] for i in part]) for part in batches(ids, self._n_threads)]),
            (self._joint, [inputs_of([rows[i] for i in part], start) for part in batches(rows, self._n_threads)]),
        ]

        def run() -> None:
            for queue, prepared in work:
                for inputs in prepared:
                    queue.start_async(dict(enumerate(inputs)))
                queue.wait_all()

        return run

    @cached_property
    def _states(self) -> Any:  # noqa: ANN401
        trained = FOLDER / LATE
        return self._queue(compiled_states(self._weights, LAYERS, self._n_threads, is_packed=True, trained=trained))

    @cached_property
    def _joint(self) -> Any:  # noqa: ANN401
        return self._queue(compiled_joint(self._weights, FOLDER / JOINT, self._n_threads, is_packed=True))

    def _queue(self, of: Any) -> Any:  # noqa: ANN401
        import openvino

        return openvino.AsyncInferQueue(of, self._n_threads)

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
