"""The command line of what was asked and said of it: `python -m app audit | flags | feedback`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Any

from app.export import rating_row
from indexes.audit_chain import Verified
from indexes.audit_file import AuditFile
from indexes.audit_log import AuditLog, midnight, written_at
from indexes.catalogue import Catalogue
from indexes.feedback import FeedbackRecord
from indexes.flags import FlagList
from indexes.home import load_settings
from indexes.redaction import without_secrets
from indexes.sign_in_log import SignInLog
from indexes.terminal import one_line, row_number
from rag.errors import InputError
from rag.page_kinds import page_kind
from rag.types import counted

_HASH = 12
"""Signs of a hash that a line shows; JSON has all of it."""
_TEXT = 100
_FLAG = partial(row_number, of="a flag, as `python -m app flags` shows it")
_VERIFY = (
    "hash the rows again and follow their chain: code 1 where one was changed or put in after it had ended, or taken "
    "out, unless by its age or --delete-before. Whoever can write the file can write it anew, or cut off its end: "
    "keep the last hash that this prints elsewhere, and give it as HASH to see that it is still there. Sign-ins, flags "
    "and questions that never ended are outside of the chain"
)
_NO_TEXTS = (
    "words are found only in what was asked with FOOTNOTE_AUDIT=texts, and that is {} now; of what was asked with "
    "hashes a whole question or answer is found"
)


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The commands with their options."""
    audit = commands.add_parser("audit", help="what was asked, sent to chat models and answered")
    audit.set_defaults(run=_audit)
    audit.add_argument("--since", type=_moment, metavar="DATE", help="from then on, UTC: 2026-01-31")
    audit.add_argument("--search", metavar="WORD", help="with this in a text that was kept, or as a hash")
    audit.add_argument("--delete-before", type=_moment, metavar="DATE", help="delete what is older, and overwrite it")
    audit.add_argument("--sign-ins", action="store_true", help="who signed in and out, and who tried to, instead")
    audit.add_argument("--verify", nargs="?", const="", metavar="HASH", help=_VERIFY)
    audit.add_argument("--json", action="store_true", help="JSON instead of text, an object a line")
    flags = commands.add_parser("flags", help="answers that were flagged for a person")
    flags.set_defaults(run=_flags)
    flags.add_argument("--close", type=_FLAG, metavar="N", help="the flag of this number has been looked at")
    flags.add_argument("--note", default="", metavar="TEXT", help="what was found, with --close")
    flags.add_argument("--json", action="store_true", help="JSON instead of text, an object a line")
    feedback = commands.add_parser("feedback", help="what people said of answers, the latest first")
    feedback.set_defaults(run=_feedback)
    feedback.add_argument("--since", type=_moment, default=0.0, metavar="DATE", help="from then on, UTC: 2026-01-31")
    feedback.add_argument("--down", action="store_true", help="thumbs down alone")
    feedback.add_argument("--json", action="store_true", help="JSON instead of text, an object a line")


def _moment(text: str) -> float:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("must be a date such as 2026-01-31, or 2026-01-31T12:00") from error
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _audit(arguments: argparse.Namespace) -> int:
    _check_all_is_meant(arguments)
    settings = load_settings()
    with closing(AuditLog(settings.home, days=settings.audit_days)) as log:
        if arguments.verify is not None:
            return _verify(log, arguments)
        if log.file.is_kept:
            log.sweep()
        if arguments.delete_before is not None:
            return _delete(log, arguments)
        if arguments.sign_ins:
            return _sign_ins(log, arguments)
        is_empty = True
        for row in log.rows(arguments.since or 0.0, arguments.search or ""):
            print(_json(row) if arguments.json else _line(row))
            is_empty = False
    if is_empty and not arguments.json:
        print("Nothing of the kind was asked here.")
    if is_empty and arguments.search and settings.audit != "texts":
        sys.stderr.write(f"footnote: {_NO_TEXTS.format(settings.audit)}\n")
    return 0


def _check_all_is_meant(arguments: argparse.Namespace) -> None:
    """Raises InputError where what is done with all rows goes with what chooses some, even by an empty word: nothing
    narrows it."""
    narrowed = {
        "--since": arguments.since is not None,
        "--search": arguments.search is not None,
        "--sign-ins": arguments.sign_ins,
    }
    if arguments.delete_before is not None:
        _refuse(narrowed | {"--verify": arguments.verify is not None}, "--delete-before deletes all that is older")
    if arguments.verify is not None:
        _refuse(narrowed, "--verify looks at all that is kept")


def _refuse(narrowed: dict[str, bool], what: str) -> None:
    if any(narrowed.values()):
        given = " and ".join(name for name, is_given in narrowed.items() if is_given)
        raise InputError(f"{what}, whatever it is, so {given} cannot go with it")


def _verify(log: AuditLog, arguments: argparse.Namespace) -> int:
    """0: all fits; 1: something does not. Nothing is swept before: a row that is deleted cannot be looked at."""
    found = log.chain.verified(arguments.verify)
    print(_json(asdict(found)) if arguments.json else "\n".join(_told(found, arguments.verify)))
    return 0 if not found.wrong and found.has_known else 1


