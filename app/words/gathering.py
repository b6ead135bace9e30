"""Keeps the catalogues up to date with the code and with what `.env.example` says of the settings: new texts come in
without words yet, and those that are gone go.

`python -m app.words.gathering` writes them; tests hold each against the code.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from app.setting_list import explained
from app.words import FOLDER, LANGUAGES

KEYWORDS: Mapping[str, tuple[int, ...] | None] = {
    "tr": None,
    "msgid": None,
    "trn": (2, 3),
    "say": None,
    "say_n": (2, 3),
}
"""Function -> which of its arguments are texts; None: the first."""
_FOLDERS = [FOLDER.parents[1] / name for name in ("app", "ingest", "indexes")]


@cache
def gathered() -> frozenset[str | tuple[str, ...]]:
    """Every text that a page looks up."""
    return of_code().union(*((one.group, one.explanation) for one in explained()))


@cache
def of_code() -> frozenset[str | tuple[str, ...]]:
    """Every text of the app and of what it tells of: of `trn` the one for a single thing and that for several."""
    return frozenset(
        text
        for folder in _FOLDERS
        for _, _, text, _, _ in extract_from_dir(folder, [("**.py", "python")], keywords=KEYWORDS, comment_tags=())
    )


def read(path: Path) -> Catalog:
    """A catalogue as it stands."""
    with path.open("rb") as file:
        return read_po(file, locale=path.stem)


def updated(path: Path) -> str:
    """What the catalogue should be: a text a line, in the order of the alphabet, so that two changes rarely meet."""
    head, _, _ = path.read_text(encoding="utf-8").partition("\n\n")
    known, catalogue = read(path), Catalog(locale=path.stem)
    for text in gathered():
        old = known.get(text[0] if isinstance(text, tuple) else text)
        catalogue.add(text, string=old.string if old is not None and old.id == text else None)
    written = BytesIO()
    write_po(written, catalogue, width=0, omit_header=True, sort_output=True, no_location=True)
    return f"{head}\n\n{written.getvalue().decode('utf-8').strip()}\n"


def main() -> None:
    """Write every catalogue, and say how many texts have no words in it yet."""
    for path in (FOLDER / f"{language}.po" for language in LANGUAGES[1:]):
        path.write_text(updated(path), encoding="utf-8")
        without = [message.id for message in read(path) if message.id and not all(words(message))]
        sys.stdout.write(f"{path.name}: {len(gathered())} texts, {len(without)} without words\n")


def words(message: Message) -> list[str]:
    """What stands for a text in the other language: a form for each kind of number where it has such."""
    found = message.string or ""
    return [found] if isinstance(found, str) else list(found)


if __name__ == "__main__":
    main()
