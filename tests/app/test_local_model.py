"""A real small model from a file: its process starts, is shared, dies, comes back and ends with the app."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.chat_doctor import examined
from app.llama_process import Gguf, LlamaProcess, Place
from app.local_model import LocalChatModel
from app.local_server import LocalServer
from app.opening import open_model
from app.wiring import Workspace
from ingest.pipeline import File, Pipeline
from rag.errors import ModelError, Unavailable
from rag.settings import Settings
from rag.types import Message
from tests.app.local import is_running, model_file
from tests.fake_endpoint import FakeEndpoint, hangs_up, says
from tests.ingest.working import until

pytestmark = pytest.mark.slow
HELLO = [Message("user", "Say hello.")]
ROOT = Path(__file__).parents[2]


def settings(**given: object) -> Settings:
    """One thread: two that wait for each other are slower where the tests share their cores."""
    return Settings(**{"chat_model": str(model_file()), "max_answer_tokens": 12, "chat_threads": 1, **given})  # type: ignore[arg-type]


@pytest.fixture
def model() -> Iterator[LocalChatModel]:
    model = open_model(settings())
    assert isinstance(model, LocalChatModel)
    yield model
    model.close()


def said(model: LocalChatModel) -> str:
    return "".join(delta.text for delta in model.stream(HELLO))


def pid_of(model: LocalChatModel) -> int:
    process = model.server._process
    assert process is not None
    return process._process.pid


def test_a_question_is_answered_and_the_process_is_gone_after_close(model: LocalChatModel):
    assert model.server._process is None, "nothing is loaded before it is asked"
    deltas = list(model.stream(HELLO))
    assert "".join(delta.text for delta in deltas)
    assert deltas[-1].prompt_tokens > 3
    assert deltas[-1].completion_tokens > 1
    assert deltas[-1].reported_model == model.name == model_file().name
    assert model.window().context_tokens == 8192
    assert is_running(pid_of(model))
    model.close()
    assert not is_running(pid_of(model))
    with pytest.raises(ModelError, match="was let go of"):
        said(model)


def test_all_threads_and_the_model_beside_share_one_process(model: LocalChatModel):
    beside = open_model(settings(), beside=model)
    assert isinstance(beside, LocalChatModel)
    threads = [threading.Thread(target=said, args=(each,)) for each in (model, beside, model, beside)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert beside.server is model.server
    assert n_children() == 1
    beside.close()
    assert said(model)


def test_one_question_comes_after_another_and_none_waits_for_ever(model: LocalChatModel):
    first, hurried = model.stream(HELLO), open_model(settings(timeout=1.0), retries=0, beside=model)
    assert isinstance(hurried, LocalChatModel)
    assert next(first)
    with pytest.raises(ModelError, match="one question after another, and 1 other had not been answered after 1 sec"):
        said(hurried)
    first.close()
    assert said(model)
    hurried.close()


def test_a_connection_that_is_closed_as_it_is_asked_is_made_anew(monkeypatch: pytest.MonkeyPatch):
    waits: list[float] = []
    with FakeEndpoint(hangs_up, says("at last")) as endpoint, closing(open_model(settings())) as model:
        assert isinstance(model, LocalChatModel)
        model._sleep = waits.append
        monkeypatch.setattr(model.server, "place", lambda _: Place(endpoint.url, "", ""))
        assert said(model) == "at last"
    assert len(waits) == 1


def n_children() -> int:
    pids = Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split()
    threads = [path.read_text("ascii").split() for path in Path("/proc/self/task").glob("*/children")]
    found = set(pids).union(*threads)
    return sum(b"app.llama_child" in Path(f"/proc/{pid}/cmdline").read_bytes() for pid in found)


def test_one_that_died_is_started_again(model: LocalChatModel):
    assert said(model)
    first = pid_of(model)
    os.kill(first, signal.SIGKILL)
    assert said(model)
    assert pid_of(model) != first


def test_one_that_dies_while_it_writes_keeps_what_came_and_says_why(model: LocalChatModel):
    stream = model.stream([Message("user", "Count from one to one hundred.")])
    assert next(stream).text
    os.kill(pid_of(model), signal.SIGKILL)
    with pytest.raises(ModelError, match="too little memory for the chat model .*FOOTNOTE_CONTEXT_TOKENS"):
        list(stream)


def test_only_who_has_the_key_is_answered(model: LocalChatModel):
    place = model.server.place(60)
    assert place.url.startswith("http://127.0.0.1:")
    assert place.key not in repr(place)
    command = Path(f"/proc/{pid_of(model)}/cmdline").read_bytes() + Path(f"/proc/{pid_of(model)}/environ").read_bytes()
    assert place.key.encode() not in command
    body = json.dumps({"messages": [{"role": "user", "content": "x"}], "max_tokens": 2}).encode()
    request = urllib.request.Request(f"{place.url}/chat/completions", body)  # noqa: S310
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(request, timeout=30)  # noqa: S310


PARENT = """
import sys, time
from app.local_model import LocalChatModel
from rag.settings import Settings
from rag.types import Message
model = LocalChatModel(Settings(chat_model=sys.argv[1], chat_threads=1, max_answer_tokens=500))
stream = model.stream([Message("user", "Write a very long story.")])
next(stream)
print(model.server._process._process.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_a_parent_that_is_killed(number: int):
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(model_file())], stdout=subprocess.PIPE, cwd=ROOT
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        parent.send_signal(number)
        parent.wait()
        until(lambda: not is_running(pid))


