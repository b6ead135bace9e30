"""What is searched for, which may be more, or other words, than the question that was typed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Correction:
    """A word that no document has, and the one that was searched for in its place."""

    typed: str
    known: str


@dataclass(frozen=True, slots=True)
class Query:
    """The text that passages are found, ranked and read by, and what is searched for beside it."""

    text: str
    is_completed: bool = False
    """Whether words of the conversation were added, so that it stands alone."""
    corrections: tuple[Correction, ...] = ()
    words: tuple[str, ...] = ()
    """Phrases that keyword search looks for, too, and counts less: what an acronym stands for, names of passages."""
    wordings: tuple[str, ...] = ()
    """Further texts that are searched for like the first."""
    within: tuple[str, ...] = ()
    """Names of the documents that the question refers to, as sources of an earlier answer, and was kept to."""
    unknown: tuple[str, ...] = ()
    """Names in the text that no document has."""
    passages: tuple[str, ...] = ()
    """Texts to which dense search finds what is near, too: what an answer might look like."""


def told(query: Query | None) -> str:
    """What a person should know about how a question was searched for; empty where that was done as it was typed."""
    if query is None:
        return ""
    sentences = [f"Searched for: {query.text}"] if query.is_completed else []
    if query.corrections:
        pairs = (f"“{one.known}” instead of “{one.typed}”" for one in query.corrections)
        sentences.append(f"Searched for {', '.join(pairs)}.")
    sentences += [f"No document has {' or '.join(f'“{name}”' for name in query.unknown)}."] if query.unknown else []
    sentences += (
        [f"Searched in {', '.join(f'«{name}»' for name in query.within)}, cited before."] if query.within else []
    )
    beside = (*query.words, *query.wordings)
    sentences += [f"Also searched for: {'; '.join(beside)}"] if beside else []
    return "\n".join(sentences)
