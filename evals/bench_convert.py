"""Converts a folder of PDFs with one tool of the benchmark: `python evals/bench_convert.py TOOL FOLDER TEXTS`.

Writes {file: text} to TEXTS and prints one JSON object. Runs in an environment that has the tool and nothing of ours,
so it imports nothing of ours but for the tool `footnote`.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

Convert = Callable[[Path], str]


def footnote() -> Convert:
    """Our loaders behind their fence, words of pictures included."""
    fence = import_module("ingest.fence").Fence()
    return lambda path: str(fence.load(path, path.name, max_bytes=1 << 30).text)


def pypdf() -> Convert:
    """What LangChain's usual loader reads with."""
    reader = import_module("pypdf").PdfReader
    return lambda path: "\n".join(page.extract_text() for page in reader(path).pages)


def markitdown() -> Convert:
    """With its defaults."""
    converter = import_module("markitdown").MarkItDown()
    return lambda path: str(converter.convert(path).text_content)


def docling() -> Convert:
    """Its model-free pipeline: no layout, no tables, no OCR, for their models come from a hub."""
    pipeline = import_module("docling.pipeline.native_pdf_pipeline").NativePdfPipeline
    pdf = import_module("docling.datamodel.base_models").InputFormat.PDF
    module = import_module("docling.document_converter")
    options = {pdf: module.PdfFormatOption(pipeline_cls=pipeline)}
    converter = module.DocumentConverter(allowed_formats=[pdf], format_options=options)
    return lambda path: str(converter.convert(path).document.export_to_markdown())


TOOLS: dict[str, Callable[[], Convert]] = {
    "footnote": footnote,
    "pypdf": pypdf,
    "markitdown": markitdown,
    "docling": docling,
}


def run(tool: str, folder: Path, texts: Path) -> dict[str, float]:
    """Convert every PDF of the folder; seconds of the conversions alone, and how many failed."""
    convert = TOOLS[tool]()
    start, found = time.perf_counter(), {}
    paths = sorted(folder.glob("*.pdf"))
    for path in paths:
        try:
            found[path.name] = convert(path)
        except Exception:  # noqa: BLE001, S112 - whatever a file does to a tool counts as a failed file
            continue
    seconds = time.perf_counter() - start
    texts.write_text(json.dumps(found), encoding="utf-8")
    return {"seconds": seconds, "failed": len(paths) - len(found)}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    json.dump(run(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])), sys.stdout)
