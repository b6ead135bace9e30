"""Sizes in words: of one that is over a limit a sentence in which the two never look alike."""

from __future__ import annotations

_LIMIT = "FOOTNOTE_MAX_FILE_MB"


def over(size: int, limit: int) -> str:
    """`has 1.3 MB, and the limit is 1 MB`: with as many decimals as it takes to see the difference."""
    n_decimals = next((n for n in range(6) if _megabytes(size, n) != _megabytes(limit, n)), 6)
    return f"has {_megabytes(size, n_decimals)} MB, and the limit is {megabytes(limit)} MB"


def megabytes(n_bytes: int) -> str:
    """Without decimals that say nothing."""
    return f"{n_bytes / 1e6:,.6f}".rstrip("0").rstrip(".")


def sized(n_bytes: float) -> str:
    """As people say it: `812 bytes`, `12 kB`, `3.4 MB`."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if n_bytes < 999.5:
            return f"{n_bytes:.1f} {unit}" if n_bytes < 9.95 and unit != "bytes" else f"{n_bytes:.0f} {unit}"
        n_bytes /= 1000
    return f"{n_bytes:,.1f} TB"


def _megabytes(n_bytes: int, n_decimals: int) -> str:
    return f"{n_bytes / 1e6:,.{n_decimals}f}"


SPLIT_OR_RAISE = f"split the file, or raise the setting {_LIMIT}"
RAISE = f"raise the setting {_LIMIT}"
"""What to do about a file, and about a web page, which nobody can split."""
