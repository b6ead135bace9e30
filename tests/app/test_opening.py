"""The settings tell what kind of chat model is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.chat_model import OpenAIChatModel
from app.chat_profiles import profile_of
from app.local_model import LocalChatModel
from app.opening import open_model
from rag.settings import Settings
from tests.app.local import model_file


@pytest.mark.parametrize(
    ("given", "profile"),
    [
        (Settings(chat_model="/models/a.gguf"), "gguf"),
        (Settings(chat_model="~/a.gguf", base_url="http://127.0.0.1:1/v1"), "gguf"),
        (Settings(chat_model="./a.gguf"), "gguf"),
        (Settings(chat_model="models/a", chat_profile="gguf"), "gguf"),
        (Settings(chat_model="a.gguf", base_url="http://127.0.0.1:1/v1"), "compatible"),
        (Settings(chat_model="owner/a.gguf", base_url="http://127.0.0.1:1/v1"), "compatible"),
        (Settings(chat_model="/models/a.gguf", chat_profile="llama.cpp"), "llama.cpp"),
        (Settings(chat_model="gpt-4o"), "openai"),
    ],
)
def test_the_profile(given: Settings, profile: str):
    assert profile_of(given).name == profile


def test_each_kind_is_opened_by_its_adapter():
    assert open_model(Settings()) is None
    assert isinstance(open_model(Settings(chat_model="gpt-4o")), OpenAIChatModel)
    local = open_model(Settings(chat_model=str(model_file())))
    assert isinstance(local, LocalChatModel)
    assert local.window().context_tokens == 8192
    local.close()


@pytest.mark.parametrize(
    ("given", "length"), [({}, 8192), ({"context_tokens": 2000}, 2000), ({"context_tokens": 99_999}, 8192)]
)
def test_the_context_of_a_file(given: dict[str, int], length: int):
    local = LocalChatModel(Settings(chat_model=str(model_file()), chat_threads=3, **given))  # type: ignore[arg-type]
    assert (local.server.model.context_tokens, local.server.model.threads) == (length, 3)


def test_a_file_that_is_not_there_is_no_fault_before_it_is_asked(tmp_path: Path):
    local = open_model(Settings(chat_model=str(tmp_path / "gone.gguf")))
    assert local is not None
    assert local.facts.found(patience=5).profile.name == "gguf"
    local.close()
