"""A real server with a real small model: llama.cpp's own OpenAI-compatible one, within the test's process."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from contextlib import closing

import pytest

from app.chat_doctor import examined
from app.chat_model import OpenAIChatModel, open_chat_model
from rag.errors import ModelError
from rag.prompt import messages
from rag.settings import Settings
from rag.types import Message
from rag.writing import Draft, Writer
from tests.app.local import model_file
from tests.rag.hits import a_hit

pytestmark = pytest.mark.slow
KEY = "sk-real-0123456789"
CONTEXT_TOKENS = 2048
FACTS = (
    "The lighthouse of Varn is 41 metres high and was built in 1868 from grey granite.",
    "Its lamp is visible for 23 nautical miles and turns once in twelve seconds.",
    "The keeper's house burned down in 1911 and was never rebuilt.",
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    path = model_file()
    import xllamacpp

    settings = xllamacpp.CommonParams()
    settings.model.path = str(path)
    settings.n_ctx = CONTEXT_TOKENS
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1  # two that wait for each other are slower
    settings.port = 0
    settings.api_keys = [KEY]
    settings.ui = False
    settings.verbosity = -1  # else it writes past what pytest captures
    server = xllamacpp.Server(settings)
    yield f"{server.listening_address}/v1"
    del server  # ends it


@pytest.fixture
def model(url: str) -> Iterator[OpenAIChatModel]:
    model = OpenAIChatModel(base_url=url, model="smollm2", api_key=KEY, max_tokens=40, timeout=60)
    yield model
    model.close()


def drafted(writing: Generator[str, None, Draft]) -> Draft:
    return streamed(writing)[1]


def written(model: OpenAIChatModel) -> tuple[list[str], Draft]:
    """(the texts as they came, the draft)."""
    hits = [a_hit(n, fact) for n, fact in enumerate(FACTS, start=1)]
    return streamed(Writer(model).write("How high is the lighthouse of Varn?", hits))


def streamed(writing: Generator[str, None, Draft]) -> tuple[list[str], Draft]:
    texts: list[str] = []
    while True:
        try:
            texts.append(next(writing))
        except StopIteration as end:
            return texts, end.value


def test_an_answer_streams_and_cites_nothing_but_its_passages(model: OpenAIChatModel):
    texts, draft = written(model)
    assert len(texts) > 3
    assert draft.text
    assert draft.model == "smollm2"
    assert draft.usage.prompt_tokens > 100
    assert 3 < draft.usage.completion_tokens <= 40
    assert not draft.usage.is_estimated
    assert draft.usage.reported_model
    assert {int(n) for n in re.findall(r"\[(\d+)\]", draft.text)} <= {1, 2, 3}
    assert {citation.chunk.id for citation in draft.citations} <= {1, 2, 3}
    assert draft.refused or "".join(sentence.text for sentence in draft.sentences)


def test_the_length_limit_is_told(url: str):
    with closing(OpenAIChatModel(base_url=url, model="smollm2", api_key=KEY, max_tokens=3)) as model:
        last = list(model.stream([Message("user", "Count from one to one hundred.")]))[-1]
    assert (last.finish_reason, last.completion_tokens) == ("length", 3)


def test_after_a_stop_the_next_question_is_answered(model: OpenAIChatModel):
    stopped = model.stream([Message("user", "Write a very long story.")])
    assert next(stopped).text
    stopped.close()
    following = model.stream([Message("user", "Say hello.")])
    assert next(following).text
    following.close()


def test_too_many_passages_are_told(model: OpenAIChatModel):
    with pytest.raises(ModelError, match="too long for 'smollm2': lower FOOTNOTE_TOP_K"):
        next(model.stream([Message("user", "word " * CONTEXT_TOKENS * 2)]))


def test_the_doctor_tells_what_it_is(url: str):
    (found,) = examined(Settings(chat_model="smollm2", base_url=url, api_key=KEY, max_answer_tokens=20))
    assert found.is_well, found.said
    assert (found.facts["profile"], found.facts["context_tokens"]) == ("llama.cpp", CONTEXT_TOKENS)
    assert found.facts["streams"] is True
    assert found.facts["refused"] == []
    assert 0 < found.facts["first_token_ms"] < 60_000


def test_passages_that_would_overflow_its_context_are_shortened(url: str):
    """Digits are tokens of their own here, so that 12,000 characters of them are far too many."""
    settings = Settings(chat_model="smollm2", base_url=url, api_key=KEY, max_answer_tokens=20, timeout=400)
    hits = [a_hit(n, f"Pier {n} measures 7.125 by 93.25 by 1,048.5 metres. " * 40) for n in range(1, 9)]
    with closing(open_chat_model(settings) or pytest.fail("there is none")) as model:
        with pytest.raises(ModelError, match="too long for 'smollm2'"):
            list(model.stream(messages("How long is pier 3?", hits, (), marker="5eed").messages))
        draft = drafted(Writer(model, window=model.window).write("How long is pier 3?", hits))
    assert not draft.usage.is_estimated
    assert 0.5 * CONTEXT_TOKENS < draft.usage.prompt_tokens <= CONTEXT_TOKENS - 20
    assert draft.usage.first_token_ms is not None


def test_all_that_can_be_set_is_taken(url: str):
    more = {"sample_top_k": 40, "frequency_penalty": 0.5, "presence_penalty": 0.1, "repetition_penalty": 1.1, "seed": 7}
    given = Settings(chat_model="smollm2", base_url=url, api_key=KEY, temperature=1.0, max_answer_tokens=20, **more)  # type: ignore[arg-type]
    with closing(open_chat_model(given) or pytest.fail("there is none")) as model:
        model.facts.found(patience=30)
        said = [
            "".join(delta.text for delta in model.stream([Message("user", "Tell me of the sea.")])) for _ in range(2)
        ]
        assert model.refused == []
    assert said[0] == said[1], "the seed is the same"


def test_a_wrong_key_is_told(url: str):
    with (
        closing(OpenAIChatModel(base_url=url, model="smollm2", api_key="sk-wrong")) as model,
        pytest.raises(ModelError, match="refused the key .*OPENAI_API_KEY"),
    ):
        next(model.stream([Message("user", "x")]))


def test_a_wrong_path_is_told(url: str):
    with (
        closing(OpenAIChatModel(base_url=url + "/nowhere", model="smollm2", api_key=KEY)) as model,
        pytest.raises(ModelError, match="FOOTNOTE_CHAT_MODEL, and OPENAI_BASE_URL"),
    ):
        next(model.stream([Message("user", "x")]))
