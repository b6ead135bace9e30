"""What is known of single files by looking at them: right refusals, what is rightly left out, what pictures say."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import InputError

DEFAULT = Path(__file__).with_name("parsing_expected.toml")


@dataclass(frozen=True, slots=True)
class Expected:
    """Entries by the end of a file's path."""

    refused: Mapping[str, str]
    """Path -> why a refusal is right."""
    partial: Mapping[str, str]
    """Path -> why words that can be found in the file are rightly not in its text."""
    words: Mapping[str, tuple[str, ...]]
    """Path of a picture, or of a file that shows its text as pictures -> words that people read on it."""

    def of(self, entries: Mapping[str, Any], path: Path) -> Any:  # noqa: ANN401 - what the entries hold
        """The entry that the path ends in, or None."""
        parts = path.as_posix().split("/")
        return next((entries[end] for n in range(len(parts)) if (end := "/".join(parts[n:])) in entries), None)


def read_expected(path: Path = DEFAULT) -> Expected:
    """Read the list; raises InputError for one that is not as it must be."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        return Expected(
            {row["file"]: row["because"] for row in found.get("refused", ())},
            {row["file"]: row["because"] for row in found.get("partial", ())},
            {row["file"]: tuple(row["words"]) for row in found.get("shows", ())},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"the list of expectations {path} cannot be read ({error!r})") from error