def _told(found: Verified, known: str) -> Iterator[str]:
    if found.wrong:
        yield f"The audit log does not fit its chain: {found.wrong}."
        return
    since = "" if found.since is None else f" since {written_at(found.since)}"
    yield f"{counted(found.rows, 'row')} in an unbroken chain{since}."
    if found.last_sha256:
        yield f"The last hash: {found.last_sha256}"
    if found.deleted:
        links = counted(found.deleted, "link")
        yield f"{links} of it without a row: what was deleted by age or --delete-before, and that itself."
    if found.before:
        yield f"Outside of it: {counted(found.before, 'row')} from before there was a chain."
    if found.unended:
        yield f"Outside of it: {counted(found.unended, 'question')} that never ended, or not yet."
    if not found.has_known:
        yield f"{known} is the hash of no link: all was written anew since, or its row was deleted by its age."


def _sign_ins(log: AuditLog, arguments: argparse.Namespace) -> int:
    rows = SignInLog(log.file).all(arguments.since or 0.0)
    for row in rows:
        print(_json(row) if arguments.json else one_line(f"{row['at']}  {row['user'] or '?'}  {row['outcome']}"))
    if not rows and not arguments.json:
        print("Nobody has signed in here.")
    return 0


def _delete(log: AuditLog, arguments: argparse.Namespace) -> int:
    if not log.file.is_kept:
        raise InputError(f"{log.file.path} is closed to writing, so nothing can be deleted there")
    if arguments.delete_before > midnight(log.clock()):
        raise InputError("what was asked today counts towards today's budgets: name today (UTC), or a day before")
    n, when = log.delete_before(arguments.delete_before), written_at(arguments.delete_before)
    print(_json({"deleted": n}) if arguments.json else f"Deleted {counted(n, 'question')} from before {when}.")
    return 0


def _flags(arguments: argparse.Namespace) -> int:
    if arguments.note and arguments.close is None:
        raise InputError("--note says what was found when a flag is closed: give --close N, too")
    settings = load_settings()
    with closing(AuditFile(settings.home)) as file:
        flags = FlagList(file)
        if arguments.close is not None:
            flags.close(arguments.close, without_secrets(arguments.note))
        rows = [row for row in flags.all() if arguments.close in (None, row["id"])]
    for row in rows:
        print(_json(row) if arguments.json else _flag_text(row))
    if not rows and not arguments.json:
        print("Nothing is flagged.")
    return 0


def _feedback(arguments: argparse.Namespace) -> int:
    with closing(Catalogue(load_settings().home)) as catalogue:
        found = catalogue.feedback.all(arguments.since, down_only=arguments.down)
    rows = [_feedback_row(one) for one in found]
    for row in rows:
        print(_json(row) if arguments.json else _feedback_line(row))
    if not rows and not arguments.json:
        print("Nobody has rated an answer.")
    return 0


def _feedback_row(one: FeedbackRecord) -> dict[str, Any]:
    said = {"id": one.id, "at": written_at(one.at), **(rating_row(one.rating) or {})}
    return said | {"model": one.model, "refused": one.refused, "ms": round(one.ms, 1), "question": one.question}


def _feedback_line(row: dict[str, Any]) -> str:
    kind = "refused" if row["refused"] else row["model"] or "quoted"
    asked = f"“{row['question'][:_TEXT]}”" if row["question"] else ""
    parts = (row["at"], row["rating"], ", ".join(row["reasons"]), kind, f"{row['ms']:,.0f} ms", asked, row["comment"])
    return one_line("  ".join(part for part in parts if part))


def _flag_text(row: dict[str, Any]) -> str:
    head = "  ".join(filter(None, (row["status"], row["at"], row["user"], row["outcome"], row["model"])))
    lines = [one_line(head), f"asked: {_flat(row['question'])}", f"answered: {_flat(row['answer'])}"]
    lines += [f"{_place(one)}: {_flat(one['quote'])}" for one in row["evidence"]]
    lines += [f"note: {_flat(row['note'])}"] if row["note"] else []
    return f"{row['id']:>3}. " + "\n     ".join(lines)


def _place(evidence: dict[str, Any]) -> str:
    number = f"[{evidence['n']}]" if evidence["n"] else "near"
    page = f", {page_kind(evidence['source'])} {evidence['page']}" if evidence["page"] else ""
    return f"{number} {one_line(evidence['source'])}{page}"


def _flat(text: str) -> str:
    return one_line(" ".join(text.split()))


def _json(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False)


def _line(row: dict[str, Any]) -> str:
    requests = row["requests"]
    model = row["model"] or (requests[-1]["model"] if requests else "")
    states = ", ".join(f"{n:,} {state}" for state, n in row["sentences"].items())
    asked = f"“{row['question'][:_TEXT]}”" if row["question"] else row["question_sha256"][:_HASH]
    parts = [row["at"], row["user"], row["outcome"], f"{row['ms']:,.0f} ms", model, _spent(requests), states, asked]
    return one_line("  ".join(part for part in parts if part))


def _spent(requests: list[dict[str, Any]]) -> str:
    if not requests:
        return ""
    tokens = sum(one["prompt_tokens"] + one["completion_tokens"] for one in requests)
    about = "about " if any(one["is_estimated"] for one in requests) else ""
    costs = [one["cost"] for one in requests]
    cost = "cost unknown" if None in costs else f"${sum(costs):.4f}"
    return f"{counted(len(requests), 'request')}, {about}{counted(tokens, 'token')}, {cost}"
