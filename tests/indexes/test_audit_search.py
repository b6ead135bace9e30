"""The audit log is searched by person, time, outcome, model, document and words, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from indexes.audit_file import NAME, AuditFile
from indexes.audit_log import AuditLog, digest_of
from indexes.audit_records import Ended, Sent
from indexes.audit_search import AuditFilter, AuditRow, AuditSearch

BEES, LAMP = "a" * 64, "b" * 64


class Clock:
    """Tells a second more each time."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def search(tmp_path: Path) -> AuditSearch:
    log = AuditLog(tmp_path, days=90, clock=Clock())
    kept: Sequence[tuple[str, str, str, str, str]] = [
        ("ann", "quoted", "How many bees?", "40,000 bees.", BEES),
        ("bo", "written", "When is the lamp lit?", "At dusk: 100%.", LAMP),
        ("ann", "refused", "Wer ist ÄRGERLICH?", "", ""),
        ("ann", "written", "What do bees and the lamp share?", "Nothing_at all.", BEES),
    ]
    for user, outcome, question, answer, sha256 in kept:
        number = log.begin(user)
        if outcome == "written":
            log.sent(number, user, Sent(log.clock(), f"of-{user}", "", "", "", 10, 5, False, 0.01, 3.0, "stop"))
            log.sent(number, user, Sent(log.clock(), f"of-{user}", "", "", "", 1, 1, False, None, 3.0, "stop"))
        cited = [{"document": 1, "sha256": sha256, "start": 0, "end": 4}] if sha256 else []
        hashes = {"question_sha256": digest_of(question), "answer_sha256": digest_of(answer)}
        log.end(number, Ended(outcome, 5.0, question=question, answer=answer, cited=cited, **hashes))  # type: ignore[arg-type]
    log.close()
    return AuditSearch(AuditFile(tmp_path))


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (AuditFilter(), [4, 3, 2, 1]),
        (AuditFilter(user="ann"), [4, 3, 1]),
        (AuditFilter(outcome="written", user="ann"), [4]),
        (AuditFilter(model="of-bo"), [2]),
        (AuditFilter(sha256=(BEES,)), [4, 1]),
        (AuditFilter(sha256=(LAMP, BEES)), [4, 2, 1]),
        (AuditFilter(sha256=()), []),
        (AuditFilter(words="BEES lamp"), [4]),
        (AuditFilter(words="ärgerlich"), [3]),
        (AuditFilter(words="100%"), [2]),
        (AuditFilter(words="n_t"), []),
        (AuditFilter(words="g_a"), [4]),
        (AuditFilter(words=digest_of("How many bees?")), [1]),
        (AuditFilter(since=1_000_002.0), [4, 3, 2]),
        (AuditFilter(until=1_000_002.0), [1]),
    ],
)
def test_what_fits_is_found_the_latest_first(search: AuditSearch, wanted: AuditFilter, numbers: list[int]):
    assert [row.id for row in search.page(wanted, 10)] == numbers
    assert search.count(wanted, 10) == len(numbers)
    assert search.count(wanted, 2) == min(2, len(numbers))
    assert [row["id"] for row in search.each(wanted, 10)] == numbers


def test_a_whole_question_is_found_where_hashes_alone_are_kept(tmp_path: Path):
    with closing(AuditLog(tmp_path, days=90)) as log:
        log.end(log.begin("ann"), Ended("quoted", 1.0, question_sha256=digest_of("How many bees?")))
        search = AuditSearch(log.file)
        assert [row.id for row in search.page(AuditFilter(words="How many bees?"), 9)] == [1]
        assert not search.page(AuditFilter(words="bees"), 9)


def test_pages_follow_each_other_without_a_gap(search: AuditSearch):
    seen: list[int] = []
    last: AuditRow | None = None
    while rows := search.page(AuditFilter(), 3, last):
        seen += [row.id for row in rows]
        last = rows[-1]
    assert seen == [4, 3, 2, 1]


def test_a_line_adds_up_its_requests(search: AuditSearch):
    row = search.page(AuditFilter(), 1)[0]
    assert (row.n_requests, row.tokens, row.dollars, row.n_unpriced) == (2, 17, 0.01, 1)
    assert row.asked_model == "of-ann"


def test_all_that_is_kept_of_one_is_what_the_log_has(search: AuditSearch, tmp_path: Path):
    with closing(AuditLog(tmp_path, days=90)) as log:
        assert [search.whole(row["id"]) for row in log.rows()] == list(log.rows())
    assert search.whole(99) is None


def test_names_are_told_once_each(search: AuditSearch):
    assert search.users() == ["ann", "bo"]
    assert search.models() == ["of-ann", "of-bo"]


def test_a_log_of_before_gets_its_indexes_and_keeps_its_rows(tmp_path: Path):
    with closing(AuditLog(tmp_path, days=90)) as log:
        log.begin("ann")
    with closing(apsw.Connection(str(tmp_path / NAME))) as old:
        old.execute("""DROP INDEX answers_by_user; DROP INDEX answers_by_outcome; DROP INDEX requests_by_model;
            DROP INDEX requests_by_answer; CREATE INDEX requests_by_answer ON requests (answer_id);
            DROP TABLE sign_ins; PRAGMA user_version = 2""")
    file = AuditFile(tmp_path)
    assert [row.user for row in AuditSearch(file).page(AuditFilter(), 9)] == ["ann"]
    assert {"answers_by_user", "requests_by_model"} <= {name for (name,) in file.rows("SELECT name FROM sqlite_master")}
    assert file.rows("PRAGMA user_version") == [(4,)]
    file.close()
