"""Sizes in words: of one that is over a limit a sentence in which the two never look alike."""

from __future__ import annotations

from rag.said import Said, say

_LIMIT = "FOOTNOTE_MAX_FILE_MB"


def over(size: int, limit: int) -> str:
    """`has 1.3 MB, and the limit is 1 MB`: with as many decimals as it takes to see the difference."""
    n_decimals = next((n for n in range(6) if _megabytes(size, n) != _megabytes(limit, n)), 6)
    return f"has {_megabytes(size, n_decimals)} MB, and the limit is {megabytes(limit)} MB"


def megabytes(n_bytes: int) -> str:
    """Without decimals that say nothing."""
    return f"{n_bytes / 1e6:,.6f}".rstrip("0").rstrip(".")


def sized(n_bytes: float) -> Said:
    """As people say it: `812 bytes`, `12 kB`, `3.4 MB`."""
    if n_bytes < 999.5:
        return say("{n} bytes", n=round(n_bytes))
    for unit in ("kB", "MB", "GB"):
        n_bytes /= 1000
        if n_bytes < 999.5:
            return say("{n} {unit}", n=n_bytes if n_bytes < 9.95 else round(n_bytes), unit=unit)
    return say("{n} {unit}", n=n_bytes / 1000, unit="TB")


def _megabytes(n_bytes: int, n_decimals: int) -> str:
    return f"{n_bytes / 1e6:,.{n_decimals}f}"


SPLIT_OR_RAISE = f"split the file, or raise the setting {_LIMIT}"
RAISE = f"raise the setting {_LIMIT}"
"""What to do about a file, and about a web page, which nobody can split."""
