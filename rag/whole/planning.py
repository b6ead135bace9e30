"""From what a question wants to what is read for it: which documents whole, and what is looked for in which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.routing import Kind, Route
from rag.types import Scope, counted
from rag.whole.kinds import Form, form_of
from rag.whole.naming import MOST_TOGETHER, Pointing, is_outright, is_this, is_title, is_whole, named, pointing
from rag.whole.nouns import DocumentName
from rag.whole.sections import numbered
from rag.whole.sides import MOST_NAMED, completed, documents_of

_SHOWN = 4

_WHERE = re.compile(
    r"\s+(?:(?:mentioned|named|listed|discussed|described|given|cited|found|contained|that are|which are|there)\s+)*"
    r"(?:in|from|within|across|throughout|inside|im|aus|en|dentro de)\s+",
    re.IGNORECASE,
)
_OF = re.compile(
    r"\s+(?:(?:of|under|per|nach|de)\s+(?=(?:the|this|that|my|our|your|der|dem|meinem|unserem|la|mi)\s|(?-i:[A-Z])|"
    r"\S+\.\w{2,4}\b)|(?:according to|as per|laut|gemäß|según)\s+|(?=(?:des|der|vom|del)\s))",
    re.IGNORECASE,
)
"""What stands before a document, and before much else: "deadlines of the lease", "members of the board"."""
_SAID_ABOUT = re.compile(
    r"(?:.{0,40}\b)?(?:says?|said|tells? (?:me|us)|sections?|parts?|chapters?|paragraphs?|passages?|article|findings|"
    r"results)\s+"
    r"(?:about|on|regarding|concerning)\s+",
    re.IGNORECASE,
)
"""What stands before a topic and is none of it: "what the documents say about"."""
_SECTION = re.compile(
    r"(?!(?:the\s+)?(?:first|second|third|next|last|final|previous|other|whole|same)\s)(?:the\s+)?(?P<topic>\S.*)\s+"
    r"(?:section|chapter|clause|part|paragraph)",
    re.IGNORECASE,
)
""" "The rent section" of a document is what it says about the rent."""
_BEFORE = re.compile(r"(?:all|every|the|about|on|regarding|concerning|what|how)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """What is read for one part of an answer."""

    name: str
    """What it is called in the answer."""
    scope: Scope
    topic: str = ""
    """What is looked for there; empty where everything is read."""
    aspect: str = ""
    """In which respect it is compared."""
    form: Form | None = None
    """How that is written, where it is a kind of things that is told by its form."""
    section: str = ""
    """The number of the only section that is read."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is read, and what becomes of it."""

    kind: Kind
    targets: tuple[Target, ...]
    notice: str = ""
    """What a person should know about how the question was understood."""
    unclear: str = ""
    """A sentence that asks back instead of an answer."""

    @property
    def sections(self) -> str:
        """What sections were asked for by their number, if any."""
        return ", ".join(f"“{target.name}”" for target in self.targets if target.section)

    @property
    def is_by_form(self) -> bool:
        """Whether something is looked for by its form."""
        return any(target.form is not None for target in self.targets)

    def by_words(self) -> Plan:
        """The same, with nothing looked for by its form."""
        return replace(self, targets=tuple(replace(target, form=None) for target in self.targets))


@dataclass(frozen=True, slots=True)
class Here:
    """What there is to read."""

    documents: Sequence[DocumentName]
    scope: Scope
    focus: DocumentName | None = None
    """The document that the conversation is about."""
    follows_lookup: bool = False
    """Whether the last answer was one from some passages, so that "it" is rather what that was about."""

    def of(self, documents: Sequence[DocumentName]) -> Scope:
        """The scope of these documents alone."""
        return replace(self.scope, documents=tuple(one.id for one in documents))

    def pointing(self, phrase: str) -> Pointing | None:
        """As `pointing`: "this manual" is the one that the conversation is about, if it is about one."""
        is_focus = self.focus is not None and is_this(phrase)
        return pointing(phrase, () if is_focus else self.documents)

    @property
    def name(self) -> str:
        """What all that is here is called."""
        return named_together(self.documents)


def named_together(documents: Sequence[DocumentName]) -> str:
    """The name of a document, or how many they are."""
    return documents[0].shown if len(documents) == 1 else counted(len(documents), "document")


def plan(route: Route, here: Here) -> Plan | None:
    """None where nothing has to be read whole: the question is a lookup after all, or asks for names alone."""
    if not here.documents or route.kind in {"lookup", "documents"}:
        return None
    if route.kind == "summary":
        return _summary(route, here)
    if route.kind == "list":
        target, notice = _narrowed(route.targets[0], here)
        return Plan("list", (replace(target, form=form_of(target.topic)),), notice)
    return _comparison(route, here)


def _summary(route: Route, here: Here) -> Plan | None:
    phrase = route.targets[0] if route.targets else ""
    points = here.pointing(phrase)
    if points is not None:
        return _of_all(here, is_sure=route.is_sure or points.is_document, is_one=bool(phrase) and not points.is_many)
    section = _section(phrase, here) if route.is_sure else None
    found = named(phrase, here.documents)
    if section is None and found and (route.is_sure or is_outright(phrase, found)):
        return _of_named(phrase, found, here)
    if not route.is_sure:
        return None
    target, notice = section or _narrowed(phrase, here)
    return Plan("summary", (target,), notice)


