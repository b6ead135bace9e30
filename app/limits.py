"""This file says when a budget of tokens or money is spent, by what the audit log has counted since midnight and what
requests that are under way may take."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from math import ceil

from app.words import msgid, numeral, tr, trn
from indexes.audit_log import DAY_S, AuditLog, midnight
from indexes.audit_records import Spent, UserUse
from rag.errors import ModelError, StoreError
from rag.settings import Settings
from rag.types import counted

_TIMEOUTS = 3
"""A request that has been under way for so many time-outs holds nothing any more: its process has died."""


class Limits:
    """The budgets that the settings give chat models. Threads may share it."""

    def __init__(self, log: AuditLog, settings: Settings) -> None:
        self._log = log
        self.per_minute = settings.questions_per_minute
        self.all_per_minute = settings.all_questions_per_minute
        self._total = (settings.daily_tokens, settings.daily_dollars)
        self._of_user = (settings.user_daily_tokens, settings.user_daily_dollars)
        self._longest = _TIMEOUTS * settings.timeout

    def why_not(self, user: str, trouble: str = "") -> str:
        """Why no chat model may be asked for this user just now, without a full stop; empty where one may.

        `trouble`: why the log cannot be written. What a request takes then is unknown, and may be any sum.
        """
        if not any(self._total + self._of_user):
            return ""
        if trouble:
            return f"the budget cannot be counted, since {trouble}"
        try:
            now = self._log.clock()
            spent = self._spent("today's budget", self._total, now, None)
            return spent or self._spent("your budget for today", self._of_user, now, user)
        except StoreError as error:
            return f"the budget cannot be counted, since {error}"

    @contextmanager
    def held(self, user: str, most: Callable[[], Spent], trouble: str = "") -> Iterator[None]:
        """Hold what a request may take at most while it is under way. Raises ModelError where none may be sent."""
        if not any(self._total + self._of_user):
            yield
            return
        number = self._hold(user, most(), trouble)
        try:
            yield
        finally:
            with suppress(StoreError):  # it is forgotten in time
                self._log.holds.free(number)

    def _hold(self, user: str, most: Spent, trouble: str) -> int:
        """Counted and held in one transaction, so that no two requests see the same rest of a budget."""
        try:
            with self._log.file.writing():
                if why := self.why_not(user, trouble):
                    raise ModelError(why)
                now = self._log.clock()
                return self._log.holds.add(user, most, now, now + self._longest)
        except StoreError as error:
            raise ModelError(f"the budget cannot be counted, since {error}") from error

    def _spent(self, name: str, budget: tuple[int, float], now: float, user: str | None) -> str:
        tokens, dollars = budget
        if not (tokens or dollars):
            return ""
        spent, held = self._log.spent(midnight(now), user), self._log.holds.held(now, user)
        anew = f"and starts anew at 00:00 UTC, in {_duration(midnight(now) + DAY_S - now)}"
        for most, used, taken, whole, shown in (
            (tokens, spent.tokens, held.tokens, counted(tokens, "token"), "{:,}".format),
            (dollars, spent.dollars, held.dollars, in_dollars(dollars), in_dollars),
        ):
            if most and used >= most:
                return f"{name} of {whole} is spent ({shown(used)} were used), {anew}"
            if most and used + taken >= most:
                rest = f"the rest of {name}, {shown(most - used)} of {whole}"
                return f"{rest}, is held for requests under way: ask again once they are over"
        return ""

    def left(self, uses: Sequence[UserUse]) -> list[dict[str, str]]:
        """A row for all together and one for each user of today: what was asked and taken, and what is left of it."""
        questions, tokens = sum(one.questions for one in uses), sum(one.tokens for one in uses)
        total = UserUse(tr("All together"), questions, tokens, sum(one.dollars for one in uses))
        return [_left(total, self._total), *(_left(one, self._of_user) for one in uses)]

    def told(self, user: str) -> list[str]:
        """What of each budget is used, for a person: `3,120 of 10,000 tokens`. Raises StoreError."""
        lines = []
        for (tokens, dollars), whose in ((self._total, None), (self._of_user, user)):
            spent = self._log.spent(midnight(self._log.clock()), whose)
            by = "" if whose is None else tr(" by {name}", name=whose)
            used, cost, most = numeral(spent.tokens), in_dollars(spent.dollars), in_dollars(dollars)
            lines += [trn(tokens, "{used} of {n} token", "{used} of {n} tokens", used=used) + by] if tokens else []
            lines += [tr("{some} of {all}", some=cost, all=most) + by] if dollars else []
        return lines


def _left(use: UserUse, budget: tuple[int, float]) -> dict[str, str]:
    tokens, dollars = budget
    return {
        msgid("Who"): use.user,
        msgid("Questions"): numeral(use.questions),
        msgid("Tokens"): numeral(use.tokens),
        msgid("Tokens left"): _part(numeral(max(0, tokens - use.tokens)), numeral(tokens) if tokens else ""),
        msgid("Cost"): in_dollars(use.dollars),
        msgid("Dollars left"): _part(
            in_dollars(max(0.0, dollars - use.dollars)), in_dollars(dollars) if dollars else ""
        ),
    }


def _part(some: str, whole: str) -> str:
    return tr("{some} of {all}", some=some, all=whole) if whole else tr("no limit")


def in_dollars(amount: float) -> str:
    """`$1,234.50`, and `$0.0021` where cents would hide it."""
    is_plain = amount >= 1 or round(amount, 4) == round(amount, 2)
    return tr("${amount}", amount=numeral(amount, 2 if is_plain else 4))


def cost_told(dollars: float, n_unpriced: int) -> str:
    """What is known of the cost of requests, of which so many have no known price."""
    if n_unpriced:
        return tr("{cost} and more", cost=in_dollars(dollars)) if dollars else tr("unknown")
    return in_dollars(dollars)


def _duration(seconds: float) -> str:
    minutes = ceil(seconds / 60)
    return counted(minutes, "minute") if minutes < 120 else counted(round(minutes / 60), "hour")
