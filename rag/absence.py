"""Sentences on what the documents do not say, in the languages that answers are most often written in."""

from __future__ import annotations

import re

SOURCE = r"(?:documents?|passages?|sources?|texts?|context|files?|articles?|reports?|information|excerpts?)"
_ENGLISH = (
    rf"(?:but |however,? |although |and |while )?(?:the|these|your|this) (?:provided |given )?{SOURCE} "
    r"(?:do|does|did) ?(?:not|n['’]t) "
    r"(?:say|tell|state|mention|specify|provide|contain|include|give|cover|address|answer|explain|describe|discuss)\b"
)
_QUELLE = (
    r"(?:(?:bereitgestellten|vorliegenden|angegebenen|gegebenen|genannten) )?"
    r"(?:dokumente?n?|unterlagen|quellen?|texte?n?|passagen?|auszüge?n?|abschnitte?n?|kontext)"
)
_KEIN = r"\b[^.!?;:,]*?\b(?:nichts?|keine?[nrs]?)\b(?! (?:nur|allein)\b)"
_SAGEN = (
    r"(?:enth(?:alten|ält)|beinhalten|geben|gibt|nennen|nennt|sagen|sagt|machen|macht|erwähnen|erwähnt|beantworte[nt]|"
    r"liefer[nt]|beschreib(?:en|t)|erklären|erklärt|bieten|bietet)"
)
_STEHT = r"(?:steh(?:t|en)|finde[nt] sich|gibt es|wird|werden|ist|sind)"
_GERMAN = (
    rf"(?:aber |jedoch |doch |und )?(?:(?:die|diese|ihre|der|dieser|das) {_QUELLE} {_SAGEN}{_KEIN}"
    rf"|{_SAGEN} (?:die|diese|ihre) {_QUELLE}{_KEIN}"
    rf"|in (?:den|diesen|ihren|der|dem|diesem) {_QUELLE} {_STEHT}{_KEIN}"
    rf"|(?:dazu|darüber|hierzu|davon) {_STEHT} in (?:den|diesen|ihren) {_QUELLE}{_KEIN})"
)
_FRENCH = (
    r"(?:mais |et )?(?:les?|ces?|vos) (?:documents?|passages?|sources?|textes?|extraits?|fichiers?)"
    r"(?: fournis| donnés)? (?:ne |n['’])(?:contien(?:nen)?t|précisen?t?|mentionnen?t?|indiquen?t?|disent|dit|"
    r"donnen?t?|fourni(?:ssen)?t|"
    r"réponde?n?t?|inclu(?:en)?t|parlen?t?) (?:pas|rien|aucune?)\b(?! (?:seulement|que)\b)"
)
_SPANISH = (
    r"(?:pero |y )?(?:(?:los|el|las|la|estos|sus) (?:documentos?|pasajes?|fuentes?|textos?|fragmentos?|archivos?)"
    r"(?: proporcionad[oa]s?)? no (?:contienen?|mencionan?|indican?|dicen?|especifican?|proporcionan?|dan|da|incluyen?|"
    r"responden?|precisan?)\b(?! (?:solo|sólo|solamente)\b)"
    r"|en (?:los|estos) documentos no (?:hay|se (?:menciona|indica|dice|especifica|encuentra))\b)"
)
_ABSENCE = rf"(?:{_ENGLISH}|{_GERMAN}|{_FRENCH}|{_SPANISH})"
_WITHIN = re.compile(rf"(?:,|;)?\s*\b{_ABSENCE}", re.IGNORECASE)
_SORRY = (
    r"(?:(?:i(?: am|[’']m) sorry|sorry|unfortunately|leider|malheureusement|lamentablemente)[,:]? "
    r"(?:but |mais |pero )?)?"
)
_ALONE = re.compile(rf"\W*{_SORRY}{_ABSENCE}", re.IGNORECASE)
_MORE = re.compile(
    r"[;:\d]|\b(?:but|however|only|except|so|thus|therefore|which|though|although|aber|jedoch|sondern|nur|außer|also|doch|"
    r"mais|sauf|seulement|donc|pero|sino|s[oó]lo|excepto|salvo)\b",
    re.IGNORECASE,
)
"""Something else is said, too."""


def absence_in(sentence: str) -> int | None:
    """Where a sentence begins to tell that the documents do not say something; None where it does not."""
    found = _WITHIN.search(sentence)
    return None if found is None else found.start()


def is_absence(sentence: str) -> bool:
    """Whether it tells nothing but that."""
    found = _ALONE.match(sentence)
    return found is not None and _MORE.search(sentence, found.end()) is None
