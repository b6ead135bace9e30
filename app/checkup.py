"""What the doctor finds in this home, looked for and mended in a thread beside the pages."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from app.chat_doctor import Health, examined
from app.health_facts import Fact, facts_of
from indexes.library import Library
from indexes.system_errors import told
from ingest.doctor import cured, examine
from ingest.finding import Finding
from ingest.upkeep import upkeep
from rag.errors import FootnoteError
from rag.said import say
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Doing:
    """What is under way."""

    deed: str
    """`look`, `mend` or `ask`."""
    what: str
    """The name of what is looked at or mended; empty before the first."""
    done: int = 0
    total: int = 0
    """0 where nobody knows how much there is."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, and when. Times are seconds, UTC; 0 stands for never."""

    findings: tuple[Finding, ...] = ()
    at: float = 0.0
    facts: tuple[Fact, ...] = ()
    mended: tuple[str, ...] = ()
    """What was done since the last whole look, in sentences."""
    trouble: str = ""
    """Why nothing could be looked at."""
    chat: tuple[Health, ...] = ()
    chat_at: float = 0.0


class Checkup:
    """One thing at a time, however many people ask for it; what is asked for meanwhile is left. Threads may share it.

    It opens the home for itself: what a look opens and closes again is nothing that questions use.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self.report = Report()
        self.doing: Doing | None = None

    def look(self) -> None:
        """Begin to look at everything."""
        self._begin(Doing("look", ""), self._look)

    def mend(self, what: str) -> None:
        """Begin to mend a finding by its name, and look again at everything."""
        self._begin(Doing("mend", what), lambda: self._mend(what))

    def ask(self) -> None:
        """Begin to ask the chat endpoint, which takes some seconds and two words."""
        self._begin(Doing("ask", ""), self._ask)

    def _begin(self, doing: Doing, work: Callable[[], Report]) -> None:
        with self._lock:
            if self.doing is not None:
                return
            self.doing = doing
        threading.Thread(target=self._run, args=(work,), name="checkup", daemon=True).start()

    def _run(self, work: Callable[[], Report]) -> None:
        try:
            self.report = work()
        except OSError as error:
            self.report = replace(self.report, trouble=told(error), at=time.time())
        except (FootnoteError, ValueError) as error:
            self.report = replace(self.report, trouble=str(error), at=time.time())
        finally:
            self.doing = None

    def _look(self) -> Report:
        with closing(Library(self.settings)) as library:
            findings = examine(library, self._tell, more=upkeep(self._tell))
            facts = _facts(library, findings)
        return Report(tuple(findings), time.time(), facts, chat=self.report.chat, chat_at=self.report.chat_at)

    def _mend(self, what: str) -> Report:
        """By a finding of now, since the one on the page may be of long ago; afterwards all is looked at, since one
        cure may bring others to light."""
        with closing(Library(self.settings)) as library:
            findings = examine(library, more=upkeep(self._tell), only=[what])
            found = next((one for one in findings if one.what == what), findings[0])  # a broken catalogue hides others
            said = cured(library, found) if found.cure else say("nothing was left to mend there")
        return replace(self._look(), mended=(*self.report.mended, said))

    def _ask(self) -> Report:
        return replace(self.report, chat=tuple(examined(self.settings)), chat_at=time.time())

    def _tell(self, what: str, done: int, total: int) -> None:
        doing = self.doing
        if doing is not None:
            self.doing = Doing(doing.deed, what, done, total)


def _facts(library: Library, findings: Sequence[Finding]) -> tuple[Fact, ...]:
    """None where the catalogue cannot tell them."""
    return () if any(one.hides for one in findings) else facts_of(library, findings)
