"""Words of others on their way into a request: they never pose as those of a chat template, and end with a sentence."""

from __future__ import annotations

import re

from rag.inert import visible
from rag.sentences import sentence_spans

_CONTROL = re.compile(
    r"[<＜](?=[|｜]|/?s[>＞]|<SYS|</SYS|/?(?:bos|eos|pad|unk|think|tool_calls?|tool_response|start_of_turn|end_of_turn|"
    r"begin_of_text|extra_id_\d+)[>＞])"
    r"|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\])",
    re.IGNORECASE,
)
"""The first character of words that chat templates use as control tokens; a local server may obey them in any text."""


def tamed(text: str) -> str:
    """The text without hidden characters, its control words broken by a blank."""
    return _CONTROL.sub(lambda found: f"{found[0]} ", visible(text))


def cut(text: str, limit: int) -> str:
    """The text up to the last sentence that ends within `limit` characters, or that many characters of the first."""
    if len(text) <= limit:
        return text
    ends = [end for _, end in sentence_spans(text[:limit])[:-1]]  # the last one may itself be cut
    return text[: ends[-1] if ends else limit].rstrip() + " …"
