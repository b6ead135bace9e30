"""How every command line ends: one sentence and an exit code, whatever went wrong."""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn
from unicodedata import category

from indexes.system_errors import told
from rag.errors import ConfigError, FootnoteError, InputError
from rag.said import say

FAILED, WRONG_USE, STOPPED, PIPE_CLOSED = 1, 2, 130, 141
_AGAIN_S = 0.05
_JOINERS = "\u200c\u200d"


def run_command(run: Callable[[], int]) -> int:
    """The command's own exit code; 1: it failed and said why; 2: wrong use; 130: stopped by Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a letter that the terminal does not know is written as its number
            stream.reconfigure(errors="backslashreplace")
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)  # from now on there is something to clear up
    try:
        with _losing_no_stop():
            return run()
    except FootnoteError as error:
        sys.stderr.write(f"footnote: {one_line(str(error))}\n")
        return WRONG_USE if isinstance(error, InputError | ConfigError) else FAILED
    except KeyboardInterrupt:
        sys.stderr.write("footnote: stopped; what was finished is kept\n")
        return STOPPED
    except BrokenPipeError:  # the reader, `head` for example, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except OSError as error:
        sys.stderr.write(f"footnote: {one_line(told(error))}\n")
        return FAILED


def stop_on_sigterm() -> None:
    """Let the system's wish to end this process count as Ctrl-C, so that it is cleared up after either."""
    signal.signal(signal.SIGTERM, _stop)


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


@contextmanager
def _losing_no_stop() -> Iterator[None]:
    """Ask again for an end that was asked for while Python cleared an object away: it drops whatever is raised there,
    and the command would go on for ever. A moment later, since what is raised in this hook is dropped, too."""
    before = sys.unraisablehook

    def again(dropped: sys.UnraisableHookArgs) -> None:
        if issubclass(dropped.exc_type, KeyboardInterrupt):
            waiting = threading.main_thread().ident or 0  # it may sleep, and nothing but a real signal wakes it
            threading.Timer(_AGAIN_S, signal.pthread_kill, (waiting, _asked_by())).start()
        else:
            before(dropped)

    sys.unraisablehook = again
    try:
        yield
    finally:
        sys.unraisablehook = before


def _asked_by() -> int:
    """A signal that ends this process in good order: Ctrl-C's, which a shell keeps from what runs in its background, or
    the system's."""
    return signal.SIGTERM if signal.getsignal(signal.SIGTERM) is _stop else signal.SIGINT


def row_number(text: str, of: str) -> int:
    """The number of a row in an option of a command; `of` says of what, and where it is shown."""
    if not (text.isascii() and text.isdecimal() and len(text) < 19):  # more digits than the database holds
        raise argparse.ArgumentTypeError(f"must be the number of {of}")
    return int(text)


def one_line(text: str) -> str:
    """Text from anywhere, so that it can neither break its line nor steer the terminal; names of files are shown like
    this wherever they stand, in sentences and as titles, too."""
    return "".join(letter if _is_plain(letter) else repr(letter)[1:-1] for letter in text)


def _is_plain(letter: str) -> bool:
    """Also the spaces of all scripts, and the joiners, with which several of them are written."""
    return letter.isprintable() or letter in _JOINERS or category(letter) == "Zs"


def first_of(names: Sequence[str], n: int = 5) -> str:
    """The first few of many names, and how many more there are."""
    first = ", ".join(map(one_line, names[:n]))
    return say("{names} and {n} more", names=first, n=len(names) - n) if len(names) > n else first
