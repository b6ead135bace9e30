"""What an uploaded file is called on the disk that it came from."""

from __future__ import annotations

import re

_SENT_AS = {"%22": '"', "%0A": "\n", "%0D": "\r"}
"""What browsers write in the place of three signs where they name a file, as the standard of HTML has it. They leave
`%` itself as it is, so a file that is really called `%22` cannot be told apart."""


def upload_name(sent: str) -> str:
    """The name as it was before a browser sent it: to be listed as any name is, and never a path."""
    return re.sub("|".join(_SENT_AS), lambda found: _SENT_AS[found[0]], sent)
