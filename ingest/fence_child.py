"""The process behind a Fence: reads requests from one pipe, loads files, writes answers to another."""

from __future__ import annotations

import importlib
import json
import os
import struct
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ingest import cage
from ingest.loaders.source import Room, SourceFile
from ingest.wire import MAX_ANSWER, MOST_PASSAGES, to_json
from rag.errors import FootnoteError, Unreadable
from rag.protocols import Tokenizer
from rag.types import ChunkDraft, Document, Vectors

Load = Callable[..., Document]
_SAID_EVERY_S = 0.2


def main(requests: int, answers: int, memory_mb: int, loader: str) -> None:
    """Serve until the parent closes its end. `loader` is `module:function`, called like ingest.loaders.load."""
    cage.enter(memory_mb)
    module, _, name = loader.partition(":")
    load: Load = getattr(importlib.import_module(module), name)
    with os.fdopen(requests, "rb") as incoming, os.fdopen(answers, "wb") as outgoing:
        for line in incoming:
            request = json.loads(line)
            cage.allow_cpu(request["cpu_s"])
            _send(outgoing, _answer(load, request, incoming, outgoing))


def _answer(load: Load, request: dict[str, Any], incoming: BinaryIO, outgoing: BinaryIO) -> bytes:
    source = SourceFile(Path(os.fsdecode(bytes.fromhex(request["path"]))), request["name"])

    def embed(texts: Sequence[str]) -> Vectors:
        _send(outgoing, json.dumps({"embed": list(texts)}).encode())
        n_rows, dim = struct.unpack("<II", incoming.read(8))
        cage.allow_cpu(request["cpu_s"])
        return np.frombuffer(incoming.read(4 * n_rows * dim), dtype="<f4").reshape(n_rows, dim)

    try:
        document = _loaded(load, source, request, outgoing)
        if request["cut"] is None:
            return _checked(source, to_json(document))
        drafts = _cut(source, document, request, embed, outgoing)
        boxed = tuple(block for block in document.blocks if block.box)  # the others have served their purpose
        return _checked(source, to_json(replace(document, blocks=boxed), drafts))
    except FootnoteError as error:
        return json.dumps({"error": str(error), "is_final": isinstance(error, Unreadable)}).encode()
    except MemoryError:
        return json.dumps({"out_of_memory": True}).encode()
    except Exception as error:  # noqa: BLE001 - the edge of the process: a fault of ours must not look like a crash
        return json.dumps({"fault": f"{type(error).__name__}: {error}"}).encode()


def _loaded(load: Load, source: SourceFile, request: dict[str, Any], outgoing: BinaryIO) -> Document:
    """The file as it is read, while the parent hears of every step."""

    def progress(done: int, total: int) -> None:
        cage.allow_cpu(request["cpu_s"])
        _send(outgoing, json.dumps({"progress": [done, total]}).encode())

    def hand_out(name: str, data: bytes) -> None:
        _send(outgoing, json.dumps({"member": name}).encode())
        _send(outgoing, data)

    def skipped(n_bytes: int) -> None:
        _send(outgoing, json.dumps({"skipped": n_bytes}).encode())

    return load(
        source.path,
        source.name,
        max_bytes=request["max_bytes"],
        progress=progress,
        hand_out=hand_out if request["room"] else None,
        room=Room(*request["room"]) if request["room"] else None,
        skipped=skipped,
    )


def _cut(
    source: SourceFile,
    document: Document,
    request: dict[str, Any],
    embed: Callable[[Sequence[str]], Vectors],
    outgoing: BinaryIO,
) -> list[ChunkDraft]:
    """The passages; the parent hears some times a second how far it is, which gives no more time."""
    from ingest.chunkers import TooLong, chunk

    rules, said_at = request["cut"], 0.0

    def told(done: int, total: int) -> None:
        nonlocal said_at
        if time.monotonic() - said_at > _SAID_EVERY_S:
            said_at = time.monotonic()
            _send(outgoing, json.dumps({"cutting": [done, total]}).encode())

    told(0, 1)
    cage.allow_cpu(request["cpu_s"])
    try:
        return chunk(
            document,
            strategy=rules["strategy"],
            tokenizer=_tokenizer(rules["tokenizer"]),
            max_tokens=rules["max_tokens"],
            overlap=rules["overlap"],
            embed=embed,
            most_passages=MOST_PASSAGES,
            told=told,
        )
    except TooLong as error:
        raise source.trouble(
            f"would be cut into more than {MOST_PASSAGES:,} passages, which is the limit: it is too long, or is no "
            "text that people read; split it, or raise the setting FOOTNOTE_CHUNK_TOKENS."
        ) from error


@lru_cache(maxsize=1)
def _tokenizer(address: str) -> Tokenizer:
    module, name, argument = address.split(":", 2)
    made: Tokenizer = getattr(importlib.import_module(module), name)(*[argument] if argument else [])
    return made


def _checked(source: SourceFile, answer: bytes) -> bytes:
    if len(answer) > MAX_ANSWER:
        raise source.error(f"holds more than {MAX_ANSWER >> 20} MB of text with its places: split it.")
    return answer


def _send(outgoing: BinaryIO, message: bytes) -> None:
    outgoing.write(struct.pack("<I", len(message)))
    outgoing.write(message)
    outgoing.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
