"""What looks like a secret is taken out of a text before the text is kept or shown."""

from __future__ import annotations

import re
from collections.abc import Sequence

SECRET = "[secret]"  # noqa: S105 - stands in its place
_SHORTEST = 6
"""Characters of a known secret; a shorter one is a placeholder and would hide words."""
_SHAPES = re.compile(
    r"""
    -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----.*?(?:-----END\ [A-Z ]*PRIVATE\ KEY-----|\Z)
    | (?<=//)[^/@\s]*@                                  # user and password of an address
    | \bsk-[\w-]{6,}                                    # OpenAI, Anthropic and those that follow them
    | \b(?:sk|rk|pk)_(?:live|test)_\w{8,}               # Stripe
    | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b                     # Amazon
    | \b(?:gh[pousr]_|github_pat_|glpat-)[\w-]{16,}     # GitHub, GitLab
    | \bhf_\w{16,}                                      # Hugging Face
    | \bxox[abeprs]-[\w-]{8,}                           # Slack
    | \bAIza[\w-]{30,}                                  # Google
    | \beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*              # JSON Web Tokens
    | \b(?:Bearer|Basic)\s+[\w.~+/=-]{12,}              # of an Authorization header
    | (?<=[?&])(?:api_?key|access_token|token|key|secret|password)=[^&\s]+
    """,
    re.VERBOSE | re.DOTALL,
)


def without_secrets(text: str, known: Sequence[str] = ()) -> str:
    """The text with a placeholder for each `known` secret and for all that has the form of one."""
    for secret in known:
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, SECRET)
    return _SHAPES.sub(SECRET, text)
