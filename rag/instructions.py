"""This file finds sentences of documents that give orders to whoever answers, so that they are neither sent nor cited.

Orders to the reader of a manual ("Press the button", "Visit our website") are none: what tells the others is that they
speak of the answer, to a language model, of its rules, or that they want a text written. The rules are few and of
English; what they do not know is left to the fences of the prompt and to the check of what was written.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from rag.disguises import undisguised
from rag.sentences import sentence_spans
from rag.types import Chunk

LEFT_OUT = "[a sentence that gives instructions was left out]"
"""What a chat model reads in place of such a sentence."""

_VERB = (
    "(?:please |kindly |now |also |then |just |always |and |you (?:must|should|shall|will|need to) )*+"
    "(?:add|adopt|adjust|alter|anagram|answer|append|apply|attach|augment|avoid|begin|change|close|combine|compose|"
    "conclude|convert|copy|craft|deliver|delete|do not|don['’]t|embed|emphasi[sz]e|encode|encourage|end|enhance|ensure|"
    "enrich|exclude|express|extend|finish|fill|format|generate|give|group|hide|highlight|hint|include|incorporate|"
    "inject|insert|integrate|interleave|introduce|invent|join|jumble|keep|limit|link|make|mention|mis-?spell|mix|"
    "modify|offer|omit|output|precede|prefix|prepend|present|print|produce|promote|provide|put|randomi[sz]e|rearrange|"
    "recommend|remove|render|reorder|repeat|rephrase|replace|reply|respond|restrict|return|reverse|rewrite|say|"
    "scramble|shorten|shuffle|sign|slip|spell|split|sprinkle|start|state|stress|substitute|suggest|swap|tease|tell|"
    "translate|transform|turn|type|use|weave|wrap|write)"
)
_ANSWER = r"(?:answers?|reply|replies|responses?|outputs?|completions?)"
_YOURS = (
    rf"(?:(?:your|each|every|all(?: of)? your) (?:(?:entire|final|next|own|whole|written) )?(?:{_ANSWER}|messages?)"
    rf"|(?:the|this) (?:(?:entire|final|next|whole|written) )?{_ANSWER})\b"
)
_TEXT = (
    r"(?:acrostic|ad|advert(?:isement)?|anecdote|article|ballad|biography|code|dialogue|e-?mail|essay|example|function|"
    r"haiku|headline|introduction|invitation|joke|letter|limerick|list|lyrics|monologue|paragraph|pitch|play|poem|"
    r"program|prompt|proposal|query|recipe|regex|report|review|riddle|script|sketch|slogan|snippet|song|sonnet|speech|"
    r"story|summary|synopsis|tale|toast|translation|tweet|equivalent)"
)
_START = r"(?:\A|(?<=[.!?:;\"“”'’()\[\]|])|\n)[\s\"“'’(\[|*#>-]{0,8}+"
"""Where an order begins: with its sentence, its line or a quotation."""
_ANY = r"(?:[^\n.!?]|\n(?!\n)|[.!?](?=\w|[\"”’] (?-i:[a-z])))"
"""A character of the same sentence, addresses and quotations in it included."""

_HOW = "it says how to answer"
_MODEL = "it speaks to a language model"
_BREAKS = "it speaks of the rules of a language model"
_WRITE = "it wants a text written"
_VERBATIM = re.compile(r"[\"“”„«»<>]|\w: |[^\W\d_]\.[^\W\d_]{2}|://")
_ABOUT = "answer|repl|respon|output|completion|message"
_RULES = (
    (_HOW, _ABOUT, rf"{_START}{_VERB}\b{_ANY}{{0,200}}?\b{_YOURS}"),
    (
        _HOW,
        _ABOUT,
        rf"{_START}(?:in|to|into|with|within|throughout|at the (?:end|start|beginning|top|bottom) of) {_YOURS}"
        rf"(?:,| {_VERB}\b)",
    ),
    (
        _HOW,
        "vowel|consonant|letter|every word|each word",
        rf"{_START}{_VERB}\b{_ANY}{{0,30}}\b(?:vowels|consonants|(?:every|each) (?:\w+ )?(?:letter|word))\b",
    ),
    (
        _HOW,
        "respond|reply|answer|say|repeat",
        rf"{_START}(?:respond|reply|answer|say|repeat)(?: (?:only|just|exactly|always|instead))?"
        r"(?: with\b|\s*:? ?[“\"]| in (?:\w+ ){0,2}(?:words?|letters?|language|style|rhymes?|capitals|emojis?)\b)",
    ),
    (
        _HOW,
        "reply:|respond:|say:|output:|print:|repeat:",
        rf"{_START}(?:respond|reply|say|output|print|repeat)\s?: ?"
        r"(?:buy|call|click|contact|download|go to|install|log in|open|pay|send|use|visit)\b",
    ),
    (
        _HOW,
        "asks|asked|asking|answer|replying|responding|summari",
        r"\b(?:when|whenever|if) (?:you (?:are )?(?:answer|ask|repl|respond|summari)\w*|asked|answering|summari[sz]ing|"
        rf"(?:a|the|any|some)(?:one| ?user| ?person| ?reader) asks?)\b{_ANY}{{0,120}}, ?"
        r"(?:always |only |you (?:must|should) )*(?:say|tell|answer|reply|respond|claim|write|mention|recommend)\b",
    ),
    (
        _HOW,
        "tell |inform |remind |urge |convince |persuade |advise |instruct ",
        rf"{_START}(?:tell|inform|remind|urge|convince|persuade|advise|instruct) (?:the|all|every|any) "
        r"(?:users?|readers?|person|human|asker|recipients?) (?:to|that|about)\b",
    ),
    (
        _MODEL,
        "you are |you're |you’re |act as |behave as |speaking as |pretend ",
        r"\b(?:you are|you['’]re|act as|behave as|speaking as|pretend (?:to be|you are)) "
        r"(?:now |only |just |no longer |not )?"
        r"(?:an?|the|my|our) (?:\w+ ){0,3}(?:(?:AI|artificial intelligence|language model|LLM|chat ?bot|DAN)\b"
        r"|assistant(?=\s*[.,;:!]|\s*\Z| (?:that|who|which|and|for|to|named|called|designed)\b))",
    ),
    (
        _MODEL,
        "ai |ai:|ai,|ais|llm|language model|gpt|bot",
        r"\b(?:as an? (?:\w+ ){0,2}(?:AI|LLM|language model|chat ?bot)"
        r"|(?:note|notice|message|attention|instructions?|hello|hey|dear)"
        r"[ ,:!-]+(?:\w+ ){0,3}(?:AI|LLM|language model|ChatGPT|chat ?bot)s?"
        r"(?: (?:assistant|model|agent|system)s?)?)"
        r"(?:\s*[:,!—-]| (?:reading|that reads?|processing|who reads?|must|should))",
    ),
    (
        _MODEL,
        "<|[inst|[/inst|sys>>|##",
        r"<\|(?:im_start|im_end|system|user|assistant|endoftext)\|?>|\[/?INST\]|<</?SYS>>|"
        r"(?:\A|\n)#{2,} ?(?:system|instruction|response|assistant) ?:",
    ),
    (
        _BREAKS,
        "instruction|prompt|rules|directions|guidelines|command|orders|constraints",
        rf"\b(?:ignore|disregard|forget|override|bypass|discard|drop|do not follow|stop following)\b{_ANY}{{0,40}}"
        r"\b(?:previous|prior|above|earlier|preceding|foregoing|former|all|your|these|other|any|system|everything)\b"
        rf"{_ANY}{{0,30}}\b(?:instructions?|prompts?|rules|directions|guidelines|commands?|orders|constraints)\b",
    ),
    (
        _BREAKS,
        "ignore|disregard|forget",
        rf"{_START}(?:please )?(?:ignore|disregard|forget) (?:the|this|that|any|every) (?:\w+ )?(?:question|query)\b"
        r"|\b(?:ignore|disregard|forget) (?:all |everything )?(?:of )?(?:the |that |what )?"
        r"(?:above|came before|before this|was said before)\b",
    ),
    (
        _BREAKS,
        "prompt|instruction|message",
        rf"\b(?:reveal|show|print|repeat|output|tell|give|leak|display|share|send|disclose)\b{_ANY}{{0,30}}"
        r"\b(?:your|the) (?:system |initial |hidden |secret )+(?:prompt|instructions?|message)\b"
        rf"|\b(?:do not|don['’]t|never) (?:mention|reveal|tell|disclose)\b{_ANY}{{0,30}}"
        r"\b(?:these|this|those|your) (?:instructions?|orders|prompt)\b",
    ),
    (
        _BREAKS,
        "task|goal|instruction|role|orders",
        r"\b(?:new|updated|real|actual|true|only|important|secret) (?:task|goal|instructions?|role|orders)"
        r"(?: is| are|\s*:)\s*(?:(?:to |that you )?(?:ignore|say|tell|write|reply|answer|respond|output|print))\b",
    ),
    (
        _BREAKS,
        "from now on|from here on|from this point on",
        r"\bfrom (?:now|here|this point) on(?:wards?)?,? "
        r"(?:you (?:are|will|must)|always|only|answer|reply|respond|say|write)\b",
    ),
    (
        _WRITE,
        "compose |create |develop |draft |generate |give |invent |make up |provide |show |write ",
        rf"{_START}(?:please |now |(?:can|could|would|will) you (?:please )?|you (?:must|should) )?"
        rf"(?:compose|create|develop|draft|generate|give|invent|make up|provide|show|write)(?: me| us)? "
        rf"(?:an?|the|some|one|\d+)\b(?: [\w-]+){{0,4}}? {_TEXT}s?\b"
        r"(?= (?:about|of|on|that|for|from|to|in|based|with|describing|explaining)\b|\s*[.!?]|\s*\Z)",
    ),
    (
        _WRITE,
        "translate ",
        rf"{_START}(?:please |now |(?:can|could) you )?translate (?:the|this|that|everything|all|it|your)\b",
    ),
)
"""Why a sentence is taken for an order, some of the words that it has for sure, and what it looks like."""


@cache
def _compiled() -> list[tuple[str, list[str], re.Pattern[str]]]:
    """The rules, made when they are needed first. Lines are broken anywhere, so that a blank may be a line's end."""
    return [(why, words.split("|"), re.compile(rule.replace(" ", r"\s"), re.IGNORECASE)) for why, words, rule in _RULES]


