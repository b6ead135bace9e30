"""Answers in a given form: a chat model fills in its fields, and each value is held against the passages."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Generic, Protocol, TypeVar

from rag.answerer import Event, refusal
from rag.citations import citations
from rag.errors import ModelError
from rag.packing import Request, Window
from rag.prompt import corrected_form, form_messages
from rag.protocols import ChatModel
from rag.query.finder import Finder
from rag.retriever import Stopwatch
from rag.thinking import spoken
from rag.types import Answer, Citation, Hit, Scope, Sentence, Trace, Turn
from rag.verification.nouns import Check
from rag.verification.quantities import MONTHS
from rag.verification.verified import Checker, Verified

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
_TRIES = 2
_ISO_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


class Form(Protocol[T_co]):
    """What is to be filled in."""

    @property
    def schema(self) -> str:
        """As JSON schema."""
        ...

    def read(self, text: str) -> T_co:
        """What a model's reply holds; raises ValueError that says what is wrong with it."""
        ...

    def leaves(self, text: str) -> Mapping[str, object]:
        """Path -> value of every field of it that holds one thing."""
        ...


@dataclass(frozen=True, slots=True)
class FilledField:
    """A value with what came of holding it against the passages."""

    path: str
    """`tenant.name`, `fees[0].amount`."""
    value: object
    check: Check
    citations: tuple[int, ...]
    """Numbers of `Filled.citations`; empty where no passage bears it out, and where there is no value."""


@dataclass(frozen=True, slots=True)
class Filled(Generic[T]):
    """A form that was filled in."""

    value: T | None
    """None where nothing was found to fill it in from."""
    fields: tuple[FilledField, ...] = ()
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    model: str = ""
    said: str = ""
    """The form as the model filled it in."""
    notice: str = ""

    @property
    def unsupported(self) -> tuple[FilledField, ...]:
        """The fields with a value that no passage bears out."""
        return tuple(one for one in self.fields if one.value is not None and not one.citations)


@dataclass(frozen=True, slots=True)
class FormFiller:
    """Fills in forms by a chat model; every value is checked."""

    model: ChatModel
    checker: Checker
    window: Callable[[], Window] = Window
    marker: Callable[[], str] = field(default=lambda: secrets.token_hex(8))

    def fill(self, form: Form[T], question: str, hits: Sequence[Hit]) -> Filled[T]:
        """Raises ModelError where the model fails, or replies twice with something else than the form."""
        if not hits:
            return Filled(None, notice="There is nothing to fill it in from.")
        asked = partial(form_messages, question, hits, form.schema, marker=self.marker(), window=self.window())
        said, value, n = self._replied(form, asked)
        hits = hits[:n]
        leaves = form.leaves(said)
        lines = dict(_lines(leaves))
        checked = self.checker.begin(hits).verified(_written(list(lines.values())))
        by_text = {sentence.text: sentence for sentence in checked.sentences}
        fields = tuple(_field(path, one, by_text.get(lines.get(path, ""))) for path, one in leaves.items())
        cited = citations(checked.sentences, checked.used, hits)
        filled = Filled(value, fields, cited, tuple(hits), self.model.name, said)
        return replace(filled, notice=_notice(filled.unsupported))

    def _replied(self, form: Form[T], asked: Callable[..., Request]) -> tuple[str, T, int]:
        """The reply, what it holds, and how many passages the request for it has."""
        request, tries = asked(), 1
        while True:
            said = spoken(delta.text for delta in self.model.stream(request.messages))
            try:
                return said, form.read(said), request.n_passages
            except ValueError as error:
                request = self._again(asked, said, str(error), tries)
                tries += 1

    def _again(self, asked: Callable[..., Request], said: str, wrong: str, tries: int) -> Request:
        """A request that says what is wrong, once and where it fits."""
        if tries == _TRIES:
            raise ModelError(f"{self.model.name} replied twice with something else than the form: {wrong}")
        try:
            return asked(then=corrected_form(said, wrong))
        except ModelError as error:
            raise ModelError(f"{self.model.name} replied with something else than the form: {wrong}") from error


def _lines(leaves: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Each value as a claim: "tenant name: Ada Moor", "pets not allowed"."""
    for path, value in leaves.items():
        name = " ".join("".join(sign if sign.isalpha() else " " for sign in path).split())
        if isinstance(value, bool):
            yield path, name if value else _denied(name)
        elif value is not None:
            yield path, f"{name}: {' '.join(_as_written(value).split())}"


def _as_written(value: object) -> str:
    """As a text would have it: 900 and not 900.0, 1 March 2024 and not 2024-03-01."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    found = _ISO_DATE.fullmatch(str(value))
    if found is None:
        return str(value)
    year, month, day = map(int, found.groups())
    return f"{day} {MONTHS[month - 1].capitalize()} {year}" if 1 <= month <= len(MONTHS) else str(value)


def _denied(name: str) -> str:
    head, _, last = name.rpartition(" ")
    return f"{head} not {last}".strip()


def _written(lines: Sequence[str]) -> Verified:
    text, sentences = "", []
    for line in lines:
        text += f"{line}\n"
        sentences.append(Sentence(line, (), end=len(text) - 1))
    return Verified(text, tuple(sentences), ())


def _field(path: str, value: object, sentence: Sentence | None) -> FilledField:
    if sentence is None or sentence.check is None:
        return FilledField(path, value, Check("no claim"), ())
    return FilledField(path, value, sentence.check, sentence.citations)


def _notice(unsupported: Sequence[FilledField]) -> str:
    names = ", ".join(one.path for one in unsupported)
    return f"No passage bears out what stands in {names}." if names else ""


class FormAnswerer(Generic[T]):
    """As an Answerer, with the filled form beside its Answer: `filled`, None before the first question."""

    def __init__(self, finder: Finder, filler: FormFiller, form: Form[T], k: int) -> None:
        self._finder = finder
        self._filler = filler
        self._form = form
        self._k = k
        self.filled: Filled[T] | None = None

    def stream(
        self, question: str, scope: Scope | None = None, history: Sequence[Turn] = ()
    ) -> Generator[Event, None, None]:
        """What was found, and the Answer, whose text is the form as it was filled in."""
        watch = Stopwatch()
        retrieval = self._finder.find(question, self._k, scope, history)
        yield retrieval
        with watch.stage("write") as counts:
            self.filled = self._filler.fill(self._form, question, retrieval.hits)
            counts.append(len(self.filled.fields))
        trace = Trace((*retrieval.trace.stages, *watch.stages))
        if self.filled.value is None:
            yield refusal(question, retrieval.hits, trace, text=self.filled.notice)
            return
        yield Answer(
            question=question,
            text=self.filled.said,
            sentences=tuple(Sentence(f"{one.path}: {one.value}", one.citations) for one in self.filled.fields),
            citations=self.filled.citations,
            hits=retrieval.hits,
            trace=trace,
            notice=self.filled.notice,
            model=self.filled.model,
            query=retrieval.query,
        )
