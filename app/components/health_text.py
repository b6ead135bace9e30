"""What each of the doctor's findings means to a person, and what its button does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    """Of a finding that is not well."""

    title: str
    means: str
    """What it does to answers, in a sentence or two."""
    deed: str = "Mend it"
    """What the button says, where there is a cure."""
    loses: str = ""
    """What mending takes away for good, asked about first; empty where nothing is lost."""
    is_advice: bool = False
    """Whether answers are right all the same."""


MEANINGS: Mapping[str, Meaning] = {
    "catalogue": Meaning(
        "Catalogue",
        "Everything else is made from it, so it comes first; what stands in it cannot be looked at until it is whole.",
        "Make it whole",
        "What the lost parts held is made anew as far as the rest and the files tell it; the sentence above says what "
        "is not. A copy of the folder made now keeps what there is.",
    ),
    "sources": Meaning(
        "Sources", "Documents and the places where they were found do not agree, so a sync may miss some of them."
    ),
    "chunks": Meaning(
        "Passages",
        "Answers from these documents may quote words that do not stand in them.",
        "Read them again",
    ),
    "vectors": Meaning(
        "Vectors",
        "Passages without a sound vector are found by their words alone, and not by what they mean.",
        "Embed again",
    ),
    "vector index": Meaning(
        "Vector index",
        "Searches by meaning may miss passages, or read the catalogue instead, which is slower.",
        "Build it anew",
    ),
    "keyword index": Meaning("Keyword index", "Searches by words may miss passages.", "Build it anew"),
    "originals": Meaning(
        "Originals",
        "A document whose file is gone or altered is still found, but cannot be opened or read again.",
        "Put in order",
        "Kept files that belong to no document are deleted; nothing brings them back.",
    ),
    "leftovers": Meaning(
        "Leftovers",
        "They take up room and do no other harm.",
        "Delete them",
        "They are deleted for good. Nobody works on them any more.",
        is_advice=True,
    ),
    "jobs": Meaning("Files on their way", "Files wait that nobody takes up.", "Queue them again"),
    "embedder": Meaning(
        "Embedder", "The documents' own embedder searches meanwhile, if it can be opened; new settings do not hold yet."
    ),
    "bundled model": Meaning("Bundled model", "Install the packages again: answers cannot be trusted until then."),
    "reranker": Meaning("Reranker", "The order of passages is worse than it could be; they are found all the same."),
    "disk": Meaning("Disk", "Where the disk is full, no file comes in and no question is kept."),
    "settings": Meaning(
        "Settings and documents",
        "Searches find these documents as they were read, side by side with newer ones. Reading them again takes as "
        "long as taking them in did, and questions go on meanwhile.",
        "Read them again",
        is_advice=True,
    ),
    "failed files": Meaning(
        "Failed files", "No question finds them. The Documents page says why.", "Try again", is_advice=True
    ),
}
"""Name of a finding -> what it means."""


def meaning_of(what: str) -> Meaning:
    """Of a finding by its name."""
    return MEANINGS.get(what, Meaning(what.capitalize(), ""))
