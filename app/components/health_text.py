"""What each of the doctor's findings means to a person, and what its button does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.words import msgid


@dataclass(frozen=True, slots=True)
class Meaning:
    """Of a finding that is not well, in texts that `tr` takes."""

    title: str
    means: str
    """What it does to answers, in a sentence or two."""
    deed: str = msgid("Mend it")
    """What the button says, where there is a cure."""
    loses: str = ""
    """What mending takes away for good, asked about first; empty where nothing is lost."""
    is_advice: bool = False
    """Whether answers are right all the same."""


MEANINGS: Mapping[str, Meaning] = {
    "catalogue": Meaning(
        msgid("Catalogue"),
        msgid(
            "Everything else is made from it, so it comes first; what stands in it cannot be looked at until it "
            "is whole."
        ),
        msgid("Make it whole"),
        msgid(
            "What the lost parts held is made anew as far as the rest and the files tell it; the sentence above "
            "says what is not. A copy of the folder made now keeps what there is."
        ),
    ),
    "sources": Meaning(
        msgid("Sources"),
        msgid("Documents and the places where they were found do not agree, so a sync may miss some of them."),
    ),
    "chunks": Meaning(
        msgid("Passages"),
        msgid("Answers from these documents may quote words that do not stand in them."),
        msgid("Read them again"),
    ),
    "vectors": Meaning(
        msgid("Vectors"),
        msgid("Passages without a sound vector are found by their words alone, and not by what they mean."),
        msgid("Embed again"),
    ),
    "vector index": Meaning(
        msgid("Vector index"),
        msgid("Searches by meaning may miss passages, or read the catalogue instead, which is slower."),
        msgid("Build it anew"),
    ),
    "keyword index": Meaning(
        msgid("Keyword index"),
        msgid("Searches by words may miss passages."),
        msgid("Build it anew"),
    ),
    "originals": Meaning(
        msgid("Originals"),
        msgid("A document whose file is gone or altered is still found, but cannot be opened or read again."),
        msgid("Put in order"),
        msgid("Kept files that belong to no document are deleted; nothing brings them back."),
    ),
    "content": Meaning(msgid("Content"), ""),
    "parts": Meaning(msgid("Versions"), ""),
    "leftovers": Meaning(
        msgid("Leftovers"),
        msgid("They take up room and do no other harm."),
        msgid("Delete them"),
        msgid("They are deleted for good. Nobody works on them any more."),
        is_advice=True,
    ),
    "jobs": Meaning(
        msgid("Files on their way"),
        msgid("Files wait that nobody takes up."),
        msgid("Queue them again"),
    ),
    "embedder": Meaning(
        msgid("Embedder"),
        msgid("The documents' own embedder searches meanwhile, if it can be opened; new settings do not hold yet."),
    ),
    "bundled model": Meaning(
        msgid("Bundled model"),
        msgid("Install the packages again: answers cannot be trusted until then."),
    ),
    "reranker": Meaning(
        msgid("Reranker"),
        msgid("The order of passages is worse than it could be; they are found all the same."),
    ),
    "disk": Meaning(
        msgid("Disk"),
        msgid("Where the disk is full, no file comes in and no question is kept."),
    ),
    "settings": Meaning(
        msgid("Settings and documents"),
        msgid(
            "Searches find these documents as they were read, side by side with newer ones. Reading them again "
            "takes as long as taking them in did, and questions go on meanwhile."
        ),
        msgid("Read them again"),
        is_advice=True,
    ),
    "failed files": Meaning(
        msgid("Failed files"),
        msgid("No question finds them. The Documents page says why."),
        msgid("Try again"),
        is_advice=True,
    ),
}
"""Name of a finding -> what it means."""


def meaning_of(what: str) -> Meaning:
    """Of a finding by its name."""
    return MEANINGS.get(what, Meaning(what.capitalize(), ""))
