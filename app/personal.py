"""What one person gets of a workspace: the pages know no other one.

Whatever is asked, read or done goes through here, narrowed to what the person may see and kept under their name.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from app.chat_watch import ChatWatch
from app.first_questions import N_CHUNKS, N_DOCUMENTS
from app.lab.bench import Bench
from app.past_turns import still_told
from app.permissions import Permissions
from app.personal_catalogue import PersonalCatalogue
from app.personal_library import PersonalLibrary
from app.personal_usage import PersonalUsage
from app.wiring import Workspace
from indexes.conversations import ConversationShelf
from indexes.feedback import FeedbackRecord, FeedbackShelf, Rating
from rag.answerer import Event
from rag.errors import InputError
from rag.retriever import Stopwatch
from rag.rights import Person, Role
from rag.settings import Settings
from rag.types import Answer, Scope, Trace, Turn

if TYPE_CHECKING:
    from indexes.users import UserFile


class PersonalWorkspace:
    """One home opened for the questions of one person. It is made anew for every run of a page, and costs nothing."""

    def __init__(self, workspace: Workspace, person: Person) -> None:
        self._whole = workspace
        self.person = person
        self._may = Permissions(workspace.library.catalogue.access, person)

    @property
    def name(self) -> str:
        """By which what they asked and said is kept."""
        return self.person.name

    @property
    def is_signed_in(self) -> bool:
        """Whether there are other people from whom something may be kept."""
        return self._may.is_signed_in

    @property
    def edits(self) -> bool:
        """Whether they may add documents at all."""
        return self.person.role.edits

    @property
    def settings(self) -> Settings:
        return self._whole.settings

    @property
    def watch(self) -> ChatWatch | None:
        """As the Workspace's."""
        return self._whole.watch

    def sampled_by(self) -> tuple[str, ...]:
        """As the Workspace's."""
        return self._whole.sampled_by()

    # -- documents ---------------------------------------------------------------------------------------------

    @cached_property
    def library(self) -> PersonalLibrary:
        """Documents, collections and files on their way."""
        return PersonalLibrary(self._whole.library, self._may)

    @property
    def catalogue(self) -> PersonalCatalogue:
        """What there is to see."""
        return self.library.catalogue

    @cached_property
    def lab(self) -> Bench:
        """Searches taken apart."""
        return Bench(self._whole, self.catalogue, self._may)

    # -- questions ---------------------------------------------------------------------------------------------

    @property
    def answerer(self) -> PersonalAnswerer:
        """Answers from what the person may see."""
        return PersonalAnswerer(self._whole, self._may)

    def next_questions(self, answer: Answer, history: Sequence[Turn]) -> tuple[str, ...]:
        """As the Workspace's."""
        return self._whole.next_questions(answer, history)

    def first_questions(self, scope: Scope) -> tuple[str, ...] | None:
        """What the newest documents of a scope answer; None while that is found out."""
        newest = self.catalogue.newest(scope, N_DOCUMENTS)
        if not newest:
            return ()
        return self._whole.first_questions.of(newest, lambda: [self.catalogue.sample(one, N_CHUNKS) for one in newest])

    # -- what is kept of them ----------------------------------------------------------------------------------

    @property
    def conversations(self) -> ConversationShelf:
        """Where conversations are kept; each of its methods takes the name of whose they are."""
        return self._whole.library.catalogue.conversations

    @property
    def usage(self) -> PersonalUsage:
        """What their questions took, and what they said of answers; for an admin everybody's."""
        return PersonalUsage(self._whole, self.person)

    @property
    def _feedback(self) -> FeedbackShelf:
        return self._whole.library.catalogue.feedback

    def flag(self, answer: Answer) -> int:
        """As the Workspace's."""
        return self._whole.flag(answer, self.name)

    def flagged(self, answers: Sequence[Answer]) -> list[int | None]:
        """Of each answer the number of the open flag that the person has set. Raises StoreError."""
        return self._whole.flagged(answers, self.name)

    def notes_on(self, answers: Sequence[Answer]) -> list[str | None]:
        """As the Workspace's."""
        return self._whole.notes_on(answers, self.name)

    def withdraw_flag(self, number: int) -> None:
        """As if they had never set it. Raises InputError for another's, and for one that somebody has looked at."""
        self._whole.withdraw_flag(number, self.name)

    def rate(self, answer: Answer, rating: Rating, turn: tuple[int, int] | None) -> int:
        """As the Workspace's."""
        return self._whole.rate(answer, rating, turn, self.name)

    def worded(self, rating: Rating) -> Rating:
        """As the Workspace's."""
        return self._whole.worded(rating)

    def change_rating(self, number: int, rating: Rating) -> None:
        """What the person says now."""
        self._feedback.change(self.name, number, rating)

    def withdraw_rating(self, number: int) -> None:
        """As if it had never been given."""
        self._feedback.withdraw(self.name, number)

    def ratings_of(self, conversation: int) -> dict[int, FeedbackRecord]:
        """Place of a turn -> what was said of its answer."""
        return self._feedback.of_conversation(self.name, conversation)

    def add_person(self, users: UserFile, name: str, role: Role, password: str) -> None:
        """Somebody new may sign in with a password, given as a hash. Raises InputError as `remove_person` does."""
        from app.membership import add_person  # where nobody signs in it is never read

        self._check_admits()
        add_person(users, self._whole.library.catalogue, name, role, password)

    def remove_person(self, users: UserFile, name: str) -> None:
        """Somebody may sign in no more. Raises InputError for the last admin, and for whoever is none."""
        from app.membership import remove_person

        self._check_admits()
        remove_person(users, self._whole.library.catalogue, name)

    def _check_admits(self) -> None:
        if not self.person.role.may(Role.ADMIN):
            raise InputError("admins alone say who may sign in")


class PersonalAnswerer:
    """As an Answerer, within what a person may see, and in their name."""

    def __init__(self, workspace: Workspace, permissions: Permissions) -> None:
        self._whole = workspace
        self._may = permissions

    def stream(
        self,
        question: str,
        scope: Scope | None = None,
        history: Sequence[Turn] = (),
        *,
        sampling: Settings | None = None,
    ) -> Generator[Event, None, None]:
        """As `RecordedAnswerer.stream`; what may be seen is asked when the first event is."""
        scope, name, watch = self._may.within(scope), self._may.person.name, Stopwatch()
        with watch.stage("scope") as counts:
            known = {} if scope.documents else self._whole.library.catalogue.collections()
            counts.append(sum(scope.names(one) for one, n_documents in known.items() if n_documents))
        told = self._still_told(history)
        with closing(self._whole.answerer.stream(question, scope, told, user=name, sampling=sampling)) as events:
            for event in events:
                yield _after(watch, event) if isinstance(event, Answer) else event

    def ask(self, question: str, scope: Scope | None = None, history: Sequence[Turn] = ()) -> Answer:
        """The Answer alone."""
        told = self._still_told(history)
        return self._whole.answerer.ask(question, self._may.within(scope), told, user=self._may.person.name)

    def _still_told(self, history: Sequence[Turn]) -> Sequence[Turn]:
        catalogue, rights = self._whole.library.catalogue, self._may.rights
        return still_told(history, lambda *place: catalogue.find(*place) is not None, rights.may_read)


def _after(watch: Stopwatch, answer: Answer) -> Answer:
    """The same with what came before it; nothing where nothing was searched, or only what was cited before."""
    stages, query = answer.trace.stages, answer.query
    is_within = query is not None and query.within
    return replace(answer, trace=Trace((*watch.stages, *stages))) if stages and not is_within else answer
