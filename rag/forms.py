"""Answers in a given form: a chat model fills in its fields, and each value is held against the passages."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Generic, Protocol, TypeVar

from rag.answerer import Event, refusal
from rag.citations import citations
from rag.errors import ModelError
from rag.filling.schema import FormSchema
from rag.filling.sources import Passages, Source
from rag.filling.values import Value, written
from rag.filling.words import field_at
from rag.instructions import as_evidence
from rag.packing import Request, Window
from rag.prompt import corrected_form, form_messages
from rag.protocols import ChatModel
from rag.query.finder import Finder
from rag.retriever import Stopwatch
from rag.spotlight import new_word
from rag.thinking import spoken
from rag.types import Answer, Chunk, Citation, Hit, Scope, Sentence, Trace, Turn
from rag.verification.nouns import Check, Finding, State
from rag.verification.verified import Checker, Verified

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
_TRIES = 2
_FEW = 6
"""Words of a text that says something of its own only together with the name of its field."""


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
    marker: Callable[[], str] = field(default=new_word)

    def fill(self, form: Form[T], question: str, hits: Sequence[Hit]) -> Filled[T]:
        """Raises ModelError where the model fails, or replies twice with something else than the form."""
        if not hits:
            return Filled(None, notice="There is nothing to fill it in from.")
        asked = partial(form_messages, question, hits, form.schema, marker=self.marker(), window=self.window())
        said, value, n = self._replied(form, asked)
        hits = hits[:n]
        fields, cited = self._sourced(form.leaves(said), FormSchema(form.schema), hits)
        filled = Filled(value, fields, cited, tuple(hits), self.model.name, said)
        return replace(filled, notice=_notice(filled.unsupported))

    def _sourced(
        self, leaves: Mapping[str, object], schema: FormSchema, hits: Sequence[Hit]
    ) -> tuple[tuple[FilledField, ...], tuple[Citation, ...]]:
        """Each field with what bears it out. A text of many words is a claim of its own where no passage has it."""
        evidence = [as_evidence(hit.chunk) for hit in hits]  # what gives orders bears nothing out
        sources = dict(_sources(leaves, schema, [chunk.text for chunk in evidence]))
        borne = {path for path, one in sources.items() if isinstance(one, Source)}
        claims = {path: written(leaves[path]) for path in leaves if path not in borne and _is_long(leaves[path])}
        checked = self.checker.begin(hits).verified(_lines(claims.values())) if claims else Verified("", (), ())
        by_text = {sentence.text: sentence for sentence in checked.sentences}
        used, sentences = list(checked.used), list(checked.sentences)
        fields = []
        for path, value in leaves.items():
            sentence = by_text.get(claims.get(path, ""))
            if sentence is None:
                sentence = _sentence(value, sources.get(path), evidence, used)
                sentences.append(sentence)
            fields.append(FilledField(path, value, sentence.check or Check("no claim"), sentence.citations))
        return tuple(fields), citations(sentences, used, hits)

    def _replied(self, form: Form[T], asked: Callable[..., Request]) -> tuple[str, T, int]:
        """The reply, what it holds, and how many passages the request for it has."""
        request, tries = asked(), 1
        while True:
            said = spoken(delta.text for delta in self.model.stream(request.messages, schema=form.schema))
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


def _sources(
    leaves: Mapping[str, object], schema: FormSchema, texts: Sequence[str]
) -> Iterator[tuple[str, Source | Finding]]:
    """What bears each value out, or what a passage has in its place in another unit."""
    properties = {path: schema.property(path) for path in leaves}
    fields = {path: field_at(path, one.description) for path, one in properties.items()}
    passages = Passages(texts, fields)
    told = {path: Value(written(one), unit=fields[path].unit) for path, one in leaves.items() if _is_told(one)}
    for path, value in leaves.items():
        if isinstance(value, bool):
            found = passages.of_truth(path, is_true=value)
        else:
            members = tuple(map(written, properties[path].members))
            asked = Value(written(value), members)
            found = passages.of(path, asked, _beside(path, told)) if _says_something(value) else None
            if found is None and (instead := passages.instead(path, asked)):
                yield path, Finding("number", asked.text, instead)
        if found:
            yield path, found


def _beside(path: str, told: Mapping[str, Value]) -> list[Value]:
    """The values of the other fields of the same object."""
    parent = path.rpartition(".")[0]
    return [one for other, one in told.items() if other != path and other.rpartition(".")[0] == parent]


def _is_told(value: object) -> bool:
    return _says_something(value) and not isinstance(value, bool)


def _says_something(value: object) -> bool:
    return value is not None and any(sign.isalnum() for sign in str(value))


def _is_long(value: object) -> bool:
    return isinstance(value, str) and len(value.split()) > _FEW


def _lines(claims: Iterable[str]) -> Verified:
    text, sentences = "", []
    for claim in claims:
        text += f"{claim}\n"
        sentences.append(Sentence(claim, (), end=len(text) - 1))
    return Verified(text, tuple(sentences), ())


def _sentence(value: object, source: Source | Finding | None, evidence: Sequence[Chunk], used: list[int]) -> Sentence:
    """What bears a value out, with the number of its passage, which is added to those that are used."""
    if not isinstance(source, Source):
        state: State = "unsupported" if _says_something(value) else "no claim"
        return Sentence("", (), check=Check(state, findings=(source,) if source else ()))
    if source.at + 1 not in used:
        used.append(source.at + 1)
    n, chunk = used.index(source.at + 1) + 1, evidence[source.at]
    quote = (n, chunk.start + source.start, chunk.start + source.end)
    return Sentence(chunk.text[source.start : source.end], (n,), check=Check("supported", 1.0, quote=quote))


def _notice(unsupported: Sequence[FilledField]) -> str:
    reasons = {one.path: "; ".join(map(str, one.check.findings)) for one in unsupported}
    names = ", ".join(f"{path} ({why})" if why else path for path, why in reasons.items())
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
