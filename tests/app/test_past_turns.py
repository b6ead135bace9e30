"""Earlier answers are told to a chat model no more once their documents are gone, or not for this person any more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.past_turns import GONE
from app.personal import PersonalWorkspace
from app.wiring import Workspace
from indexes.access import Visibility
from rag.rights import Person, Role
from rag.settings import Settings
from rag.types import Answer, Scope, Turn
from tests.app.stepping import add
from tests.fake_endpoint import FakeEndpoint, says

ANNA, BEN = Person("anna", Role.EDITOR), Person("ben", Role.READER)
FIRST, NEXT = "How much is the rent of the flat in Oslo?", "And how much is the rent of the flat in Bergen?"
SCOPE = Scope(("team", "default"))


@pytest.mark.parametrize("n_between", [0, 4], ids=["whole", "in short"])
@pytest.mark.parametrize("what", ["kept", "changed", "removed", "not shared"])
def test_words_of_documents_that_are_gone_are_not_told(tmp_path: Path, what: str, n_between: int):
    replies = says("The rent of the flat in Oslo is 7777 euros a month. [1]"), says("It is 1120 euros a month. [1]")
    with FakeEndpoint(*replies) as endpoint:
        given = {"chat_model": "tiny", "base_url": endpoint.url, "agent": "off", "chat_profile": "openai"}
        workspace = Workspace(Settings(home=tmp_path / "home", reranker="none", **given))
        add(workspace, tmp_path, "team", {"oslo.md": "# Oslo\n\nThe rent of the flat in Oslo is 7777 euros a month."})
        add(workspace, tmp_path, "default", {"bergen.md": "The rent of the flat in Bergen is 1120 euros a month."})
        catalogue = workspace.library.catalogue
        catalogue.access.give("team", ANNA.name)
        catalogue.access.show_to("team", Visibility.PRIVATE)
        catalogue.access.share("team", BEN.name)
        mine = PersonalWorkspace(workspace, BEN).answerer
        first = mine.ask(FIRST, SCOPE)
        assert "7777" in first.text
        if what == "removed":
            catalogue.remove(first.citations[0].chunk.document_id)
        elif what == "changed":
            add(workspace, tmp_path, "team", {"oslo.md": "# Oslo\n\nThe rent of the flat in Oslo is 8000 euros now."})
        elif what == "not shared":
            catalogue.access.unshare("team", BEN.name)
        others = [Turn("Who are you?", Answer("Who are you?", "A program.", (), (), (), first.trace))] * n_between
        mine.ask(NEXT, SCOPE, (Turn(FIRST, first), *others))
        told = json.dumps(endpoint.requests[-1]["messages"])
        workspace.close()
    is_told = what in {"kept", "changed"}
    assert ("7777" in told) is is_told
    assert FIRST in told
    assert (GONE in told) is (not is_told and not n_between)
