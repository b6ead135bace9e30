"""The command line of questions: `python -m app search | ask | doctor | audit | flags | feedback | users | models`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from app import audit_cli, models_cli, users_cli
from app.answer_form import answer_row, answer_text, hit_rows, hits_text, trace_line
from app.chat_doctor import examined
from app.wiring import Workspace
from indexes.home import load_settings
from indexes.terminal import one_line, row_number, run_command
from ingest.older import Notes, older_notes
from rag.errors import InputError, StoreError
from rag.query.nouns import told
from rag.types import Hit, Scope

_SHOWN = 200
_DOCUMENT = partial(row_number, of="a document, as `python -m ingest list` shows it")
NOTHING_FOUND = "Nothing found: `python -m ingest list` shows which documents there are."


def main(argv: Sequence[str]) -> int:
    """Run one command. 0: done; 1: it failed and says why; 2: wrong use."""
    arguments = _parser().parse_args(argv)
    return run_command(lambda: arguments.run(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app", description="Search and ask your documents.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    search = commands.add_parser("search", help="the passages nearest to a query")
    search.set_defaults(run=_search)
    search.add_argument("query", metavar="QUERY")
    search.add_argument("--k", type=_count, default=10, metavar="N", help="how many passages; default %(default)s")
    search.add_argument("--per-document", type=_count, metavar="N", help="at most N passages of one document")
    ask = commands.add_parser("ask", help="an answer whose every sentence has a source")
    ask.set_defaults(run=_ask)
    ask.add_argument("question", nargs="?", metavar="QUESTION")
    ask.add_argument(
        "--questions",
        type=Path,
        metavar="FILE",
        help="one question a line, one JSON object a line out; - reads standard input",
    )
    doctor = commands.add_parser("doctor", help="what is wrong with the chat model, or what it can")
    doctor.set_defaults(run=_doctor)
    doctor.add_argument("--json", action="store_true", help="JSON instead of text")
    doctor.add_argument("--require-model", action="store_true", help="without a chat model something is wrong, too")
    audit_cli.add_to(commands)
    users_cli.add_to(commands)
    models_cli.add_to(commands)
    for command in (search, ask):
        command.add_argument("--collection", metavar="NAME", help="search only there")
        command.add_argument(
            "--document", type=_DOCUMENT, action="append", metavar="N", help="only in this one; repeatable"
        )
        command.add_argument("--json", action="store_true", help="JSON instead of text")
    return parser


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError("must be a whole number from 1 to 1000")
    return int(text)


def _search(arguments: argparse.Namespace) -> int:
    workspace = Workspace(load_settings())
    scope = _scope(workspace, arguments)
    retrieve = workspace.library.retriever.retrieve
    found = retrieve(arguments.query, arguments.k, scope, per_document=arguments.per_document)
    older = _older(workspace, found.hits)
    for text in filter(None, (found.notice, told(found.query))):
        sys.stderr.write(f"footnote: {one_line(text)}\n")
    if arguments.json:
        print(json.dumps(hit_rows(found.hits, older), ensure_ascii=False))
    else:
        print(f"{hits_text(found.hits, older) or NOTHING_FOUND}\n\n{trace_line(found.trace)}")
    return 0


def _ask(arguments: argparse.Namespace) -> int:
    if (arguments.question is None) == (arguments.questions is None):
        raise InputError("give one QUESTION, or --questions FILE")
    workspace = Workspace(load_settings())
    scope = _scope(workspace, arguments)
    if arguments.questions is not None:
        code = _ask_all(workspace, scope, _questions(arguments.questions))
    else:
        code = _ask_one(workspace, scope, arguments)
    with suppress(StoreError):  # an answer has said so
        workspace.audit.sweep()
    return code


def _ask_one(workspace: Workspace, scope: Scope, arguments: argparse.Namespace) -> int:
    answer = workspace.answerer.ask(arguments.question, scope)
    older = _older(workspace, answer.hits)
    print(json.dumps(answer_row(answer, older), ensure_ascii=False) if arguments.json else answer_text(answer, older))
    return 0


def _doctor(arguments: argparse.Namespace) -> int:
    """0: all is well; 1: something is wrong."""
    settings = load_settings()
    found = examined(settings)
    is_well = all(one.is_well for one in found) and bool(settings.chat_model or not arguments.require_model)
    if arguments.json:
        rows = [{"ok": one.is_well, "said": one.said, **one.facts} for one in found]
        print(json.dumps({"ok": is_well, "endpoints": rows}, ensure_ascii=False))
    else:
        print("\n".join(one_line(one.said) for one in found))
    return 0 if is_well else 1


def _older(workspace: Workspace, hits: Sequence[Hit]) -> Notes:
    """What is to be said of documents whose files could not be read since."""
    return older_notes(workspace.library, {hit.chunk.document_id for hit in hits})


def _ask_all(workspace: Workspace, scope: Scope, questions: Iterator[str]) -> int:
    """A row for every question; one that cannot be asked gets its reason, and the others go on."""
    code = 0
    for question in questions:
        try:
            answer = workspace.answerer.ask(question, scope)
            row = answer_row(answer, _older(workspace, answer.hits))
        except InputError as error:
            row, code = {"question": question[:_SHOWN], "error": str(error)}, 1
        print(json.dumps(row, ensure_ascii=False), flush=True)
    return code


def _questions(path: Path) -> Iterator[str]:
    """Of a file or a pipe, and of standard input, which `-` stands for."""
    path = Path("/dev/stdin") if path == Path("-") else path
    try:
        if path.is_dir():
            raise InputError(f"{path} is not a file: name one with a question a line")
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read as questions ({error}): one question a line, in UTF-8") from error
    return (line for line in lines if line.strip())


def _scope(workspace: Workspace, arguments: argparse.Namespace) -> Scope:
    workspace.library.check_collection(arguments.collection)
    documents = tuple(workspace.library.catalogue.document(number).id for number in arguments.document or ())
    return Scope(() if arguments.collection is None else (arguments.collection,), documents)
