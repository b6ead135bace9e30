"""What the system says when a file or a disk cannot be used, as a sentence with the cure."""

from __future__ import annotations

import errno
import os

_FULL = "make room there and try again; what was finished is kept"
_CLOSED = "give yourself the rights to it, or set FOOTNOTE_HOME to a folder of your own where it belongs to a library"
_CURES = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _CLOSED,
    errno.EPERM: _CLOSED,
    errno.EROFS: "its disk is mounted for reading alone: mount it writable, or set FOOTNOTE_HOME to another folder",
    errno.EEXIST: "something that is no folder is in its place, a file or a link to what is gone: move that away",
    errno.ENOTDIR: "something that is no folder is in its place: move that away",
    errno.EIO: "its disk fails: look at the system's log, and copy what is on it to another one",
}


def is_full(error: OSError) -> bool:
    """Whether there was no room left on a disk, or for its user."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def told(error: OSError) -> str:
    """Which file, why not, and what to do where that is known. A full disk seldom comes with a file's name."""
    reason = error.strerror or str(error)
    cure = f": {_CURES[error.errno]}" if error.errno in _CURES else ""
    if error.filename:
        return f"{os.fsdecode(error.filename)} cannot be used ({reason}){cure}"
    if is_full(error):
        return f"the disk of the library, or the one for temporary files (TMPDIR), is full ({reason}){cure}"
    return f"{reason}{cure}"
