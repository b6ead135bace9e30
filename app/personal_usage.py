"""What questions took and what was said of answers, as far as a person may look: their own, or all for an admin."""

from __future__ import annotations

from collections.abc import Sequence

from app.wiring import Workspace
from indexes.audit_log import midnight
from indexes.audit_records import Day, ModelUse
from indexes.feedback import FeedbackDay, FeedbackRecord
from rag.rights import Person, Role


class PersonalUsage:
    """Times are seconds, UTC."""

    def __init__(self, workspace: Workspace, person: Person) -> None:
        self._log = workspace.audit
        self._limits = workspace.limits
        self._feedback = workspace.library.catalogue.feedback
        self._name = person.name
        self._whose = None if person.role is Role.ADMIN else person.name

    @property
    def is_kept(self) -> bool:
        """Whether it is still known after the app has ended."""
        return self._log.file.is_kept

    def today(self) -> float:
        """When this day began."""
        return midnight(self._log.clock())

    def budgets(self) -> Sequence[str]:
        """What is left of today's, for a person."""
        return self._limits.told(self._name)

    def per_day(self, since: float) -> list[Day]:
        """The days on which something was asked, the oldest first."""
        return self._log.per_day(since, self._whose)

    def per_model(self, since: float) -> list[ModelUse]:
        """The models that were asked, the one with the most tokens first."""
        return self._log.per_model(since, self._whose)

    def ratings(self, since: float) -> list[FeedbackDay]:
        """The days on which something was said of answers, the oldest first."""
        return self._feedback.per_day(since, self._whose)

    def rated_down(self, most: int) -> list[FeedbackRecord]:
        """The answers that were rated down last."""
        return self._feedback.all(down_only=True, most=most, owner=self._whose)
