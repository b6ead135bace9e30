"""A chain of hashes over the questions of the audit log that have ended: what is changed or taken out does not fit it.

A link has the hash of its row, and one over itself and the hash of the link before. A deletion by age leaves links
whose rows are gone, and is a link itself; those at the beginning go, too, but for the last, from which all goes on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, NamedTuple

from indexes.audit_file import AuditFile
from rag.errors import StoreError

OF_ANSWER = (
    "id, at, user, outcome, ms, model, reported_model, question_sha256, answer_sha256, question, answer, scope, "
    "sentences, cited, settings, steps"
)
OF_REQUEST = (
    "id, answer_id, at, user, model, reported_model, sent_sha256, returned_sha256, prompt_tokens, completion_tokens, "
    "is_estimated, cost, ms, ended"
)
"""What is hashed: these columns, in this order, and none that a later version adds."""
_AT_ONCE = 500
_LINKS = "SELECT place, at, answer_id, deleted_before, row_sha256, sha256 FROM chain"


class Link(NamedTuple):
    """One of the chain, of a question that ended or of a deletion."""

    place: int
    at: float
    """When the question was asked, or the deletion was begun; seconds, UTC."""
    answer_id: int | None
    deleted_before: float | None
    """Of a deletion: what was asked before then went."""
    row_sha256: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found of the chain."""

    rows: int = 0
    """Questions that fit."""
    since: float | None = None
    """When the first of them was asked."""
    deleted: int = 0
    """Links before and among them whose rows were deleted by their age, and deletions."""
    last_sha256: str = ""
    has_known: bool = True
    """Whether the hash that was looked for is that of a link."""
    unended: int = 0
    """Questions outside of it, which were never ended."""
    before: int = 0
    """Questions outside of it, which were there before rows were chained."""
    wrong: str = ""
    """The first thing that does not fit, without a full stop; empty where all does."""


