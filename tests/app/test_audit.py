"""Every question leaves a row, with as much of it as the settings say, and no trouble with that reaches an answer."""

from __future__ import annotations

import json
import os
import subprocess
import time
from hashlib import sha256
from pathlib import Path

import pytest

from app.cli import main
from app.wiring import Workspace
from indexes.audit_file import NAME
from indexes.audit_log import DAY_S, AuditLog, midnight
from indexes.sign_in_log import SignInLog
from ingest.backup import back_up
from ingest.restore import restore_to
from rag.errors import InputError
from rag.types import Answer, Turn
from tests.app.recording_home import QUESTION, TEXT, asking
from tests.fake_endpoint import DONE, FakeEndpoint, answers, event, says, streams, usage

WRITTEN = says("It is 41 metres high. [1]")
SECRETS = {
    "openai": "sk-proj-AbCdEfGhIjKlMnOpQrStUv",
    "anthropic": "sk-ant-api03-AbCdEfGhIjKlMnOp",
    "aws": "AKIAIOSFODNN7EXAMPLE",
    "github": "ghp_0123456789abcdefghijABCDEFGHIJ012345",
    "github fine": "github_pat_11ABCDEFG0123456789_abcdef",
    "gitlab": "glpat-abcdefghij0123456789",
    "hugging face": "hf_abcdefghijklmnopqrstuvwx",
    "slack": "xoxb-123456789012-abcdefghijkl",
    "google": "AIzaSyA-0123456789abcdefghijklmnopqrstu",
    "stripe": "sk_live_0123456789abcdefghij",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    "header": "Bearer abcdefghijklmnopqrstuvwxyz",
    "address": "https://admin:hunter2hunter2@example.org/",
}


def rows(workspace: Workspace, word: str = "") -> list[dict]:
    return list(workspace.audit.rows(word=word))


def sent_sha256(endpoint: FakeEndpoint, number: int = 0) -> str:
    spoken = json.dumps(endpoint.requests[number]["messages"], ensure_ascii=False, separators=(",", ":"))
    return sha256(spoken.encode()).hexdigest()


