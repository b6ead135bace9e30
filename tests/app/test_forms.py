"""Answers in the form of a pydantic model, each value with its source."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from pydantic import BaseModel, Field

from app.forms import PydanticForm
from app.wiring import Workspace
from indexes.support_weights import support
from ingest.pipeline import File, Pipeline
from rag.errors import ConfigError, ModelError
from rag.forms import Filled, FormFiller
from rag.packing import Window
from rag.settings import Settings
from rag.types import Delta, Message
from rag.verification.verifier import Verifier
from tests.fake_endpoint import FakeEndpoint, says
from tests.rag.hits import a_hit

HITS = [
    a_hit(1, "The tenant of the flat is Ada Moor. The rent is 900 euros a month, and the deposit is 1,800 euros."),
    a_hit(2, "The lease begins on 1 March 2024. Pets are not allowed in the flat."),
]


class Lease(BaseModel):
    tenant: str
    rent: float = Field(gt=0)
    deposit: int | None = None
    lease_begins: date | None = None
    pets_allowed: bool | None = None
    landlord: str | None = None


class Says:
    name = "scripted"

    def __init__(self, *replies: str) -> None:
        self.replies = list(replies)
        self.requests: list[list[Message]] = []

    def stream(self, messages: Sequence[Message], *, schema: str) -> Iterator[Delta]:  # noqa: ARG002 - as is asked
        self.requests.append(list(messages))
        yield Delta(self.replies.pop(0))


def filled(*replies: str | dict[str, object]) -> Filled[Lease]:
    model = Says(*(one if isinstance(one, str) else json.dumps(one) for one in replies))
    return FormFiller(model, Verifier(support)).fill(PydanticForm(Lease), "What does the lease say?", HITS)


RIGHT = {"tenant": "Ada Moor", "rent": 900, "deposit": 1800, "lease_begins": "2024-03-01", "pets_allowed": False}


def test_every_value_has_a_source():
    found = filled(f"Here it is:\n```json\n{json.dumps(RIGHT)}\n```")
    assert found.value == Lease(
        tenant="Ada Moor", rent=900, deposit=1800, lease_begins=date(2024, 3, 1), pets_allowed=False
    )
    sources = {one.path: [found.citations[n - 1].chunk.id for n in one.citations] for one in found.fields}
    assert sources == {
        "tenant": [1], "rent": [1], "deposit": [1], "lease_begins": [2], "pets_allowed": [2], "landlord": []
    }  # fmt: skip
    assert (found.unsupported, found.notice) == ((), "")


def test_what_no_passage_says_has_none_and_is_told():
    found = filled(RIGHT | {"deposit": 1900, "landlord": "Karl Lindt", "pets_allowed": True})
    assert [one.path for one in found.unsupported] == ["deposit", "pets_allowed", "landlord"]
    assert found.notice == "No passage bears out what stands in deposit, pets_allowed, landlord."


def test_a_reply_of_another_form_is_asked_for_once_more():
    model = Says("I think the rent is high.", json.dumps(RIGHT))
    FormFiller(model, Verifier(support)).fill(PydanticForm(Lease), "What does the lease say?", HITS)
    assert "it holds no JSON object" in model.requests[1][-1].content
    with pytest.raises(ModelError, match="rent: Input should be greater than 0"):
        filled({"tenant": "Ada", "rent": -1}, {"tenant": "Ada", "rent": -1})


@pytest.mark.parametrize(("length", "n_requests"), [(30, 2), (1_000, 2), (20_000, 1)])
def test_what_is_asked_once_more_fits_or_is_not_asked(length: int, n_requests: int):
    model, window = Says("no form " * (length // 8), json.dumps(RIGHT)), Window(2_000, 500)
    many = [*HITS, *(a_hit(n, f"The door of flat {n} is red. " * 60) for n in range(3, 11))]
    filler = FormFiller(model, Verifier(support), lambda: window)
    if n_requests == 2:
        assert filler.fill(PydanticForm(Lease), "What does the lease say?", many).value is not None
    else:
        with pytest.raises(ModelError, match="replied with something else than the form: it holds no JSON object"):
            filler.fill(PydanticForm(Lease), "What does the lease say?", many)
    assert [window.holds(request) for request in model.requests] == [True] * n_requests


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999", '"NaN"'])
def test_what_is_no_number_is_no_value(value: str):
    reply = f'{{"tenant": "Ada Moor", "rent": {value}, "deposit": 1800}}'
    with pytest.raises(ModelError, match="rent: Input should be"):
        filled(reply, reply)


def test_exchanged_values_have_no_source_and_a_long_text_is_a_claim_of_its_own():
    class Notes(BaseModel):
        rent: int
        deposit: int
        about_pets: str
        about_rent: str

    told = {
        "rent": 1800,
        "deposit": 900,
        "about_pets": "In this flat pets are not allowed.",
        "about_rent": "The rent is 700 euros for each month of the year.",
    }
    found = FormFiller(Says(json.dumps(told)), Verifier(support)).fill(PydanticForm(Notes), "What is it?", HITS)
    assert [one.path for one in found.unsupported] == ["rent", "deposit", "about_rent"]
    assert [one.chunk.id for one in found.citations] == [2]


def test_thoughts_before_the_form_are_no_part_of_it():
    for thoughts in ("<think>{}</think>", "The rent is {900}.\n</think>\n\n", "[THINK]hm[/THINK]"):
        found = filled(thoughts + json.dumps(RIGHT))
        assert found.value is not None
        assert found.said == json.dumps(RIGHT)


def test_without_passages_nothing_is_filled_in():
    found = FormFiller(Says(), Verifier(support)).fill(PydanticForm(Lease), "What does the lease say?", [])
    assert (found.value, found.fields) == (None, ())


def test_nested_values_have_paths():
    class Fee(BaseModel):
        name: str
        euros: float

    class Fees(BaseModel):
        fees: list[Fee]

    said = json.dumps({"fees": [{"name": "rent", "euros": 900}, {"name": "deposit", "euros": 1800}]})
    assert list(PydanticForm(Fees).leaves(said)) == ["fees[0].name", "fees[0].euros", "fees[1].name", "fees[1].euros"]


def test_a_workspace_asks_in_a_form(tmp_path: Path):
    (tmp_path / "lease.txt").write_text(" ".join(hit.chunk.text for hit in HITS))
    with FakeEndpoint(says(json.dumps(RIGHT))) as endpoint:
        workspace = Workspace(Settings(home=tmp_path / "home", chat_model="fake", base_url=endpoint.url))
        list(Pipeline(workspace.library, "default").add([File(tmp_path / "lease.txt", "lease.txt")]))
        found = workspace.ask_in_form("What does the lease say?", Lease)
        workspace.close()
    assert found.value is not None
    assert found.value.rent == 900
    assert {one.path for one in found.fields if one.citations} == RIGHT.keys()
    assert "JSON schema" in endpoint.requests[0]["messages"][0]["content"]


def test_without_a_chat_model_no_form_is_filled_in(tmp_path: Path):
    workspace = Workspace(Settings(home=tmp_path))
    with pytest.raises(ConfigError, match="FOOTNOTE_CHAT_MODEL"):
        workspace.ask_in_form("What does the lease say?", Lease)
    workspace.close()