def _of_all(here: Here, *, is_sure: bool, is_one: bool) -> Plan | None:
    """A summary of what is here; of the document that the conversation is about where one is meant."""
    if is_one and not is_sure and here.follows_lookup:
        return None
    if is_one and here.focus is not None:
        return Plan("summary", (Target(here.focus.shown, here.of([here.focus])),))
    is_unclear = is_one and len(here.documents) > 1
    if is_unclear and not is_sure:
        return None
    notice = f"No single document was named, so all {len(here.documents):,} were read." if is_unclear else ""
    return Plan("summary", (Target(here.name, here.scope),), notice)


def _of_named(phrase: str, found: Sequence[DocumentName], here: Here) -> Plan:
    if len(found) > MOST_NAMED:
        return Plan("summary", (), unclear=_which(phrase, found))
    return Plan("summary", (Target(named_together(found), here.of(found)),), _meant(phrase, found))


def _which(phrase: str, found: Sequence[DocumentName]) -> str:
    some = ", ".join(one.file for one in found[:_SHOWN])
    return f"“{phrase}” fits {len(found):,} documents: name one of them, such as {some}."


def _meant(phrase: str, found: Sequence[DocumentName]) -> str:
    if len(found) == 1 or all(one.file.casefold() in phrase.casefold() for one in found):
        return ""
    return f"“{phrase}” fits {len(found)} documents, and all of them were read: {', '.join(o.file for o in found)}."


def _section(phrase: str, here: Here) -> tuple[Target, str] | None:
    """The section that the phrase calls by its number, in the document that it names or points at."""
    number, of = numbered(phrase)
    where = (_pointed(of, here) or _named(of, here)) if number else None
    return None if where is None else (Target(phrase, where[0], section=number), where[1])


def _narrowed(phrase: str, here: Here) -> tuple[Target, str]:
    """What is looked for, and where: "deadlines in the lease" are looked for in that document alone."""
    for topic, where, is_place in _splits(phrase):
        found = (_pointed(where, here) or _named(where, here)) if is_place else _titled(where, here)
        if found is not None:
            about = _SECTION.fullmatch(topic)
            bare = about["topic"] if about else _bare(topic)
            return Target(bare, found[0], bare), found[1]
    bare = _bare(phrase)
    return Target(bare, here.scope, bare), ""


def _bare(topic: str) -> str:
    """Without what only says that it is spoken of."""
    return _SAID_ABOUT.sub("", topic, count=1) if _SAID_ABOUT.match(topic) else topic


def _pointed(where: str, here: Here) -> tuple[Scope, str] | None:
    """What a phrase that only points means, and no notice of it."""
    points = here.pointing(where)
    if points is None:
        return None
    return (here.scope if here.focus is None or points.is_many else here.of([here.focus])), ""


def _named(where: str, here: Here) -> tuple[Scope, str] | None:
    """The documents that a phrase names, and which they are."""
    found = named(where, here.documents)
    return (here.of(found), _meant(where, found)) if 0 < len(found) <= MOST_NAMED else None


def _titled(where: str, here: Here) -> tuple[Scope, str] | None:
    """The same, where nothing but documents can be meant."""
    found = named(where, here.documents)
    is_meant = is_outright(where, found) and (is_title(where, found) or is_whole(where, found))
    return _named(where, here) if is_meant else None


def _splits(phrase: str) -> Iterator[tuple[str, str, bool]]:
    """Every way to part it into what and where, the last place first, and whether the second must be a place."""
    found = [(one, form is _WHERE) for form in (_WHERE, _OF) for one in form.finditer(phrase)]
    for one, is_place in sorted(found, key=lambda each: -each[0].start()):
        yield phrase[: one.start()], phrase[one.end() :], is_place


def _comparison(route: Route, here: Here) -> Plan | None:
    if len(route.targets) < 2:
        return _comparison_of(*_together(route, here), route.aspect, here)
    phrases, aspect = completed(route.targets, route.aspect, here.documents)
    return Plan("comparison", tuple(_side(phrase, aspect, here) for phrase in phrases))


def _together(route: Route, here: Here) -> tuple[Sequence[DocumentName], str]:
    """What "both reports" are, and that they were meant; all that is here where none are called so, nothing where the
    question may be a lookup."""
    found = named(route.targets[0], here.documents) if route.targets else []
    if 2 <= len(found) <= MOST_TOGETHER:
        return found, _meant(route.targets[0], found)
    return (here.documents, "") if route.is_sure else ((), "")


def _comparison_of(documents: Sequence[DocumentName], notice: str, aspect: str, here: Here) -> Plan | None:
    if not documents:
        return None
    if not 2 <= len(documents) <= MOST_TOGETHER:
        return Plan("comparison", (), unclear=_which_two(here))
    return Plan("comparison", tuple(Target(one.shown, here.of([one]), aspect) for one in documents), notice)


def _which_two(here: Here) -> str:
    n = len(here.documents)
    if n == 1:
        return f"There is one document to compare, {here.documents[0].shown}: name the two things that you mean."
    some = ", ".join(one.file for one in here.documents[:_SHOWN])
    return f"Which of the {n:,} documents are to be compared? Name two of them, such as {some}."


def _side(phrase: str, aspect: str, here: Here) -> Target:
    found = documents_of(phrase, here.documents)
    name = _BEFORE.sub("", phrase, count=1) if _BEFORE.match(phrase) else phrase
    if found:
        return Target(named_together(found) if len(found) == 1 else name, here.of(found), aspect, aspect)
    return Target(name, here.scope, f"{name} {aspect}".strip(), aspect)
