"""Rounds of every fault through the app's own chat model, Writer and Answerer: what is said, how soon, what stays."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from app.chat_model import OpenAIChatModel
from app.wiring import THRESHOLD, Workspace
from evals.endpoint.asking import Misbehaving, home_of, misbehaving, opened
from evals.endpoint.faults import FAULTS, MAX_TOKENS, PAUSE_S, TRIES, Fault
from evals.processes import Held, held
from indexes.late_weights import late_reader
from indexes.support_weights import support, topic
from rag.answerer import Answerer
from rag.types import Answer, Retrieval
from rag.verification.verifier import Verifier
from rag.writing import Writer

AT_ONCE = 8
GRACE_S = 1.0
"""What a busy machine may add to a limit, eight questions at once."""
GRACE_MB = 12.0
"""What one kind of fault may leave of fragments in memory; more over all kinds together is growth."""
_WARM_ROUNDS = 2 * AT_ONCE
_LEFT_S = 1.0
"""So soon the endpoint must be left by everybody."""


@dataclass(frozen=True, slots=True)
class Round:
    """One question, as it ended."""

    seconds: float
    """From the passages to the end, without the time in which documents were read to be quoted."""
    answer: Answer


@dataclass(frozen=True, slots=True)
class Row:
    """All rounds of one fault."""

    name: str
    n: int
    sentence: str
    longest_s: float
    limit_s: float
    before: Held
    after: Held
    requests: int
    """Still being answered once all had their answers."""
    connections: int
    """Still open once the model was closed."""
    wrong: tuple[str, ...]


def measure(n_rounds: int, told: Callable[[str], None], names: Sequence[str] = tuple(FAULTS)) -> list[Row]:
    """So many rounds over all the faults."""
    each = -(-n_rounds // len(names))
    with (
        home_of() as settings,
        opened(settings) as workspace,
        misbehaving() as endpoint,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        told("warming up")
        _warm(names, min(each, _WARM_ROUNDS), workspace, endpoint, pool)
        rows = []
        for name in names:
            told(name)
            rows.append(_rows(name, each, workspace, endpoint, pool))
    return rows


def _warm(names: Sequence[str], n: int, workspace: Workspace, endpoint: Misbehaving, pool: ThreadPoolExecutor) -> None:
    """What the first rounds leave in memory is no growth. As many at once as later, of all the faults in turn."""
    with ExitStack() as opened_ones:
        answerers = [opened_ones.enter_context(_answerer(workspace, endpoint.url(name))) for name in names]
        list(pool.map(_round, answerers * n))
    _left(endpoint, "connections")


def _rows(name: str, n: int, workspace: Workspace, endpoint: Misbehaving, pool: ThreadPoolExecutor) -> Row:
    fault, before = FAULTS[name], held()
    with _answerer(workspace, endpoint.url(name)) as answerer:
        rounds = list(pool.map(lambda _: _round(answerer), range(n)))
        requests = _left(endpoint, "requests")
    connections = _left(endpoint, "connections")
    limit = fault.limit_s + GRACE_S
    longest = max(one.seconds for one in rounds)
    wrong = [text for one in rounds for text in _wrong(fault, one.answer)]
    after = held()
    wrong += [f"took {longest:.1f} s"] if longest > limit else []
    wrong += [f"{requests} requests go on"] if requests else []
    wrong += [f"{connections} connections stay open"] if connections else []
    wrong += [f"{after.threads - before.threads} threads stay"] if after.threads > before.threads else []
    wrong += [f"{after.files - before.files} files stay open"] if after.files > before.files else []
    wrong += [f"{after.mb - before.mb:.0f} MB stay"] if after.mb > before.mb + GRACE_MB else []
    sentence = rounds[-1].answer.notice
    return Row(name, n, sentence, longest, limit, before, after, requests, connections, tuple(dict.fromkeys(wrong)))


@contextmanager
def _answerer(workspace: Workspace, url: str) -> Iterator[Answerer]:
    model = OpenAIChatModel(base_url=url, model="tiny", timeout=PAUSE_S, retries=TRIES - 1, max_tokens=MAX_TOKENS)
    writer = Writer(model, window=model.window, verifier=Verifier(support, topic))
    retriever = workspace.library.retriever
    try:
        yield Answerer(retriever, late_reader(), k=workspace.settings.top_k, threshold=THRESHOLD, writer=writer)
    finally:
        model.close()


def _round(answerer: Answerer) -> Round:
    start = end = time.monotonic()
    answer: Answer | None = None
    for event in answerer.stream("When does the harbour of Fowey open?"):
        end = time.monotonic()
        if isinstance(event, Retrieval):
            start = end
        elif isinstance(event, Answer):
            answer = event
    if answer is None:
        raise TypeError("a stream of events ends with its Answer")
    reading = sum(stage.ms for stage in answer.trace.stages if stage.name == "read")
    return Round(end - start - reading / 1000, answer)


def _wrong(fault: Fault, answer: Answer) -> Iterator[str]:
    if fault.sentence.lower() not in answer.notice.lower():
        yield f"said {answer.notice!r}"
    if fault.keeps_text != bool(answer.model):
        yield "what was written is gone" if fault.keeps_text else "shows what is no answer"
    if not answer.citations:
        yield "shows no source"


def _left(endpoint: Misbehaving, what: str) -> int:
    """How many of these are still open at the endpoint after a moment."""
    end = time.monotonic() + _LEFT_S
    while (n := int(endpoint.told()[what])) and time.monotonic() < end:
        time.sleep(0.02)
    return n
