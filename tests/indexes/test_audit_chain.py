"""What was changed, taken out or put in after it had ended does not fit the chain; what went by its age does."""

from __future__ import annotations

import json
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from app.cli import main
from indexes import audit_chain
from indexes.audit_chain import Verified
from indexes.audit_file import NAME
from indexes.audit_log import DAY_S, AuditLog
from indexes.audit_records import Ended, Sent
from rag.errors import StoreError

SENT = Sent(0.0, "tiny", "", "", "", 90, 10, is_estimated=False, cost=None, ms=1.0, ended="stop")
DAY = 20_000 * DAY_S


def ask(log: AuditLog, at: float, outcome: str = "written") -> int:
    log.clock = lambda: at
    number = log.begin("ada")
    log.sent(number, "ada", replace(SENT, at=at))
    log.end(number, Ended(outcome, 5.0, question="How high?", cited=[{"sha256": "ü"}]))  # type: ignore[arg-type]
    return number


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Four questions on four days, and one that never ended."""
    with closing(AuditLog(tmp_path, days=90)) as log:
        for day in range(4):
            ask(log, DAY + day * DAY_S)
        log.begin("ada")
    return tmp_path


def by_hand(home: Path, sql: str) -> None:
    with closing(apsw.Connection(str(home / NAME))) as file:
        file.execute(sql)


def verified(home: Path, known: str = "") -> Verified:
    with closing(AuditLog(home, days=90)) as log:
        return log.chain.verified(known)


def test_what_was_left_alone_fits(home: Path):
    found = verified(home)
    assert (found.wrong, found.rows, found.since, found.deleted) == ("", 4, DAY, 0)
    assert (found.unended, found.before, found.has_known, len(found.last_sha256)) == (1, 0, True, 64)


@pytest.mark.parametrize(
    ("sql", "wrong"),
    [
        ("UPDATE answers SET answer = 'Other' WHERE id = 2", "question 2 (link 2) was changed after it had ended"),
        ("UPDATE answers SET user = 'bob' WHERE id = 4", "question 4 (link 4) was changed after it had ended"),
        ("UPDATE answers SET at = at + 1 WHERE id = 1", "question 1 (link 1) was changed after it had ended"),
        ("UPDATE answers SET outcome = 'asked' WHERE id = 3", "question 3 (link 3) was changed after it had ended"),
        ("UPDATE answers SET answer = x'00' WHERE id = 3", "question 3 (link 3) was changed after it had ended"),
        ("UPDATE requests SET cost = 1 WHERE answer_id = 2", "question 2 (link 2) was changed after it had ended"),
        ("DELETE FROM requests WHERE answer_id = 2", "question 2 (link 2) was changed after it had ended"),
        ("DELETE FROM answers WHERE id = 3", "question 3 (link 3) was taken out"),
        ("DELETE FROM answers WHERE id = 1", "question 1 (link 1) was taken out"),
        ("DELETE FROM answers WHERE id = 4", "question 4 (link 4) was taken out"),
        (
            "DELETE FROM answers WHERE id = 3; DELETE FROM chain WHERE answer_id = 3",
            "link 3 was taken out, before question 4 (link 4)",
        ),
        (
            "DELETE FROM answers WHERE id < 3; DELETE FROM chain WHERE place IN (1, 2)",
            "question 3 (link 3) does not follow any link: those before it were taken out",
        ),
        (
            "DELETE FROM answers WHERE id < 3; DELETE FROM chain WHERE place = 1",
            "question 2 (link 2) does not follow any link: those before it were taken out",
        ),
        (
            "UPDATE chain SET row_sha256 = 'x' WHERE place = 2",
            "question 2 (link 2) does not follow link 1: one of the two was changed",
        ),
        (
            "UPDATE chain SET deleted_before = 9e99, answer_id = NULL WHERE place = 2",
            "a deletion (link 2) does not follow link 1: one of the two was changed",
        ),
        (
            "INSERT INTO answers (id, at, user, outcome) VALUES (9, 1, 'eve', 'quoted')",
            "question 9 is in no link: an older Footnote wrote it, or somebody by hand",
        ),
        (
            "DELETE FROM chain WHERE place > 0",
            "question 1 is in no link: an older Footnote wrote it, or somebody by hand",
        ),
        (
            "UPDATE chain SET answer_id = 9 WHERE place = 0",
            "question 1 (link 1) does not follow link 0: one of the two was changed",
        ),
        ("DELETE FROM chain WHERE place = 0", "the chain has no beginning"),
    ],
)
def test_the_first_that_does_not_fit_is_named(home: Path, sql: str, wrong: str):
    by_hand(home, sql)
    assert verified(home).wrong == wrong


@pytest.mark.parametrize(("days", "rows", "links"), [(0, 4, 4), (0.5, 3, 5), (2, 2, 4), (3.5, 0, 2)])
def test_what_is_deleted_by_age_leaves_a_chain_that_fits(home: Path, days: float, rows: int, links: int):
    with closing(AuditLog(home, days=90)) as log:
        assert log.delete_before(DAY + days * DAY_S) == 4 - rows + (days > 3)
        found = log.chain.verified()
        assert (found.wrong, found.rows) == ("", rows)
        assert log.file.rows("SELECT count(*) FROM chain WHERE place > 0") == [(links,)]
        ask(log, DAY + 5 * DAY_S)
        assert (log.chain.verified().wrong, log.chain.verified().rows) == ("", rows + 1)
        log.delete_before(DAY + 4 * DAY_S)
        assert (log.chain.verified().wrong, log.chain.verified().rows) == ("", 1)


def test_after_all_was_deleted_up_to_a_later_day_what_is_taken_out_by_hand_is_still_found(tmp_path: Path):
    with closing(AuditLog(tmp_path, days=90)) as log:
        now = log.clock()
        ask(log, now - 10)
        log.clock = lambda: now
        log.delete_before(now + DAY_S)
        last = [ask(log, now + seconds) for seconds in (10, 20)][0]
        assert not log.chain.verified().wrong
        log.file.change("DELETE FROM answers WHERE id = ?", (last,))
        assert log.chain.verified().wrong


def test_an_emptied_chain_is_trouble_with_the_log(tmp_path: Path):
    with closing(AuditLog(tmp_path, days=90)) as log:
        log.file.change("DELETE FROM chain", ())
        with pytest.raises(StoreError, match="no beginning"):
            ask(log, log.clock())


def test_a_question_that_ends_after_later_ones_is_deleted_by_when_it_was_asked(tmp_path: Path):
    with closing(AuditLog(tmp_path, days=90, clock=lambda: DAY)) as log:
        slow = log.begin("ada")
        ask(log, DAY + 2 * DAY_S)
        log.end(slow, Ended("quoted", 1.0))
        ask(log, DAY + 3 * DAY_S)
        assert log.delete_before(DAY + DAY_S) == 1
        found = log.chain.verified()
    assert (found.wrong, found.rows, found.deleted) == ("", 2, 2)
    by_hand(tmp_path, "DELETE FROM answers WHERE id = 2")
    assert verified(tmp_path).wrong == "question 2 (link 1) was taken out"


def test_an_end_that_was_cut_off_is_seen_by_a_hash_that_was_kept_elsewhere(home: Path):
    kept = verified(home).last_sha256
    assert verified(home, kept).has_known
    by_hand(home, "DELETE FROM answers WHERE id = 4; DELETE FROM chain WHERE place = 4")
    assert (verified(home).wrong, verified(home).rows) == ("", 3)
    assert not verified(home, kept).has_known


def test_many_rows_are_deleted_and_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(audit_chain, "_AT_ONCE", 3)
    with closing(AuditLog(tmp_path, days=90)) as log:
        for n in range(20):
            ask(log, DAY + n)
        assert log.chain.verified().rows == 20
        log.delete_before(DAY + 11)
        found = log.chain.verified()
    assert (found.wrong, found.rows, found.deleted) == ("", 9, 12)


def test_rows_of_before_are_counted_and_later_ones_chained(home: Path):
    by_hand(home, "DROP TABLE chain")
    with closing(AuditLog(home, days=90)) as log:
        log.end(5, Ended("quoted", 1.0))
        ask(log, DAY + 9 * DAY_S)
        found = log.chain.verified()
    assert (found.wrong, found.rows, found.before, found.unended) == ("", 2, 4, 0)


def test_a_row_that_has_ended_is_not_ended_again(home: Path):
    with closing(AuditLog(home, days=90)) as log:
        log.end(2, Ended("failed", 9.0))
        assert [row["outcome"] for row in log.rows()] == ["written"] * 4 + ["asked"]
    assert verified(home).rows == 4


def test_writers_at_once_make_one_chain(tmp_path: Path):
    def write() -> None:
        with closing(AuditLog(tmp_path, days=90)) as log:
            for _ in range(10):
                log.end(log.begin("ada"), Ended("quoted", 1.0))

    AuditLog(tmp_path, days=90).close()
    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (verified(tmp_path).wrong, verified(tmp_path).rows) == ("", 40)


def test_every_column_is_hashed(home: Path):
    with closing(AuditLog(home, days=90)) as log:
        for table, hashed in (("answers", audit_chain.OF_ANSWER), ("requests", audit_chain.OF_REQUEST)):
            columns = log.file.rows("SELECT name FROM pragma_table_info(?)", (table,))
            assert {name for (name,) in columns} == set(hashed.split(", "))


@pytest.fixture
def told(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FOOTNOTE_HOME", str(home))
    return home


def test_the_command_tells_what_fits(told: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["audit", "--verify"]) == 0
    first, last, *others = capsys.readouterr().out.splitlines()
    assert first == "4 rows in an unbroken chain since 2024-10-04T00:00:00.000Z."
    assert last == f"The last hash: {verified(told).last_sha256}"
    assert others == ["Outside of it: 1 question that never ended, or not yet."]
    assert main(["audit", "--verify", last.split()[-1]]) == 0
    assert main(["audit", "--verify", "0" * 64, "--json"]) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["has_known"] is False


def test_the_command_names_what_does_not_fit(told: Path, capsys: pytest.CaptureFixture[str]):
    by_hand(told, "UPDATE answers SET ms = 1 WHERE id = 2")
    assert main(["audit", "--verify"]) == 1
    said = "The audit log does not fit its chain: question 2 (link 2) was changed after it had ended.\n"
    assert capsys.readouterr().out == said


@pytest.mark.parametrize(("also", "named"), [(["--since", "2020-01-01"], "--since"), (["--sign-ins"], "--sign-ins")])
def test_the_whole_log_is_verified_or_nothing(
    told: Path, capsys: pytest.CaptureFixture[str], also: list[str], named: str
):
    assert told.exists()
    assert main(["audit", "--verify", *also]) == 2
    assert f"so {named} cannot go with it" in capsys.readouterr().err
