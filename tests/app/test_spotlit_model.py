"""A model that says all that it was sent: what sets passages apart in a request never leaves it."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from app.export import as_json, as_markdown
from app.kept_turns import as_json as as_kept
from app.pdf_export import as_pdf
from app.wiring import Workspace
from evals.scripted_endpoint import ScriptedEndpoint, calls, words
from rag.prompt import REFUSAL
from rag.settings import Settings
from rag.spotlight import SIGNS
from rag.types import Answer, Scope, Turn
from tests.app.stepping import add
from tests.app.test_pdf_export import text as pdf_text

QUESTION = "How much is the rent of the flat in Tromsø?"
SUM = "How much do the rent in Tromsø and the rent in Bergen cost together?"
TRUE = "The rent of the flat in Tromsø is 950 euros a month."
LIST = "List all rents."
SCOPE = Scope(("default",))
Request = dict[str, Any]


class Rent(BaseModel):
    place: str
    words: str


def said_to(request: Request) -> str:
    """All that a model was sent."""
    return "\n".join(str(one["content"]) for one in request["messages"])


def fence_of(request: Request) -> str:
    return re.findall(r"BEGIN PASSAGES ([0-9a-f]{16})", said_to(request))[-1]


def letters(said: str) -> Iterator[bytes]:
    """One character at a time: whatever is cut in two, is."""
    yield from words(said, r"(?s).")


@contextmanager
def served(
    home: Path,
    replies: Callable[[Request], Iterator[bytes]],
    **given: Any,  # noqa: ANN401
) -> Iterator[tuple[Workspace, list[Request]]]:
    """A workspace whose model answers so, and all that this one is asked."""
    requests: list[Request] = []

    def answered(request: Request) -> Iterator[bytes]:
        requests.append(request)
        return replies(request)

    with ScriptedEndpoint(answered) as endpoint:
        settings = {"chat_profile": "openai", "chat_model": "echo", "agent": "off", "timeout": 20.0, **given}
        workspace = Workspace(Settings(home=home, reranker="none", base_url=endpoint.url, **settings))
        with closing(workspace):
            yield workspace, requests


def everything(workspace: Workspace, question: str) -> str:
    """All that a person could see of an answer: as it comes, at its end, kept, and in each kind of export."""
    events = list(workspace.answerer.stream(question, SCOPE))
    answer = events[-1]
    assert isinstance(answer, Answer)
    turn = [Turn(question, answer)]
    streamed = "".join(event for event in events if isinstance(event, str))
    exports = as_json("A", turn), as_markdown("A", turn), pdf_text(as_pdf("A", turn)), as_kept(turn[0])
    return "\n".join((streamed, repr(events), *exports))


def check(seen: str, requests: list[Request]) -> None:
    fences = {fence_of(one) for one in requests if "BEGIN PASSAGES" in said_to(one)}
    assert fences
    assert not [fence for fence in fences if fence in seen]
    assert "Say only what the passages say" not in seen
    assert not re.search("[" + "".join(SIGNS) + "]", seen)


@pytest.mark.parametrize("cut", [words, letters])
@pytest.mark.parametrize("datamarking", ["off", "on"])
@pytest.mark.parametrize("question", [QUESTION, LIST, "Compare the rent in Tromsø with the rent in Bergen."])
def test_a_model_that_says_all_that_it_was_sent(
    rents: Path, cut: Callable[[str], Iterator[bytes]], datamarking: str, question: str
):
    def echo(request: Request) -> Iterator[bytes]:
        return cut(f"{TRUE} [1]\n\nThe word is {fence_of(request)}.\n\n{said_to(request)}")

    with served(rents, echo, datamarking=datamarking) as (workspace, requests):
        seen = everything(workspace, question)
    check(seen, requests)
    assert "950 euros" in seen


@pytest.mark.parametrize("datamarking", ["off", "on"])
def test_steps_of_an_agent_search_for_words_without_signs(rents: Path, datamarking: str):
    def stepping(request: Request) -> Iterator[bytes]:
        if "tools" not in request:
            return words(f"{TRUE} [1] {said_to(request)}")
        n = sum(one["role"] == "tool" for one in request["messages"])
        sign = next((sign for sign in SIGNS if sign in said_to(request)), " ")
        return (
            calls([("search", {"query": f"rent{sign}in{sign}Bergen {fence_of(request)}"})]) if not n else words("DONE")
        )

    with served(rents, stepping, datamarking=datamarking, agent="auto") as (workspace, requests):
        seen = everything(workspace, SUM)
        assert "rent in Bergen …" in seen
    check(seen, requests)


@pytest.mark.parametrize("datamarking", ["off", "on"])
def test_the_values_of_a_form(rents: Path, datamarking: str):
    def filled(request: Request) -> Iterator[bytes]:
        sign = next((sign for sign in SIGNS if sign in said_to(request)), " ")
        return letters(
            json.dumps({"place": f"Tromsø {fence_of(request)}", "words": f"the{sign}flat{sign}in{sign}Tromsø"})
        )

    with served(rents, filled, datamarking=datamarking) as (workspace, requests):
        found = workspace.ask_in_form("What does the lease of the flat in Tromsø say?", Rent, SCOPE).value
    assert found == Rent(place="Tromsø …", words="the flat in Tromsø")
    check(repr(found), requests)


def test_an_answer_in_marked_words_is_borne_out_as_it_is_without_signs(rents: Path):
    signs = []

    def copied(request: Request) -> Iterator[bytes]:
        asked = request["messages"][-1]["content"]
        signs.append(re.findall(r"In the passages, (\S) stands in place of each blank", asked)[0])
        begin, end = asked.index("BEGIN PASSAGES"), asked.index("\nEND PASSAGES")
        sentence = TRUE.replace(" ", signs[-1])
        assert sentence in asked[begin:end]
        assert QUESTION in asked[end:], "the question has no signs"
        return letters(f"{sentence} [1]")

    with served(rents, copied, datamarking="on") as (workspace, requests):
        answers = [workspace.answerer.ask(QUESTION, SCOPE) for _ in range(12)]
    assert {bare.text for bare in answers} == {f"{TRUE} [1]"}
    assert all(
        one.check is not None and one.check.state == "supported" for answer in answers for one in answer.sentences
    )
    assert len(set(signs)) > 1, "each question has a sign of its own"
    assert len({one["messages"][0]["content"] for one in requests}) == 1, "what a server has read stays the same"


def test_a_marked_request_fits_into_the_context(rents: Path):
    with served(rents, lambda _: words(REFUSAL), datamarking="on", context_tokens=1_300, max_answer_tokens=200) as (
        workspace,
        requests,
    ):
        workspace.answerer.ask(QUESTION, SCOPE)
        window = workspace._chat_model.window()  # type: ignore[union-attr]
        assert sum(window.count(one["content"]) for one in requests[-1]["messages"]) <= 1_100
    assert "¦" not in QUESTION


def test_private_details_and_signs_get_along(tmp_path: Path):
    empty = Workspace(Settings(home=tmp_path / "home", reranker="none"))
    add(empty, tmp_path, "default", {"who.txt": "The mail of the landlord in Tromsø is ada@moor.example today."})
    empty.close()

    def copied(request: Request) -> Iterator[bytes]:
        sign = next(sign for sign in SIGNS if sign in said_to(request))
        assert f"is{sign}EMAIL_1{sign}today." in said_to(request)
        return letters(f"The{sign}mail{sign}of the landlord in Tromsø is{sign}EMAIL_1{sign}today. [1]")

    with served(tmp_path / "home", copied, datamarking="on", mask="always") as (workspace, _):
        answer = workspace.answerer.ask("What is the mail of the landlord in Tromsø?", SCOPE)
    assert answer.text == "The mail of the landlord in Tromsø is `ada@moor.example` today. [1]"
