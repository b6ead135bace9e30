"""Optional parameters reach the endpoint, and those that it refuses are left out from then on."""

from __future__ import annotations

import pytest

from tests.app.chatting import chat, said
from tests.fake_endpoint import answers, says


def test_options_and_no_key():
    with chat(says("x"), api_key="", top_p=0.9, temperature=0.5, max_tokens=7) as (model, endpoint):
        said(model)
    assert [endpoint.requests[0][name] for name in ("top_p", "temperature", "max_tokens")] == [0.9, 0.5, 7]


@pytest.mark.parametrize(
    ("reason", "left_out", "added"),
    [
        ("Unknown parameter: 'stream_options'.", "stream_options", None),
        ("'max_tokens' is not supported with this model.", "max_tokens", "max_completion_tokens"),
        ("Unsupported value: 'temperature' does not support 0.", "temperature", None),
        ("bad request", "stream_options", None),
    ],
)
def test_an_option_that_is_refused_is_left_out_from_then_on(reason: str, left_out: str, added: str | None):
    waits: list[float] = []
    with chat(answers(400, {"error": {"message": reason}}), says("ok"), sleep=waits.append) as (model, endpoint):
        assert said(model)[0] == said(model)[0] == "ok"
    assert [left_out in request for request in endpoint.requests] == [True, False, False]
    assert added is None or endpoint.requests[1][added] == 512
    assert waits == []
