"""A quote with where it stands, to be put into another text: plain, as Markdown, or as a BibTeX entry."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from rag.inert import flat, inert

_ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0327": "c",
    "\u0328": "k",
}
"""A combining mark -> the letter of TeX's command for it."""
_LETTERS = {
    "ß": r"{\ss}", "æ": r"{\ae}", "Æ": r"{\AE}", "œ": r"{\oe}", "Œ": r"{\OE}", "ø": r"{\o}", "Ø": r"{\O}",
    "ł": r"{\l}", "Ł": r"{\L}", "ı": r"{\i}", "–": "--", "—": "---", "“": "``", "”": "''", "‘": "`", "’": "'",
    "…": r"{\dots}", "\u00a0": "~",
}  # fmt: skip
_SPECIAL = {
    "\\": r"{\textbackslash}", "{": r"{\textbraceleft}", "}": r"{\textbraceright}", "%": r"\%",
    "&": r"\&", "$": r"\$", "#": r"\#", "_": r"\_",
    "~": r"{\textasciitilde}", "^": r"{\textasciicircum}", '"': '{"}', "<": r"{\textless}", ">": r"{\textgreater}",
}  # fmt: skip
"""Braces as commands, because BibTeX counts them with a backslash before them too."""
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


@dataclass(frozen=True, slots=True)
class Reference:
    """The quoted words and what is known of where they stand; empty texts where nothing is."""

    quote: str
    title: str
    source: str
    place: str = ""
    """Page and heading, as a person reads them."""
    pages: str = ""
    """`3` or `3--4`."""
    author: str = ""
    date: str = ""
    """ISO 8601, as far as the document tells."""

    @property
    def day(self) -> str:
        """The date without the time; empty where it is none."""
        found = _DAY.match(self.date)
        return found[0] if found else ""

    @property
    def key(self) -> str:
        """A name for a BibTeX entry that stays the same as long as author, year and source do."""
        word = _ascii(self.author.split(",")[0].split("<")[0]).split() or _ascii(self.title).split()
        year = _YEAR.search(self.day)
        mark = sha256(self.source.encode("utf-8", "surrogatepass")).hexdigest()[:6]
        return f"{word[-1] if self.author and word else ''.join(word[:1]) or 'source'}{year[1] if year else ''}-{mark}"


def reference(quote: str, title: str, source: str, metadata: Mapping[str, str], **place: str) -> Reference:
    """A Reference to a document of which the catalogue tells `author` and `created` or `modified`."""
    date = metadata.get("created") or metadata.get("modified") or ""
    texts = {"quote": quote, "title": title, "source": source, "author": metadata.get("author", ""), "date": date}
    return Reference(**{name: flat(text) for name, text in (texts | place).items()})


def plain(one: Reference) -> str:
    """“The quote” (Author, Title, day, place, source)."""
    facts = (one.author, one.title, one.day, one.place, one.source)
    return f"“{one.quote}” ({', '.join(fact for fact in facts if fact)})"


def markdown(one: Reference) -> str:
    """The quote as a block, and below it where it stands; nothing of either becomes markup."""
    facts = (inert(one.author), f"*{inert(one.title)}*", one.day, inert(one.place), inert(one.source))
    return f"> {inert(one.quote)}\n>\n> — {', '.join(fact for fact in facts if fact and fact != '**')}\n"


def bibtex(one: Reference) -> str:
    """An entry of the kind `misc` with the quote as its note."""
    fields = {
        "author": f"{{{escaped(one.author)}}}" if one.author else "",
        "title": f"{{{escaped(one.title)}}}" if one.title else "",  # a second pair of braces keeps capitals
        "year": one.day[:4],
        "date": one.day,
        "pages": one.pages,
        "howpublished": escaped(one.source),
        "note": escaped(f"“{one.quote}”"),
    }
    lines = (f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{one.key},\n" + ",\n".join(lines) + "\n}\n"


def escaped(text: str) -> str:
    """Text as BibTeX reads it back: TeX's own marks and accented letters as commands, other scripts as they are."""
    return "".join(_escaped(mark) for mark in unicodedata.normalize("NFC", text))


def _escaped(mark: str) -> str:
    if mark in _SPECIAL or mark in _LETTERS:
        return _SPECIAL.get(mark) or _LETTERS[mark]
    letter, *accents = list(unicodedata.normalize("NFD", mark))
    if len(accents) == 1 and accents[0] in _ACCENTS and letter.isascii():
        accent = _ACCENTS[accents[0]]
        base = {"i": r"\i", "j": r"\j"}.get(letter, letter) if accent not in "ck" else letter
        return f"{{\\{accent}{{{base}}}}}"
    return mark


def _ascii(text: str) -> str:
    """Its letters and digits without accents, in lower case, words apart."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", " ", bare).strip()
