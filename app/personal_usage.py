"""What questions took and what was said of answers, as far as a person may look: their own, or all for an admin."""

from __future__ import annotations

from collections.abc import Sequence

from app.wiring import Workspace
from indexes.audit_log import midnight
from indexes.audit_records import Day, DayTimes, ModelUse
from indexes.audit_search import AuditSearch
from indexes.feedback import FeedbackDay, FeedbackRecord
from rag.rights import Person, Role


class PersonalUsage:
    """Times are seconds, UTC."""

    def __init__(self, workspace: Workspace, person: Person) -> None:
        self._log = workspace.reports
        self._limits = workspace.limits
        self._feedback = workspace.library.catalogue.feedback
        self._name = person.name
        self._is_admin = person.role is Role.ADMIN

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

    def left_today(self) -> list[dict[str, str]]:
        """What everybody has taken today and what is left of it, as rows; nothing for whoever is no admin."""
        return self._limits.left(self._log.per_user(self.today())) if self._is_admin else []

    def people(self) -> list[str]:
        """Whose use may be looked at alone, by name."""
        return AuditSearch(self._log.file).users() if self._is_admin else []

    def per_day(self, since: float, of: str = "") -> list[Day]:
        """The days on which something was asked, the oldest first. `of`: what this one asked alone, here and below."""
        return self._log.per_day(since, self._whose(of))

    def times(self, since: float, of: str = "") -> list[DayTimes]:
        """How long answers took by day, the oldest first."""
        return self._log.times(since, self._whose(of))

    def per_model(self, since: float, of: str = "") -> list[ModelUse]:
        """The models that were asked, the one with the most tokens first."""
        return self._log.per_model(since, self._whose(of))

    def ratings(self, since: float, of: str = "") -> list[FeedbackDay]:
        """The days on which something was said of answers, the oldest first."""
        return self._feedback.per_day(since, self._whose(of))

    def rated_down(self, most: int, of: str = "") -> list[FeedbackRecord]:
        """The answers that were rated down last."""
        return self._feedback.all(down_only=True, most=most, owner=self._whose(of))

    def _whose(self, of: str) -> str | None:
        """Nobody but an admin looks at others, or at all."""
        return (of or None) if self._is_admin else self._name
