"""The one place where the concrete parts meet: settings in, a workspace that searches and answers out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

from app.chat_profiles import Price
from app.chat_watch import ChatWatch, WatchedModel, is_odd, trouble_of
from app.fallback import FallbackModel, fallback_settings
from app.first_questions import FirstQuestions
from app.forms import M, PydanticForm
from app.limits import Limits
from app.masking import MaskedModel, is_masked
from app.metering import Meter, MeteredModel
from app.model_gate import ModelGate
from app.opening import OpenedModel, WritingModel, open_model
from app.output_filter import open_filter
from app.recorded import Made, RecordedAnswerer
from app.recording import Recorder
from app.spotlit_model import SpotlitModel, is_marking, room_of
from app.traced_model import TracedModel
from app.traced_question import TracedChecker
from indexes.audit_log import AuditLog
from indexes.endpoint import CHAT, FALLBACK, Role
from indexes.feedback import Rating
from indexes.flags import FlagList
from indexes.late_weights import late_reader
from indexes.library import Library
from indexes.shelf import CatalogueShelf
from indexes.support_weights import support, topic
from indexes.tracing import open_tracer
from ingest.sweeping import sweep
from rag.agent.exploring import Explorer
from rag.agent.loop import Limits as StepLimits
from rag.answerer import Answerer
from rag.errors import ConfigError, FootnoteError, ModelError, as_notice
from rag.forms import Filled, FormAnswerer, FormFiller
from rag.next_questions import next_questions
from rag.packing import Window
from rag.protocols import ChatModel, Reader
from rag.query.condensing import RuleCondenser
from rag.query.feedback import Feedback
from rag.query.finder import Finder
from rag.query.planning import SECONDS, ModelCondenser, Planner
from rag.rights import LOCAL
from rag.settings import SAMPLING, Settings
from rag.types import Answer, Scope, Turn
from rag.verification.verifier import Verifier
from rag.whole.answering import WholeAnswerer
from rag.writing import Writer

THRESHOLD = 0.3
"""Answerability below which a question is refused: `python -m evals refusal` shows what other values would do."""

_BRIEF = 400
"""Tokens of a reply about what to search for."""


class Workspace:
    """One home opened for questions. Threads may share it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.library = Library(settings)
        self.audit = AuditLog(settings.home, days=settings.audit_days)
        self.limits = Limits(self.audit, settings)
        self.gate = ModelGate(settings)
        self._models: list[OpenedModel] = []
        self._filter = open_filter(settings)
        self._tracer = open_tracer(settings)

    @cached_property
    def reports(self) -> AuditLog:
        """The audit log to add up and to search: over a connection of its own where it is a file, so that no answer
        waits for that."""
        return AuditLog(self.settings.home, days=self.settings.audit_days) if self.audit.file.is_kept else self.audit

    @cached_property
    def answerer(self) -> RecordedAnswerer:
        """Answers, and keeps in the audit log what was asked. Opening it opens the chat model."""
        self._chat_model  # noqa: B018 - what is wrong with its settings is told before the first question
        return self._recorded(self._made)

    def ask_in_form(self, question: str, form: type[M], scope: Scope | None = None, *, user: str = LOCAL) -> Filled[M]:
        """The answer as an object of a pydantic model, filled in by the chat model, with a source for each value.

        Raises ConfigError without a chat model, ModelError where it fails, or replies with something else.
        """
        found: list[FormAnswerer[M]] = []

        def made(meter: Meter | None, _sampling: Settings | None) -> FormAnswerer[M]:
            found.append(
                FormAnswerer(self._finder(meter), self._filler(meter), PydanticForm(form), self.settings.top_k)
            )
            return found[0]

        answer = self._recorded(made).ask(question, scope, user=user)
        if answer.filtered:
            raise ModelError(f"the form was withheld by the filter: {answer.filtered}")
        filled = found[0].filled
        if filled is None:
            raise TypeError("a form answerer that has answered has filled in its form")
        return filled

    def _recorded(self, made: Made) -> RecordedAnswerer:
        return RecordedAnswerer(
            made,
            self._recorder,
            self.limits,
            why_not=self.gate.why_not,
            tracer=self._tracer,
            output_filter=self._filter,
        )

    def _filler(self, meter: Meter | None) -> FormFiller:
        if self._chat_model is None:
            raise ConfigError("only a chat model can fill in a form: set FOOTNOTE_CHAT_MODEL")
        if meter is None:
            raise ModelError(
                f"a form needs the chat model, but {self.gate.why_not() or 'its limit for today is reached'}"
            )
        return FormFiller(self._metered(self._chat_model, meter), Verifier(support), self._window(self._chat_model))

    def flag(self, answer: Answer, user: str = LOCAL) -> int:
        """Keep an answer for a person who looks at it; its number. Raises StoreError where it cannot be kept."""
        return FlagList(self.audit.file).add(self._recorder.flag(answer), user)

    def flagged(self, answers: Sequence[Answer], user: str) -> list[int | None]:
        """Of each answer the number of the open flag that this person has set. Raises StoreError."""
        known = FlagList(self.audit.file).open_of(user)
        return [known.get(self._recorder.words(one)) if known else None for one in answers]

    def notes_on(self, answers: Sequence[Answer], user: str) -> list[str | None]:
        """Of each answer what was noted when the person's flag was closed; None where none was. Raises StoreError."""
        known = FlagList(self.audit.file).closed_of(user)
        return [known.get(self._recorder.words(one)) if known else None for one in answers]

    def withdraw_flag(self, number: int, user: str) -> None:
        """As `FlagList.withdraw`."""
        FlagList(self.audit.file).withdraw(number, user)

    def rate(self, answer: Answer, rating: Rating, turn: tuple[int, int] | None, user: str = LOCAL) -> int:
        """Keep what a person says of an answer; its number. `turn`: the conversation and place that keep it, where any
        do. Raises StoreError where it cannot be kept."""
        rated = self._recorder.rated(answer, turn)
        return self.library.catalogue.feedback.add(user, self.worded(rating), rated)

    def worded(self, rating: Rating) -> Rating:
        """The rating with a person's own words as they are kept."""
        return self._recorder.worded(rating)

    def sweep_removed(self) -> None:
        """Delete what is kept of documents that nobody can put back any more."""
        sweep(self.library)

    def sweep_feedback(self) -> None:
        """Delete the words of ratings that are kept no longer than the audit log's rows."""
        self.library.catalogue.feedback.sweep(self.settings.audit_days)

    @cached_property
    def first_questions(self) -> FirstQuestions:
        """What may be asked of documents about which nobody has asked yet."""
        return FirstQuestions(lambda: self._reader)

    def next_questions(self, answer: Answer, history: Sequence[Turn]) -> tuple[str, ...]:
        """What may be asked after this answer, without a chat model and within a tenth of a second or so; nothing where
        the bundled reader cannot be used."""
        try:
            return next_questions(answer, history, self._reader)
        except FootnoteError:  # the next question meets the same error, and says it
            return ()

    @cached_property
    def watch(self) -> ChatWatch | None:
        """What is wrong with the chat model by now; None where none is set."""
        return ChatWatch(self._trouble) if self.settings.chat_model else None

    def _trouble(self, has_failed: bool) -> str:  # noqa: FBT001 - a ChatWatch's
        try:
            if (
                self._model is None or self.gate.why_not() or self.limits.why_not(LOCAL, "")
            ):  # no model is asked then; each answer says why
                return ""
            is_suspect = has_failed or is_odd(self.settings, self._model)
            return trouble_of(self._model, self._second and self._second[1]) if is_suspect else ""
        except FootnoteError as error:
            return as_notice(error)

    @cached_property
    def _recorder(self) -> Recorder:
        return Recorder(self.audit, self.settings, lambda number: self.library.catalogue.document(number).sha256)

    @cached_property
    def _model(self) -> OpenedModel | None:
        return self._opened(self.settings)

    def sampled_by(self) -> tuple[str, ...]:
        """The settings of SAMPLING that the chat model can be asked with, as far as that is known; none without one."""
        if self._model is None:
            return ()
        profile = self._model.facts.found().profile
        parameters = {"sample_top_k": "top_k"}
        return tuple(name for name in SAMPLING if profile.takes(parameters.get(name, name)))

    @cached_property
    def _chat_model(self) -> WritingModel | None:
        if self._model is None:
            return None
        first = self._watched(self._traced(self._model, self.settings))
        if self._second is None:
            return first
        own, second = self._second
        return FallbackModel(first, self._traced(second, own))

    @cached_property
    def _second(self) -> tuple[Settings, OpenedModel] | None:
        """The settings of the second endpoint, as if it were the first, and its model."""
        own = fallback_settings(self.settings)
        model = None if own is None else self._opened(own, role=FALLBACK)
        return None if own is None or model is None else (own, model)

    def _watched(self, model: WritingModel) -> WritingModel:
        return model if self.watch is None else WatchedModel(model, self.watch)

    def _traced(self, model: OpenedModel, settings: Settings) -> WritingModel:
        return model if self._tracer is None else TracedModel(model, settings)

    @cached_property
    def _reader(self) -> Reader:
        return late_reader()

    def _made(self, meter: Meter | None, sampling: Settings | None = None) -> Answerer:
        """What answers one question, by the embedder that is in use now; `meter` watches its requests, and without one
        no chat model is asked. What is written is sampled as the settings say, or these of a conversation."""
        writer, finder = self._writer(meter, sampling), self._finder(meter)
        return Answerer(
            finder,
            self._reader,
            k=self.settings.top_k,
            threshold=THRESHOLD,
            writer=writer,
            router=self._whole(writer),
            explorer=self._explorer(meter, finder, writer),
        )

    def _explorer(self, meter: Meter | None, finder: Finder, writer: Writer | None) -> Explorer | None:
        model = self._brief_model
        if model is None or meter is None or writer is None or self.settings.agent == "off":
            return None
        return Explorer(
            finder,
            self.library.retriever,
            self.shelf,
            self._metered(model, meter),
            takes_tools=model.takes_tools,
            calls_none=model.calls_none,
            window=self._window(model),
            room=lambda: writer.budget,
            marker=writer.marker,
            limits=StepLimits(self.settings.agent_steps),
            asks_for_parts=not self.settings.query,
        )

    def _writer(self, meter: Meter | None, sampling: Settings | None) -> Writer | None:
        model = self._chat_model
        if model is None or meter is None:
            return None
        model = model if sampling is None else model.sampled(sampling)
        return Writer(
            self._metered(model, meter),
            window=self._window(model),
            verifier=Verifier(support, topic) if self._tracer is None else TracedChecker(Verifier(support, topic)),
            is_rewriting=self.settings.rewrite == "once",
        )

    def _window(self, model: WritingModel) -> Callable[[], Window]:
        return room_of(model.window, self.settings)

    def _metered(self, model: WritingModel, meter: Meter) -> ChatModel:
        """What is measured is what is sent."""
        metered = MeteredModel(
            model,
            meter,
            count=lambda text: model.window().count(text),
            price=self._price,
            longest=lambda: model.window().answer_tokens,
        )
        spotlit = SpotlitModel(metered, is_marking=is_marking(self.settings))
        return MaskedModel(spotlit) if is_masked(self.settings) else spotlit

    def _price(self, name: str) -> Price | None:
        """Of the model of this name, which is one of the two that write."""
        model = next((one for one in self._models if one.name == name), None)
        return None if model is None else model.facts.found().profile.price(name)

    def _whole(self, writer: Writer | None) -> WholeAnswerer:
        return WholeAnswerer(self.library.retriever, self.shelf, self.library.embedder, writer)

    @property
    def shelf(self) -> CatalogueShelf:
        """Passages and their vectors, of the embedder that is in use now."""
        library, embedder = self.library, self.library.embedder
        return CatalogueShelf(library.catalogue, lambda: library.embedder_number(embedder), embedder.dim)

    def _finder(self, meter: Meter | None) -> Finder:
        """Follow-ups are completed by the chat model where there is one, else by rules."""
        retriever, rules, ways = self.library.retriever, RuleCondenser(), self.settings.query.split(",")
        if self._brief_model is None or meter is None:
            feedback = Feedback(self.library.vocabulary) if "hops" in ways else None
            return Finder(retriever, condenser=rules, feedback=feedback)
        model = self._metered(self._brief_model, meter)
        planner = Planner(model, ways) if self.settings.query else None
        return Finder(retriever, condenser=ModelCondenser(model), otherwise=rules, planner=planner)

    @cached_property
    def _brief_model(self) -> WritingModel | None:
        """The chat model for short replies about what to search for, or the second one: a question does not wait long
        for them, and where there are two each has half of that time."""
        if self._model is None:
            return None
        if self._second is None:
            return self._briefly(self.settings, self._model, SECONDS)
        (own, opened), answering = self._second, self._chat_model
        first = self._briefly(self.settings, self._model, SECONDS / 2)
        second = self._briefly(own, opened, SECONDS / 2, role=FALLBACK)
        return FallbackModel(first, second, beside=answering if isinstance(answering, FallbackModel) else None)

    def _briefly(self, settings: Settings, beside: OpenedModel, seconds: float, *, role: Role = CHAT) -> WritingModel:
        brief = replace(settings, temperature=0.0, top_p=1.0, max_answer_tokens=_BRIEF)
        brief = replace(brief, timeout=min(settings.timeout, seconds))
        model = self._opened(brief, retries=0, role=role, beside=beside)
        if model is None:
            raise TypeError("settings by which a model has been opened open another one")
        return self._traced(model, brief)

    def _opened(
        self, settings: Settings, *, retries: int = 2, role: Role = CHAT, beside: OpenedModel | None = None
    ) -> OpenedModel | None:
        model = open_model(settings, retries=retries, role=role, beside=beside)
        if model is not None:
            self._models.append(model)
            model.facts.found()  # it is asked while the passages are searched for
        return model

    def close(self) -> None:
        """Let go of files, locks and connections."""
        for model in self._models:
            model.close()
        if self._tracer is not None:
            self._tracer.close()
        if self._filter is not None:
            self._filter.close()
        self.reports.close()
        self.audit.close()
        self.library.close()