class AuditChain:
    """The chain in the file of an audit log."""

    def __init__(self, file: AuditFile) -> None:
        self._file = file

    # -- within the transaction that changes the rows -----------------------------------------------------------

    def ended(self, number: int) -> None:
        """This question has its last form."""
        row = self._file.rows("SELECT at FROM answers WHERE id = ?", (number,))
        self._add(row[0][0], number, None, self._row_sha256(number) or "")

    def deleted(self, before: float, now: float) -> None:
        """What was asked before a moment is deleted from now on."""
        self._add(now, None, before, "")

    def _add(self, at: float, number: int | None, before: float | None, row_sha256: str) -> None:
        ends = self._file.rows("SELECT place, sha256 FROM chain ORDER BY place DESC LIMIT 1")
        if not ends:
            raise StoreError("the chain of the audit log has no beginning: somebody emptied it")
        ((place, sha256),) = ends
        link = Link(place + 1, at, number, before, row_sha256, "")
        self._file.insert("chain", link._replace(sha256=_hash(link, sha256))._asdict())

    # -- afterwards ---------------------------------------------------------------------------------------------

    def shorten(self, before: float) -> None:
        """Once all rows from before a moment are deleted: delete their links, but for those among links that stay, and
        the last one before these."""
        first = self._file.rows("SELECT place FROM chain WHERE place > 0 AND at >= ? ORDER BY place LIMIT 1", (before,))
        last = first[0][0] - 1 if first else 0
        sql = "DELETE FROM chain WHERE place IN (SELECT place FROM chain WHERE place BETWEEN 1 AND ? LIMIT ?)"
        while self._file.change(sql, (last - 1, _AT_ONCE)) == _AT_ONCE:
            pass

    def verified(self, known: str = "") -> Verified:
        """Everything is read and hashed again, as it stands at one moment. `known`: a hash to look for."""
        with self._file.reading():
            origin = self._file.rows("SELECT answer_id FROM chain WHERE place = 0")
            if not origin:
                return Verified(wrong="the chain has no beginning")
            found = self._followed(Link(0, 0.0, None, None, "", str(origin[0][0])), known)
            return found if found.wrong else self._with_others(found, origin[0][0])

    def _followed(self, last: Link, known: str) -> Verified:
        ((deleted_before,),) = self._file.rows("SELECT coalesce(max(deleted_before), -1e99) FROM chain")
        found = Verified(has_known=not known)
        for link in self._links():
            row_sha256 = None if link.answer_id is None else self._row_sha256(link.answer_id)
            is_gone = row_sha256 is None and (link.deleted_before is not None or link.at < deleted_before)
            if wrong := _misfit(link, last, row_sha256, is_gone=is_gone):
                return replace(found, wrong=wrong)
            if not is_gone:
                found = replace(found, rows=found.rows + 1, since=link.at if found.since is None else found.since)
            found = replace(found, has_known=found.has_known or link.sha256 == known)
            last = link
        return replace(found, deleted=last.place - found.rows, last_sha256=last.sha256 if last.place else "")

    def _with_others(self, found: Verified, last_before: int) -> Verified:
        """With what stands outside of the chain."""
        outside = "FROM answers a WHERE NOT EXISTS (SELECT 1 FROM chain c WHERE c.answer_id = a.id AND c.place > 0)"
        sql = f"SELECT count(*) {outside} AND a.outcome"  # noqa: S608
        ((unended,),) = self._file.rows(f"{sql} = 'asked'")
        ((before,),) = self._file.rows(f"{sql} <> 'asked' AND a.id <= ?", (last_before,))
        sql = f"SELECT a.id {outside} AND a.outcome <> 'asked' AND a.id > ? ORDER BY a.id LIMIT 1"  # noqa: S608
        strangers = self._file.rows(sql, (last_before,))
        wrong = (
            f"question {strangers[0][0]} is in no link: an older Footnote wrote it, or somebody by hand"
            if strangers
            else ""
        )
        return replace(found, unended=unended, before=before, wrong=wrong)

    def _links(self) -> Iterator[Link]:
        last, found = 0, list[tuple[Any, ...]]([()])
        while found:
            found = self._file.rows(f"{_LINKS} WHERE place > ? ORDER BY place LIMIT ?", (last, _AT_ONCE))
            for cells in found:
                link = Link(*cells)
                yield link
                last = link.place

    def _row_sha256(self, number: int) -> str | None:
        """Of a question with its requests; None where it is gone."""
        answer = self._file.rows(f"SELECT {OF_ANSWER} FROM answers WHERE id = ?", (number,))  # noqa: S608
        requests = f"SELECT {OF_REQUEST} FROM requests WHERE answer_id = ? ORDER BY id"  # noqa: S608
        return _digest([answer[0], self._file.rows(requests, (number,))]) if answer else None


def _misfit(link: Link, last: Link, row_sha256: str | None, *, is_gone: bool) -> str:
    """What is wrong with a link, after the last one; empty where nothing is."""
    about = f"question {link.answer_id}" if link.deleted_before is None else "a deletion"
    named = f"{about} (link {link.place})"
    is_anchor = last.place == 0 and link.place > 1
    if is_anchor and not is_gone:
        return f"{named} does not follow any link: those before it were taken out"
    if not is_anchor and link.place != last.place + 1:
        return f"link {last.place + 1} was taken out, before {named}"
    if not is_anchor and _hash(link, last.sha256) != link.sha256:
        return f"{named} does not follow link {last.place}: one of the two was changed"
    if row_sha256 is None:
        return "" if is_gone else f"{named} was taken out"
    return "" if row_sha256 == link.row_sha256 else f"{named} was changed after it had ended"


def _hash(link: Link, before: str) -> str:
    return _digest([before, *link[:-1]])


def _digest(values: list[Any]) -> str:
    """No form but JSON's own is ever written by Footnote; what somebody else wrote is hashed as it looks."""
    return sha256(json.dumps(values, ensure_ascii=True, default=repr).encode()).hexdigest()
