"""Trouble with the audit log, of whatever kind, costs no answer; and usage that nobody can have is not kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexes.audit_log import AuditLog
from rag.errors import StoreError
from tests.app.recording_home import QUESTION, asking
from tests.fake_endpoint import DONE, event, says, streams, usage

WRITTEN = says("It is 41 metres high. [1]")


def test_usage_that_no_request_can_have_costs_no_answer_and_is_estimated(tmp_path: Path):
    stream = streams(event("It is 41 metres high. [1]", finish_reason="stop"), usage(10**20, True), DONE)
    with asking(tmp_path, stream) as (workspace, _):
        answer = workspace.answerer.ask(QUESTION)
        (row,) = workspace.audit.rows()
    assert answer.usage is not None
    assert (answer.usage.is_estimated, answer.usage.prompt_tokens < 10_000) == (True, True)
    assert (row["outcome"], row["requests"][0]["prompt_tokens"]) == ("written", answer.usage.prompt_tokens)


@pytest.mark.parametrize("error", [OverflowError("Python int too large"), RuntimeError("boom")])
def test_no_trouble_with_the_log_is_unforeseen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception):
    def fails(*_: object) -> None:
        raise error

    with asking(tmp_path, WRITTEN) as (workspace, _):
        monkeypatch.setattr(AuditLog, "sent", fails)
        answer = workspace.answerer.ask(QUESTION)
    assert answer.model == "tiny"
    assert str(error) in answer.notice


def test_a_number_that_the_log_cannot_hold_is_trouble_with_it(tmp_path: Path):
    with pytest.raises(StoreError, match="cannot be used"):
        AuditLog(tmp_path, days=1).file.insert("answers", {"at": 10**20, "user": "ada"})
