"""Tools offered to an endpoint that does not say whether it takes any; over real sockets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.stepping import SUM, Asked, kinds, search, with_texts
from tests.fake_endpoint import Reply, answers, calls, says

PARTS = says("What is the rent in Tromsø?\nWhat is the rent in Bergen?")
WRITTEN = says("The rent in Tromsø is 950 euros [1].")
REFUSED = answers(400, {"error": {"message": "this model does not support tools"}})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return with_texts(tmp_path / "home")


def asked(home: Path, *replies: Reply, **settings: str) -> Asked:
    return Asked(home, *replies, **{"profile": "auto", "agent": "try", **settings})


def offers(one: Asked) -> list[bool]:
    """Whether each request offered tools."""
    return ["tools" in request for request in one.endpoint.requests]


@pytest.mark.parametrize("status", [400, 422, 500])
def test_an_endpoint_that_refuses_is_asked_for_the_parts_and_nobody_is_told(home: Path, status: int):
    refused = answers(status, {"error": {"message": "this model does not support tools"}})
    with asked(home, refused, PARTS, WRITTEN, PARTS, WRITTEN) as one:
        for _ in range(2):
            answer = one.ask(SUM)
            assert answer.text.startswith("The rent in Tromsø is 950 euros")
            assert answer.notice == ""
            assert kinds(answer) == ["search"] * 3
        assert offers(one) == [True, False, False, False, False]


def test_a_refusal_of_tools_that_are_known_to_be_taken_is_told(home: Path):
    with asked(home, REFUSED, PARTS, WRITTEN, profile="openai") as one:
        assert "takes no tools" in one.ask(SUM).notice


def test_one_that_never_calls_is_asked_for_the_parts_and_soon_offered_none(home: Path):
    with asked(home, *[says("DONE"), PARTS, WRITTEN] * 2, PARTS, WRITTEN) as one:
        for _ in range(3):
            answer = one.ask(SUM)
            assert (answer.notice, kinds(answer)) == ("", ["search"] * 3)
        assert offers(one) == [True, False, False] * 2 + [False, False]


def test_one_that_calls_takes_tools_from_then_on(home: Path):
    by_tools = calls(search("rent in Bergen")), says("DONE"), WRITTEN
    with asked(home, *by_tools, *[says("DONE"), WRITTEN] * 3) as one:
        assert kinds(one.ask(SUM)) == ["search"] * 2
        for _ in range(3):
            assert kinds(one.ask(SUM)) == ["search"]
        assert offers(one) == [True, True, False] + [True, False] * 3


def test_none_are_offered_unless_they_are_to_be_tried(home: Path):
    with asked(home, PARTS, WRITTEN, agent="auto") as one:
        assert kinds(one.ask(SUM)) == ["search"] * 3
        assert offers(one) == [False, False]