def test_it_ends_with_its_parent_while_it_is_being_loaded(tmp_path: Path):
    """A pipe without a writer takes for ever to open, within llama.cpp."""
    os.mkfifo(tmp_path / "slow.gguf")
    start = "import sys; from app.llama_child import main; main()"
    asked = {"path": str(tmp_path / "slow.gguf"), "name": "slow", "context_tokens": 256, "threads": 1, "key": "k" * 20}
    with subprocess.Popen([sys.executable, "-c", start], stdin=subprocess.PIPE, cwd=ROOT) as child:
        assert child.stdin is not None
        child.stdin.write(json.dumps(asked).encode() + b"\n")
        child.stdin.flush()
        until(lambda: b"xllamacpp" in Path(f"/proc/{child.pid}/maps").read_bytes())
        child.stdin.close()
        try:
            assert child.wait(30) == -signal.SIGIO
        finally:
            child.kill()


def test_the_doctor_tells_what_it_is():
    (found,) = examined(settings(context_tokens=1024))
    assert found.is_well, found.said
    assert f"at {model_file()} answers" in found.said
    assert (found.facts["profile"], found.facts["context_tokens"]) == ("gguf", 1024)
    assert found.facts["streams"] is True
    assert found.facts["refused"] == []
    assert found.facts["version"]
    assert n_children() == 0


def test_a_question_to_the_documents(tmp_path: Path):
    (tmp_path / "varn.txt").write_text("The lighthouse of Varn is 41 metres high and was built in 1868.", "utf-8")
    workspace = Workspace(settings(home=tmp_path / "home", max_answer_tokens=40))
    try:
        list(Pipeline(workspace.library, "default").add([File(tmp_path / "varn.txt", "varn.txt")]))
        answerer = workspace.answerer
        until(lambda: n_children() == 1)  # it is loaded beside, before anybody asks
        answer = answerer.ask("How high is the lighthouse of Varn?")
        assert answer.usage is not None
        assert answer.usage.prompt_tokens > 100
        assert answer.usage.reported_model == model_file().name
        assert n_children() == 1
    finally:
        workspace.close()
    assert n_children() == 0


def gguf(path: Path, *, context_tokens: int = 256) -> Gguf:
    return Gguf(path, context_tokens, 1)


def failing(model: Gguf, *, seconds: float = 60.0, start_seconds: float = 60.0) -> str:
    server = LocalServer(model, start_seconds=start_seconds)
    with pytest.raises(ModelError) as error:
        server.place(seconds)
    server.close()
    return str(error.value)


def test_a_file_that_is_cut_off_is_told(tmp_path: Path):
    (tmp_path / "cut.gguf").write_bytes(model_file().read_bytes()[:5_000_000])
    assert "cut.gguf failed (" in failing(gguf(tmp_path / "cut.gguf"))


def test_a_context_that_needs_too_much_memory_is_told():
    sentence = failing(gguf(model_file(), context_tokens=40_000_000))
    assert "too little memory" in sentence
    assert "40,000,000 tokens" in sentence


def test_a_file_larger_than_the_memory_is_told_at_once(tmp_path: Path):
    (tmp_path / "huge.gguf").write_bytes(model_file().read_bytes()[:5_000_000])
    os.truncate(tmp_path / "huge.gguf", 1 << 43)
    assert "has 8,796.1 GB" in failing(gguf(tmp_path / "huge.gguf"))


def test_without_xllamacpp_it_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "xllamacpp.py").write_text("raise ModuleNotFoundError(\"No module named 'xllamacpp'\")", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    sentence = failing(gguf(model_file()))
    assert "No module named 'xllamacpp'" in sentence
    assert "pip install -r requirements-local.txt" in sentence


def test_a_start_has_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "xllamacpp.py").write_text("import time\ntime.sleep(600)", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert "was not loaded within 2 seconds" in failing(gguf(model_file()), start_seconds=2.0)
    server = LocalServer(gguf(model_file()))
    with pytest.raises(Unavailable, match="still being loaded after 0.2 seconds"):
        server.place(0.2)
    server.close()


def test_a_missing_file_is_told_by_question_and_doctor(tmp_path: Path):
    missing = Settings(chat_model=str(tmp_path / "gone.gguf"))
    model = open_model(missing)
    assert model is not None
    with pytest.raises(ModelError, match="there is no file .*gone.gguf"):
        next(model.stream(HELLO))
    model.close()
    (found,) = examined(missing)
    assert "there is no file" in found.said


def test_its_end_can_be_told_twice():
    process = LlamaProcess(gguf(model_file()))
    process.end()
    process.end()
    assert not process.is_alive()