@dataclass(frozen=True, slots=True)
class Order:
    """A sentence `text[start:end]` that gives orders to whoever answers, and what tells that: `it ...`."""

    start: int
    end: int
    why: str


def may_be_for_people(text: str, order: Order) -> bool:
    """Whether a sentence may as well tell people what to do, as in "Write a report on the accident within a day": it
    speaks neither to a model nor of its rules, and has no words that are to be said as they stand, nor an address."""
    return order.why in {_HOW, _WRITE} and not _VERBATIM.search(text, order.start, order.end)


@lru_cache(maxsize=4096)
def orders(text: str) -> tuple[Order, ...]:
    """The sentences of a text that give orders to whoever answers, in their order."""
    found = sorted(_matches(text))
    if not found:
        return ()
    spans = sentence_spans(text)
    starts = [start for start, _ in spans]
    named: dict[int, str] = {}
    for first, last, why in found:
        for n in range(max(0, bisect_right(starts, first) - 1), len(spans)):
            if spans[n][0] >= last:
                break
            if spans[n][1] > first:
                named.setdefault(n, why)
    return tuple(Order(*spans[n], why) for n, why in sorted(named.items()))


def _matches(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and reason of what the rules find in the text as it is read."""
    read, places = undisguised(text)
    for first, last, why in _found(read):
        yield places[first], places[last - 1] + 1, why


def _found(text: str) -> Iterator[tuple[int, int, str]]:
    lower = text.lower().replace("\n", " ")
    for why, words, rule in _compiled():
        if any(word in lower for word in words):
            for found in rule.finditer(text):
                blank = len(found[0]) - len(found[0].lstrip(" \n\t\"“'’([|*#>-"))
                yield found.start() + blank, found.end(), why


def why_orders(chunk: Chunk) -> str:
    """Why a passage, its title or its heading is taken for one that gives such orders; empty where it is not."""
    parts = (chunk.text, chunk.context, chunk.heading, chunk.title)
    return next((found[0].why for part in parts if (found := orders(part))), "")


def without_orders(text: str, instead: str = "") -> str:
    """The text with each such sentence replaced; without `instead` by blanks, so that all else keeps its place."""
    parts, done = [], 0
    for one in orders(text):
        blank = instead or " " * (one.end - one.start)
        parts += [text[done : one.start], blank]
        done = one.end
    return "".join([*parts, text[done:]])


def as_evidence(chunk: Chunk) -> Chunk:
    """What of a passage may be sent, quoted and cited: its other sentences, in their places, without a title, heading
    or context that gives orders."""
    text = without_orders(chunk.text)
    title, heading, context = ("" if orders(part) else part for part in (chunk.title, chunk.heading, chunk.context))
    if (text, title, heading, context) == (chunk.text, chunk.title, chunk.heading, chunk.context):
        return chunk
    return replace(chunk, text=text, title=title, heading=heading, context=context)
