"""The process behind a Fence: reads requests from one pipe, loads files, writes answers to another."""

from __future__ import annotations

import importlib
import json
import os
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from ingest import cage
from ingest.loaders.source import Room
from ingest.wire import to_json
from rag.errors import LoadError, Unreadable
from rag.types import Document

Load = Callable[..., Document]
MAX_MESSAGE = 1 << 30


def main(requests: int, answers: int, memory_mb: int, loader: str) -> None:
    """Serve until the parent closes its end. `loader` is `module:function`, called like ingest.loaders.load."""
    cage.enter(memory_mb)
    module, _, name = loader.partition(":")
    load: Load = getattr(importlib.import_module(module), name)
    with os.fdopen(requests, "rb") as incoming, os.fdopen(answers, "wb") as outgoing:
        for line in incoming:
            request = json.loads(line)
            cage.allow_cpu(request["cpu_s"])
            _send(outgoing, _answer(load, request, outgoing))


def _answer(load: Load, request: dict[str, Any], outgoing: BinaryIO) -> bytes:
    def progress(done: int, total: int) -> None:
        cage.allow_cpu(request["cpu_s"])
        _send(outgoing, json.dumps({"progress": [done, total]}).encode())

    def hand_out(name: str, data: bytes) -> None:
        _send(outgoing, json.dumps({"member": name}).encode())
        _send(outgoing, data)

    try:
        document = load(
            Path(os.fsdecode(bytes.fromhex(request["path"]))),
            request["name"],
            max_bytes=request["max_bytes"],
            progress=progress,
            hand_out=hand_out if request["room"] else None,
            room=Room(*request["room"]) if request["room"] else None,
        )
        return to_json(document)
    except LoadError as error:
        return json.dumps({"error": str(error), "is_final": isinstance(error, Unreadable)}).encode()
    except MemoryError:
        return json.dumps({"out_of_memory": True}).encode()
    except Exception as error:  # noqa: BLE001 - the edge of the process: a fault of ours must not look like a crash
        return json.dumps({"fault": f"{type(error).__name__}: {error}"}).encode()


def _send(outgoing: BinaryIO, message: bytes) -> None:
    outgoing.write(struct.pack("<I", len(message)))
    outgoing.write(message)
    outgoing.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