def test_a_written_answer_leaves_its_numbers_and_hashes_and_no_words(tmp_path: Path):
    stream = streams(
        event("It is 41 metres high. [1]", model="tiny-1"), event(finish_reason="stop"), usage(200, 9), DONE
    )
    before = time.time()
    with asking(tmp_path, stream) as (workspace, endpoint):
        answer = workspace.answerer.ask(QUESTION, user="ada")
        (row,) = rows(workspace)
        (document,) = [workspace.library.catalogue.document(1)]
        held = (tmp_path / NAME).read_bytes() + (tmp_path / f"{NAME}-wal").read_bytes()
    assert abs(time.mktime(time.strptime(row["at"][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone - before) < 60
    assert (row["user"], row["outcome"], row["model"], row["reported_model"]) == ("ada", "written", "tiny", "tiny-1")
    assert row["question_sha256"] == sha256(QUESTION.encode()).hexdigest()
    assert row["answer_sha256"] == sha256(answer.text.encode()).hexdigest()
    assert row["sentences"] == {"supported": 1}
    sampling = {"temperature": 0.0, "top_p": 1.0, "sample_top_k": 0, "max_answer_tokens": 512, "frequency_penalty": 0.0}
    sampling |= {"presence_penalty": 0.0, "repetition_penalty": 1.0, "seed": "auto"}
    assert row["settings"] == {"audit": "hashes", "audit_days": 90, "mask": "remote", "sampling": sampling}
    assert row["ms"] > 0
    cited = answer.citations[0]
    assert row["cited"] == [{"document": 1, "sha256": document.sha256, "start": cited.start, "end": cited.end}]
    (request,) = row["requests"]
    assert request["sent_sha256"] == sent_sha256(endpoint)
    assert request["returned_sha256"] == sha256(b"It is 41 metres high. [1]").hexdigest()
    assert (request["prompt_tokens"], request["completion_tokens"], request["is_estimated"]) == (200, 9, 0)
    assert (request["cost"], request["ended"]) == (None, "stop")
    assert (row["question"], row["answer"]) == ("", "")
    assert b"lighthouse" not in held
    assert b"41 metres" not in held


def test_quoted_and_refused_answers_leave_rows(tmp_path: Path):
    with asking(tmp_path) as (workspace, _):
        workspace.answerer.ask(QUESTION)
        workspace.answerer.ask("Who won the chess championship of 1972?")
        with pytest.raises(InputError):
            workspace.answerer.ask("  ")
        found = rows(workspace)
    assert [(row["outcome"], row["requests"], row["model"]) for row in found] == [
        ("quoted", [], ""),
        ("refused", [], ""),
    ]
    assert found[0]["sentences"] == {"quoted": 1}
    assert found[1]["cited"] == []


def test_texts_are_kept_when_asked_for_and_found_by_a_word(tmp_path: Path):
    with asking(tmp_path, WRITTEN, audit="texts") as (workspace, _):
        workspace.answerer.ask(QUESTION)
        workspace.answerer.ask("Who lives in it?")
        assert [row["question"] for row in rows(workspace, "LIGHTHOUSE OF")] == [QUESTION]
        assert [row["question"] for row in rows(workspace, "Who lives in it?")] == ["Who lives in it?"]
        assert rows(workspace, "note.txt")[0]["cited"][0]["source"] == "note.txt"
        assert not rows(workspace, "nothing of the kind")


def test_a_question_is_found_by_its_hash_alone(tmp_path: Path):
    with asking(tmp_path) as (workspace, _):
        workspace.answerer.ask(QUESTION)
        assert len(rows(workspace, QUESTION)) == 1
        assert not rows(workspace, "lighthouse")


def test_off_keeps_counts_alone(tmp_path: Path):
    with asking(tmp_path, WRITTEN, audit="off") as (workspace, _):
        workspace.answerer.ask(QUESTION)
        (row,) = rows(workspace)
    (request,) = row["requests"]
    assert (row["outcome"], request["prompt_tokens"], request["model"]) == ("written", 11, "tiny")
    assert not any((row["question_sha256"], row["answer_sha256"], row["cited"], row["scope"]))
    assert not any((request["sent_sha256"], request["returned_sha256"]))


@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_gets_into_the_log(tmp_path: Path, name: str):
    secret, key = SECRETS[name], "my-own-key-without-a-known-form"
    with asking(tmp_path, says(f"It is 41 metres high, {secret} says {key}. [1]"), audit="texts", api_key=key) as (
        workspace,
        _,
    ):
        workspace.answerer.ask(f"{QUESTION} {secret} {key}")
        (row,) = rows(workspace)
        held = (tmp_path / NAME).read_bytes() + (tmp_path / f"{NAME}-wal").read_bytes()
    assert row["question"].startswith(QUESTION)
    assert secret.removeprefix("https://").removeprefix("Bearer ").split("@")[0].encode() not in held
    assert key.encode() not in held


@pytest.mark.parametrize("setting", ["api_key", "anthropic_key", "fallback_key"])
def test_the_key_of_every_endpoint_is_a_secret(tmp_path: Path, setting: str):
    key = "my-own-key-without-a-known-form"
    with asking(tmp_path, WRITTEN, audit="texts", **{setting: key}) as (workspace, _):
        workspace.answerer.ask(f"{QUESTION} {key}")
        (row,) = rows(workspace)
    assert key not in str(row)


def test_requests_about_what_to_search_for_count_too(tmp_path: Path):
    earlier = Turn(QUESTION, Answer(QUESTION, TEXT, (), (), (), trace=None))  # type: ignore[arg-type]
    with asking(tmp_path, says("How high is the lighthouse of Varn?"), WRITTEN) as (workspace, endpoint):
        workspace.answerer.ask("How high is it?", history=[earlier])
        (row,) = rows(workspace)
    assert [request["sent_sha256"] for request in row["requests"]] == [sent_sha256(endpoint, n) for n in (0, 1)]


def test_what_breaks_off_or_is_stopped_is_kept_as_that(tmp_path: Path):
    with asking(tmp_path, streams(event("It is 41"), ends=False)) as (workspace, _):
        workspace.answerer.ask(QUESTION)
        (cut,) = rows(workspace)
    assert (cut["outcome"], cut["requests"][0]["ended"], cut["requests"][0]["is_estimated"]) == ("written", "cut", 1)
    assert cut["requests"][0]["prompt_tokens"] > 100
    with asking(tmp_path, streams(event("It is 41 metres high."), 5.0, DONE)) as (workspace, _):
        events = workspace.answerer.stream(QUESTION)
        while not isinstance(next(events), str):
            pass
        events.close()
        stopped = rows(workspace)[-1]
    assert (stopped["outcome"], stopped["requests"][0]["ended"]) == ("stopped", "cut")
    assert stopped["answer_sha256"] == ""
    with asking(tmp_path, answers(401)) as (workspace, _):
        assert workspace.answerer.ask(QUESTION).citations
        failed = rows(workspace)[-1]
    assert (failed["outcome"], failed["requests"][0]["ended"], failed["requests"][0]["prompt_tokens"]) == (
        "quoted",
        "failed",
        0,
    )


def test_what_is_old_is_deleted_and_overwritten(tmp_path: Path):
    with asking(tmp_path, audit="texts") as (workspace, _):
        workspace.answerer.ask("Is the PLANTED-WORD high?")
    log = AuditLog(tmp_path, days=90, clock=lambda: time.time() + 89 * DAY_S)
    assert log.sweep() == 0
    log.clock = lambda: time.time() + 91 * DAY_S
    assert log.sweep() == 1
    assert not list(log.rows())
    assert b"PLANTED-WORD" not in b"".join(path.read_bytes() for path in tmp_path.glob(f"{NAME}*"))
    log.close()


def test_a_thousand_old_rows_go_and_new_ones_stay(tmp_path: Path):
    log = AuditLog(tmp_path, days=1, clock=lambda: 1e9)
    for _ in range(1_100):
        log.begin("local")
    log.clock = lambda: 1e9 + 2 * DAY_S
    kept = log.begin("local")
    assert log.sweep() == 1_100
    assert [row["id"] for row in log.rows()] == [kept]
    log.close()


@pytest.mark.parametrize("damage", ["full", "damaged", "newer", "folder"])
def test_a_log_that_cannot_be_used_is_told_once_and_costs_no_answer(tmp_path: Path, damage: str):
    with asking(tmp_path) as (workspace, _):
        workspace.audit.close()
        path = tmp_path / NAME
        if damage == "damaged":
            path.write_bytes(b"This is no database. " * 100)
        elif damage == "folder":
            path.mkdir()
        else:
            workspace.audit.begin("local")
            sql = "PRAGMA max_page_count = 1" if damage == "full" else "PRAGMA user_version = 99"
            workspace.audit.file.change(sql)
            if damage == "newer":
                workspace.audit.close()
            else:  # until the page that is there is full
                with pytest.raises(Exception, match="full: make room"):
                    while True:
                        workspace.audit.begin("local")
        first, second = workspace.answerer.ask(QUESTION), workspace.answerer.ask(QUESTION)
    assert first.citations
    assert path.name in first.notice
    assert first.notice.endswith("So the audit log lacks this answer, and may lack later ones.")
    assert second.citations
    assert not second.notice


def test_processes_share_the_log(tmp_path: Path):
    logs = [AuditLog(tmp_path, days=1) for _ in range(3)]
    numbers = [log.begin("local") for _ in range(20) for log in logs]
    assert len(set(numbers)) == 60
    assert len(list(logs[0].rows())) == 60
    for log in logs:
        log.close()


def test_a_row_takes_no_time_that_anybody_notices(tmp_path: Path):
    log = AuditLog(tmp_path, days=1)
    log.begin("local")
    took = []
    for _ in range(50):
        start = time.perf_counter()
        log.begin("local")
        took.append(time.perf_counter() - start)
    log.close()
    assert min(took) < 0.005


def test_backups_leave_the_log_out_and_a_restore_leaves_it_where_it_is(tmp_path: Path):
    home = tmp_path / "home"
    with asking(home) as (workspace, _):
        workspace.answerer.ask(QUESTION)
        back_up(workspace.library, tmp_path / "library.backup")
    restore_to(home, tmp_path / "library.backup", replace=True)
    restore_to(tmp_path / "other", tmp_path / "library.backup")
    assert not (tmp_path / "other" / NAME).exists()
    with asking(home) as (workspace, _):
        assert [row["outcome"] for row in rows(workspace)] == ["quoted"]


def test_others_cannot_read_it(tmp_path: Path):
    AuditLog(tmp_path, days=1).begin("local")
    assert {oct(path.stat().st_mode & 0o777) for path in tmp_path.glob(f"{NAME}*")} == {"0o600"}


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home in which one question was asked."""
    with asking(tmp_path, WRITTEN, audit="texts") as (workspace, _):
        workspace.answerer.ask(QUESTION)
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    return tmp_path


def test_the_command_line_shows_and_finds(asked: Path, capsys: pytest.CaptureFixture[str]):
    assert asked.exists()
    assert main(["audit"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    for part in ("local  written", "tiny  1 request, 12 tokens, cost unknown  1 supported", QUESTION):
        assert part in line
    assert main(["audit", "--json", "--search", "varn"]) == 0
    assert json.loads(capsys.readouterr().out)["question"] == QUESTION
    assert main(["audit", "--since", "2999-01-01"]) == 0
    assert capsys.readouterr().out == "Nothing of the kind was asked here.\n"


def test_the_command_line_deletes_what_is_older_but_nothing_of_today(asked: Path, capsys: pytest.CaptureFixture[str]):
    assert asked.exists()
    assert main(["audit", "--delete-before", "2999-01-01"]) == 2
    assert "counts towards today's budgets" in capsys.readouterr().err
    log = AuditLog(asked, days=90)
    log.file.change("UPDATE answers SET at = ?", (midnight(time.time()) - 1,))
    log.close()
    assert main(["audit", "--delete-before", time.strftime("%Y-%m-%d", time.gmtime())]) == 0
    assert capsys.readouterr().out.startswith("Deleted 1 question from before ")
    with pytest.raises(SystemExit):
        main(["audit", "--since", "yesterday"])
    assert "must be a date such as" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("also", "named"),
    [
        (["--search", "varn"], "--search"),
        (["--search", ""], "--search"),
        (["--since", "2020-01-01"], "--since"),
        (["--since", "1970-01-01"], "--since"),
        (["--sign-ins"], "--sign-ins"),
        (["--search", "varn", "--since", "2020-01-01"], "--since and --search"),
    ],
)
def test_a_deletion_that_names_rows_deletes_none(
    asked: Path, capsys: pytest.CaptureFixture[str], also: list[str], named: str
):
    log = AuditLog(asked, days=90)
    log.file.change("UPDATE answers SET at = ?", (midnight(time.time()) - 1,))
    today = time.strftime("%Y-%m-%d", time.gmtime())
    assert main(["audit", *also, "--delete-before", today]) == 2
    assert f"so {named} cannot go with it" in capsys.readouterr().err
    assert len(list(log.rows())) == 1
    log.close()
    assert main(["audit", "--json", "--delete-before", today]) == 0
    assert json.loads(capsys.readouterr().out) == {"deleted": 1}


@pytest.fixture
def closed_home(asked: Path) -> Path:
    """The same on a disk that is mounted for reading alone."""
    mount = ["mount", "--bind", str(asked), str(asked)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    subprocess.run(["mount", "-o", "remount,ro,bind", str(asked)], check=True)  # noqa: S607
    yield asked
    subprocess.run(["umount", "--lazy", str(asked)], check=True)  # noqa: S607


def test_a_closed_home_answers_shows_its_log_and_goes_on_in_memory(
    closed_home: Path, capsys: pytest.CaptureFixture[str]
):
    with asking(closed_home) as (workspace, _):
        answer = workspace.answerer.ask(QUESTION)
        assert answer.citations
        assert not answer.notice
        assert [row["outcome"] for row in rows(workspace)] == ["written", "quoted"]
    assert main(["audit"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert main(["audit", "--delete-before", "2020-01-01"]) == 2
    assert "is closed to writing" in capsys.readouterr().err


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_log_of_a_former_version_is_taken_on(tmp_path: Path, version: int):
    log = AuditLog(tmp_path, days=90)
    log.begin("ann")
    log.file.change("DROP TABLE sign_ins")
    if version == 1:
        log.file.change("ALTER TABLE answers DROP COLUMN steps")
    log.file.change(f"PRAGMA user_version = {version}")
    log.close()
    again = AuditLog(tmp_path, days=90)
    again.begin("ben")
    SignInLog(again.file).add("ben", "signed in")
    assert [(row["user"], row["steps"]) for row in again.rows()] == [("ann", []), ("ben", [])]
    assert [row["user"] for row in SignInLog(again.file).all()] == ["ben"]
    again.close()


@pytest.mark.parametrize(("audit", "is_told"), [("hashes", True), ("off", True), ("texts", False)])
def test_a_search_that_finds_nothing_says_what_is_searched(
    tmp_path: Path, audit: str, is_told: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    with asking(tmp_path, audit=audit) as (workspace, _):
        workspace.answerer.ask(QUESTION)
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    monkeypatch.setenv("FOOTNOTE_AUDIT", audit)
    for options in ([], ["--json"]):
        assert main(["audit", "--search", "nowhere", *options]) == 0
        told = capsys.readouterr().err
        assert ("FOOTNOTE_AUDIT=texts" in told) == is_told
    assert main(["audit", "--search", QUESTION]) == 0
    assert bool(capsys.readouterr().err) == (audit == "off")
