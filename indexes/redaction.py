"""What looks like a secret is taken out of a text before the text is kept or shown.

First the secrets that are known, in every form in which an endpoint may repeat them; then what has the form of a key;
then the value that stands behind a name such as `api_key`, unless it is a word. The time that all this takes grows with
the text, whatever stands in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from urllib.parse import quote, quote_plus

SECRET = "[secret]"  # noqa: S105 - stands in its place
_SHORTEST = 6
"""Characters of a known secret; a shorter one is a placeholder and would hide words."""
_SHORTEST_WEAK = 16
"""Characters of a value behind a name that has other meanings, such as `token`."""
_SHAPES = re.compile(
    r"""
    -----BEGIN\ [A-Z ]{0,40}PRIVATE\ KEY(?:\ BLOCK)?-----.*?(?:-----END\ [A-Z ]{0,40}PRIVATE\ KEY(?:\ BLOCK)?-----|\Z)
    | (?<=//)[^/?\#\s"'<>]*@                            # user and password of an address
    | \bsk-(?!(?:learn|SK)\b)(?=[\w-]{0,80}[0-9A-Z])[\w-]{6,}  # OpenAI, Anthropic and those that follow them
    | \b(?:sk|rk|pk)_(?:live|test)_\w{8,}               # Stripe
    | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b                     # Amazon
    | \b(?:gh[pousr]_|github_pat_|glpat-)[\w-]{16,}     # GitHub, GitLab
    | \b(?:gsk_|hf_|r8_|npm_)[A-Za-z0-9]{16,}           # Groq, Hugging Face, Replicate, npm
    | \b(?:xai|pplx|nvapi|pypi|csk)-(?=[\w-]{0,80}[0-9])[\w-]{16,}  # xAI, Perplexity, NVIDIA, PyPI, Cerebras
    | \bxox[abeprs]-[\w-]{8,}                           # Slack
    | \bAIza[\w-]{30,} | \bya29\.[\w-]{16,}             # Google
    | \bSG\.[\w-]{16,}\.[\w-]{16,}                      # SendGrid
    | (?<![\w-])eyJ[\w-]{8,}+\.eyJ[\w-]{8,}+\.[\w-]*    # JSON Web Tokens
    """,
    re.VERBOSE | re.DOTALL,
)
_STRONG = r"api[ _-]?keys?(?:[ ]provided)?|(?:access|secret|private|subscription|account)[_-]?key"
_STRONG += r"|(?:access|refresh|auth|session|security|id)[_-]?token|password|passwort|passwd|secret"
_WEAK = r"(?<![a-z0-9])(?:token|key|pwd|sig|signature|credential)"
_QUOTE = r"""(?:\\{0,2}["']|&(?:quot|\#3[49]);)"""
_BETWEEN = rf"(?:{_QUOTE})?[ ]{{0,2}}(?:=>|[:=])[ ]{{0,2}}"
_VALUE = r"""(?P<value>[^\s"'&<>,;(){}\[\]?|`\\]+)"""
_NAMES = re.compile(r"key|token|secret|pass|pwd|sig|credential|authorization|bearer|basic", re.IGNORECASE)
"""One of these stands in each of the following."""
_IN_QUERY = re.compile(rf"(?:[?&;]|%3F|%26)[\w.-]{{0,40}}?(?:{_STRONG}|{_WEAK})(?:=|%3D){_VALUE}", re.IGNORECASE)
_BEFORE_ANOTHER = re.compile(rf"(?:{_STRONG}|{_WEAK})(?:=|%3D)(?P<value>[\w.~+/%:-]++={{0,2}})(?=&\w)", re.IGNORECASE)
_SCHEMED = re.compile(r"\b(?P<scheme>Bearer|Basic)\s{1,3}(?P<value>[\w.~+/=-]{6,})", re.IGNORECASE)
_HEADER = re.compile(
    rf"authorization{_BETWEEN}(?:{_QUOTE})?(?:(?P<scheme>bearer|basic|token|api-?key)\s{{1,3}})?(?P<value>[\w.~+/=:-]{{4,}})",
    re.IGNORECASE,
)
_QUOTED = re.compile(rf"(?:{_STRONG}){_BETWEEN}{_QUOTE}(?P<value>[^\s\"'\\]{{6,}})", re.IGNORECASE)
_NAMED = re.compile(rf"(?:{_STRONG}){_BETWEEN}(?:{_QUOTE})?{_VALUE}(?P<called>[(\[])?", re.IGNORECASE)
_ALSO_NAMED = re.compile(rf"{_WEAK}{_BETWEEN}(?:{_QUOTE})?{_VALUE}(?P<called>[(\[])?", re.IGNORECASE)
_WORD = re.compile(r"[A-Z]?[a-z]{0,20}|[A-Z]{1,20}|[A-Z]?[a-z]+(?:[A-Z][a-z]+){1,3}")
"""Of letters, as people and programs write it; a longer row of letters is none."""
_CUTS = re.compile(r"[._/:-]+")


def without_secrets(text: str, known: Sequence[str] = (), *, placeholder: str = SECRET) -> str:
    """The text with a `placeholder` for each `known` secret, and SECRET for all that has the form of one."""
    for secret in sorted(set(known), key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            for form in _forms(secret):
                text = text.replace(form, placeholder)
    text = _SHAPES.sub(SECRET, text)
    for pattern, is_secret in _PLACES if _NAMES.search(text) else ():
        text = pattern.sub(lambda found, judge=is_secret: _hidden(found, judge), text)  # type: ignore[misc]
    return text


def _forms(secret: str) -> Iterator[str]:
    """As it is, and as it stands in an address, in JSON and on a web page."""
    in_json = json.dumps(secret)[1:-1]
    yield from dict.fromkeys(
        (secret, quote(secret, safe=""), quote_plus(secret), in_json, in_json.replace("/", "\\/"), escape(secret))
    )


def _hidden(found: re.Match[str], judge: Callable[[re.Match[str]], bool]) -> str:
    if not judge(found):
        return found[0]
    start, end = (place - found.start() for place in found.span("value"))
    return found[0][:start] + SECRET + found[0][end:]


def _is_words(value: str) -> bool:
    return all(_WORD.fullmatch(part) for part in _CUTS.split(value))


def _is_borne(found: re.Match[str]) -> bool:
    """Behind the name of a scheme, which is a word of the language as well: "Basic authentication", "the bearer"."""
    value, scheme = found["value"], found["scheme"]
    if scheme.lower() == "basic":
        return len(value) >= 2 * _SHORTEST and not _is_words(value)
    return not _is_words(value) or (scheme == "Bearer" and value.isupper())


def _is_header(found: re.Match[str]) -> bool:
    """What is borne may be a word, unless it is what a sentence about that header says."""
    value, scheme = found["value"], found["scheme"] or ""
    if scheme.lower() in ("bearer", "token"):
        return value.lower().rstrip(":.") not in _SAID_OF_HEADERS
    return not _is_words(value)


_SAID_OF_HEADERS = frozenset(
    {
        *("token", "tokens", "header", "headers", "required", "missing", "invalid", "failed", "denied", "none", "null"),
        *("value", "auth", "authentication", "authorization", "scheme", "must", "expected", "format"),
    }
)


def _is_named(found: re.Match[str]) -> bool:
    """No word of the language, and no name of a program."""
    value = found["value"]
    return len(value) >= _SHORTEST and not found["called"] and not _is_words(value)


def _is_also_named(found: re.Match[str]) -> bool:
    value = found["value"]
    has_both = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    return len(value) >= _SHORTEST_WEAK and has_both and _is_named(found)


_PLACES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], bool]], ...] = (
    (_IN_QUERY, lambda _: True),
    (_BEFORE_ANOTHER, lambda _: True),
    (_HEADER, _is_header),
    (_SCHEMED, _is_borne),
    (_QUOTED, lambda _: True),
    (_NAMED, _is_named),
    (_ALSO_NAMED, _is_also_named),
)
