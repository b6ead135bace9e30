"""What the address of an endpoint lets in by: its password, and the values of its query."""

from __future__ import annotations

import re
from base64 import b64encode

_PARTS = re.compile(r"[a-z+.-]+://(?:([^/?#\s]*)@)?[^?#\s]*(?:\?([^#\s]*))?", re.IGNORECASE)
_ESCAPED = re.compile(r"%([0-9a-f]{2})", re.IGNORECASE)


def address_secrets(url: str) -> tuple[str, ...]:
    """What must not be told of an address, as it stands there and as it is sent. A name beside a password is none, nor
    is the version of an API. Empty for what is no address."""
    found = _PARTS.match(url.strip())
    signed, query = ("", "") if found is None else (found[1] or "", found[2] or "")
    name, has_password, password = signed.partition(":")
    pairs = (pair.partition("=") for pair in query.split("&"))
    values = [value for key, _, value in pairs if not key.lower().endswith("version")]
    sent = f"{_plain(name)}:{_plain(password)}".encode("utf-8", "replace") if has_password else b""
    given = [password or name, *values, b64encode(sent).decode()]
    return tuple(dict.fromkeys(form for one in given for form in (one, _plain(one)) if one))


def _plain(text: str) -> str:
    """Without the escapes of addresses."""
    parts = _ESCAPED.split(text)  # what stands between two escapes, and every second time the digits of one
    held = b"".join(bytes.fromhex(part) if n % 2 else part.encode("utf-8", "replace") for n, part in enumerate(parts))
    return held.decode("utf-8", "replace")
