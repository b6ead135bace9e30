"""What a page of a document is called: those of a workbook are sheets, those of a presentation slides."""

from __future__ import annotations

import re
from typing import Literal

PageKind = Literal["page", "sheet", "slide"]
_ENDINGS: tuple[tuple[PageKind, re.Pattern[str]], ...] = (
    ("sheet", re.compile(r"\.(?:xlsx|xlsm|xltx|xlsb|xls|xlt|ods|ots)$", re.IGNORECASE)),
    ("slide", re.compile(r"\.(?:pptx|pptm|ppsx|potx|ppt|pps|pot|odp|otp)$", re.IGNORECASE)),
)


def page_kind(source: str) -> PageKind:
    """By the ending of a file's name or of an address; `page` where it tells nothing."""
    name = re.split(r"[?#]", source)[0] if "://" in source else source
    return next((kind for kind, ending in _ENDINGS if ending.search(name)), "page")
