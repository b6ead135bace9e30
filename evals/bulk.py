"""Takes in many small files and one long PDF: time, memory of the process that does it, and the second look."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from evals.processes import over, resident

_FOLDER = 500  # files in one folder

Told = Callable[[str], None]


@dataclass(slots=True)
class Bulk:
    """What many files and one long one cost; memory in MB, of the process that embeds and stores."""

    files: int
    first_s: float = 0.0
    memory_mb: list[float] = field(default_factory=list)
    """After each tenth of the files."""
    again_s: float = 0.0
    unchanged: int = 0
    pages: int = 0
    pdf_s: float = 0.0
    pdf_mb: float = 0.0
    page_steps: int = 0
    """Different page numbers that were told while the long PDF was parsed."""


def measure(folder: Path, n_files: int, n_pages: int, told: Told) -> Bulk:
    """Everything in a home of its own below `folder`."""
    bulk = Bulk(n_files, pages=n_pages)
    small, home = folder / "small", folder / "home"
    _write_small(small, n_files)
    start, n = time.perf_counter(), 0
    for event, pid in _run(home, "sync", str(small)):
        n += event.get("state") in ("ready", "failed")
        told(f"{n:,} files")
        if event.get("state") == "ready" and n * 10 // n_files > (n - 1) * 10 // n_files:
            bulk.memory_mb.append(round(resident(pid) / 1e6))
    bulk.first_s = time.perf_counter() - start
    start = time.perf_counter()
    for _ in _run(home, "sync", str(small)):
        pass
    bulk.again_s = time.perf_counter() - start
    _take_pdf(folder, home, bulk, told)
    return bulk


def _take_pdf(folder: Path, home: Path, bulk: Bulk, told: Told) -> None:
    path, steps = folder / "long.pdf", set()
    path.write_bytes(long_pdf(bulk.pages))
    start = time.perf_counter()
    for event, pid in _run(home, "add", str(path), "--events"):
        if event.get("state") == "parsing":
            steps.add(event["done"])
        bulk.pdf_mb = max(bulk.pdf_mb, round(resident(pid) / 1e6))
        told(f"{event.get('state')} {event.get('done')} of {event.get('total')}")
    bulk.pdf_s = time.perf_counter() - start
    bulk.page_steps = len(steps - {0})


def _run(home: Path, *command: str) -> Iterator[tuple[dict[str, object], int]]:
    """The events of one `python -m ingest` command, with its process's number."""
    with over(home, "ingest", *command, "--json") as process:
        for text in process.stdout or ():
            yield json.loads(text), process.pid


def _write_small(folder: Path, n: int) -> None:
    for i in range(n):
        path = folder / f"{i // _FOLDER:03}" / f"{i:06}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        sentences = (f"Sentence {s} of note {i} says the number {(i * 7919 + s * 104729) % 99991}." for s in range(6))
        path.write_text(" ".join(sentences), encoding="utf-8")


def long_pdf(n_pages: int) -> bytes:
    """A PDF of so many pages, each with a heading and 30 lines of text."""
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(n_pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {n_pages} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for i in range(n_pages):
        lines = [f"({i + 1}. Chapter about item {i}) Tj"]
        lines += [
            f"T* (Line {n} of page {i + 1} tells that item {i * 31 + n} weighs {i % 97} kg.) Tj" for n in range(30)
        ]
        content = ("BT /F1 11 Tf 14 TL 60 780 Td " + "\n".join(lines) + " ET").encode()
        resources = "/Resources << /Font << /F1 3 0 R >> >>"
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {resources} /Contents {5 + 2 * i} 0 R >>"
        objects += [page.encode(), b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)]
    data, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    at = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return bytes(data + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, at))
