"""How letters and mails greet and take leave: lines that are said to somebody, and tell nothing of anything."""

from __future__ import annotations

import re

from rag.lines import trim

_GREETING = (
    r"(?:dear|hi|hello|hey|greetings|good (?:morning|afternoon|evening|day)|to whom it may concern|"
    r"sehr geehrte[rs]?|liebe[rs]?|hallo|moin|guten (?:morgen|tag|abend)|"
    r"hola|estimad[oa]s?|querid[oa]s?|buen[oa]s (?:días|tardes|noches)|bonjour|bonsoir|chère?s?|madame|monsieur)"
    r"(?:,? [\w.&’'-]+){0,5}[,!.:]?"
)
_LEAVE = (
    r"(?:with |many |all |the |my |our |very )*"
    r"(?:(?:best|kind|kindest|warm|warmest) (?:regards|wishes)|regards|(?:the )?best|"
    r"yours (?:sincerely|faithfully|truly)|sincerely(?: yours)?|respectfully(?: yours)?|cheers|take care|"
    r"thanks(?: again| a lot| in advance)?|thank you(?: again| very much| in advance)?(?: for \w+(?: \w+){0,4})?)"
    r"(?:,? (?:and|with) (?:best|kind) (?:regards|wishes))?[,!.]*"
    r"|(?:mit |viele |beste |liebe |herzliche |schöne )*(?:freundliche[nm]? )?gr(?:ü|ue)(?:ß|ss)(?:e|en)?[,!.]*"
    r"|vielen dank(?: im voraus)?[,!.]*|(?:un )?(?:cordiales? )?saludos?(?: cordiales)?[,!.]*|atentamente[,!.]*"
    r"|(?:bien )?cordialement[,!.]*"
)
_LINE = re.compile(rf"(?:{_GREETING}|{_LEAVE})[ \t]*(?=[\r\n]|\Z)", re.IGNORECASE)


def after_greetings(text: str, start: int, end: int) -> int:
    """Where of `text[start:end]` begins what is no line that greets or takes leave; `end` where it says nothing else.

    Only whole lines are taken for such: in the middle of a paragraph somebody may be told to have said so.
    """
    while start < end and (found := _LINE.match(text, start)) and found.end() <= end and _begins_line(text, start):
        start = trim(text, found.end(), end)[0]
    return start


def _begins_line(text: str, at: int) -> bool:
    return not text[text.rfind("\n", 0, at) + 1 : at].strip()
