"""An answer that is checked while it is still being written: each sentence as soon as the next one has begun."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.agent.nouns import Calculation
from rag.citations import cited_sentences
from rag.errors import ModelError
from rag.inert import inert
from rag.source_list import without_sources
from rag.types import Sentence
from rag.verification.verified import Checked, Checking, Verified

_MAY_END = re.compile(r"[.!?…:;]|\n|[。！？；：]|\]")
"""Without one of these in new text no sentence has ended there."""
_MOST = 20_000
"""Characters up to which it is looked at while it comes: each look goes through all of it."""
_SHARE = 50
"""Once more where a fiftieth has been added since: else a long answer would take ever longer for each sentence."""


class Growing:
    """The text of an answer as it comes."""

    def __init__(self, checking: Checking | None, calculations: Sequence[Calculation] = ()) -> None:
        """Without a `checking` it is only put together."""
        self._checking = checking
        self._calculations = tuple(calculations)
        self._parts: list[str] = []
        self._length = 0
        self._told: list[tuple[Sentence, Sentence]] = []
        """Finished sentences, as they were written and as they were checked."""
        self._is_due = False
        self._looked_at = 0

    def written(self, used: Sequence[int]) -> Verified:
        """All of it so far, as it is drawn and checked. `used`: which hit each marker stands for."""
        whole = inert("".join(self._parts)).strip()
        text = without_sources(whole)
        sentences = cited_sentences(text, len(used))
        if text != whole:  # what was first told of in a list is not used
            used = used[: max((n for one in sentences for n in one.citations), default=0)]
        return Verified(text, sentences, tuple(used), self._calculations)

    def add(self, more: str) -> None:
        """Put it behind what there is."""
        self._parts.append(more)
        self._length += len(more)

    def checked(self, more: str, used: Sequence[int]) -> Checked | None:
        """What came of checking, where with this text a further sentence is finished; None else. `used`: which hit each
        marker stands for.

        What is told is what the whole answer's check will tell of these sentences, unless what follows makes other
        sentences of them: it is for looking at, and nothing is kept of it but what was worked out.
        """
        self.add(more)
        if self._checking is None or self._length > _MOST:
            return None
        has_end = _MAY_END.search(more) is not None
        self._is_due = self._is_due or has_end
        if not self._is_due or self._length - self._looked_at < self._length // _SHARE:
            return None
        self._looked_at = self._length
        written = self.written(used)
        finished = written.sentences[:-1]  # the last one may go on, or get a marker
        if len(finished) <= len(self._told):
            return None
        self._is_due = has_end
        if any(before != now for (before, _), now in zip(self._told, finished, strict=False)):
            self._told = []  # what followed has made other sentences of them
        new = finished[len(self._told) :]  # a long answer would take ever longer if all were looked at each time
        try:
            found = self._checking.so_far(replace(written, sentences=new))
        except ModelError:  # told at the end
            self._checking = None
            return None
        self._told += zip(new, found.sentences, strict=True)
        return Checked(written.text, tuple(replace(mine, check=other.check) for mine, other in self._told))
