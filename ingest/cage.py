"""The rules that a fenced child lives under: limits on memory, time and files; no network, no programs, no writing.

The rules are set by the child itself before any parser is imported, need no privileges, and cannot be taken back:
resource limits everywhere, and on Linux a seccomp filter on x86-64 and ARM64. Where there is no filter, Python's own
socket is replaced, which stops a careless parser but no exploited one.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import resource
import signal
import socket
import struct
import sys
from collections.abc import Mapping
from typing import Any, NoReturn

_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME",
                   "TMPDIR", "TIKTOKEN_CACHE_DIR")  # fmt: skip
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
_MAX_FILE = 1 << 20

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _MODE_FILTER = 1, 22, 38, 2
_LOAD, _EQUALS, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_NUMBER_AT, _MACHINE_AT, _ARGUMENTS_AT = 0, 4, 16
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_CLONE_THREAD = 0x10000

# Names in the comments are those of the system calls, in the order of the numbers.
_X86_64: dict[str, Any] = {
    "machine": 0xC000003E,
    # socket, fork, vfork, execve, truncate, ftruncate, rename, mkdir, rmdir, creat, link, unlink, symlink, chmod,
    # fchmod, chown, lchown, ptrace, mknod, mount, keyctl, mkdirat, mknodat, fchownat, unlinkat, renameat, linkat,
    # symlinkat, fchmodat, perf_event_open, process_vm_readv, process_vm_writev, renameat2, bpf, execveat, userfaultfd,
    # pidfd_send_signal, io_uring_setup
    "denied": (41, 57, 58, 59, 76, 77, 82, 83, 84, 85, 86, 87, 88, 90, 91, 92, 94, 101, 133, 165, 250, 258, 259, 260,
               263, 264, 265, 266, 268, 298, 310, 311, 316, 321, 322, 323, 424, 425),
    "missing": (435, 437),  # clone3, openat2: programs fall back to clone and openat, whose flags can be looked at
    "opens": ((2, 1), (257, 2)),  # open, openat: number and position of the flags
    "clone": 56,
    "kills": (62, 234),  # kill, tgkill
}  # fmt: skip
_ARM64: dict[str, Any] = {
    "machine": 0xC00000B7,
    # mknodat, mkdirat, unlinkat, symlinkat, linkat, renameat, mount, truncate, ftruncate, fchmod, fchmodat, fchownat,
    # ptrace, socket, keyctl, execve, perf_event_open, process_vm_readv, process_vm_writev, renameat2, bpf, execveat,
    # userfaultfd, pidfd_send_signal, io_uring_setup
    "denied": (33, 34, 35, 36, 37, 38, 40, 45, 46, 52, 53, 54, 117, 198, 219, 221, 241, 270, 271, 276, 280, 281, 282,
               424, 425),
    "missing": (435, 437),
    "opens": ((56, 2),),
    "clone": 220,
    "kills": (129, 131),
}  # fmt: skip
_MACHINES = {"x86_64": _X86_64, "aarch64": _ARM64}


def clean_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What a child may see of the environment: paths and language, never a key; libraries are kept to one thread."""
    return {name: environ[name] for name in _KEPT_VARIABLES if name in environ} | _ONE_THREAD


def enter(memory_mb: int) -> None:
    """Set all rules for this process, for good."""
    sys.dont_write_bytecode = True
    _limit(resource.RLIMIT_AS, memory_mb << 20)
    _limit(resource.RLIMIT_FSIZE, _MAX_FILE)
    _limit(resource.RLIMIT_CORE, 0)
    if not (sys.platform == "linux" and _filter_calls()):
        _refuse_sockets()


def allow_cpu(seconds: int) -> None:
    """Let the process compute for so many seconds more; the system stops it after that."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _limit(kind: int, value: int) -> None:
    """Lower a limit; a system that has a lower one already, or none of the kind, keeps its own."""
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (value, value))


def _refuse_sockets() -> None:
    def refuse(*_arguments: object, **_options: object) -> NoReturn:
        raise PermissionError(errno.EPERM, "network access is not allowed while a file is being read")

    socket.socket.__init__ = refuse  # type: ignore[method-assign]
    socket.create_connection = refuse


def _filter_calls() -> bool:
    """Whether the kernel took the filter."""
    calls = _MACHINES.get(platform.machine())
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if calls is None or struct.calcsize("P") != 8 or libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    program = b"".join(_program(calls, os.getpid()))
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    return bool(libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, header, 0, 0) == 0)


def _program(calls: Mapping[str, Any], pid: int) -> list[bytes]:
    """The filter: each rule is a test followed by its verdict, so that no jump goes further than one rule."""
    denied, missing = _verdict(errno.EPERM), _verdict(errno.ENOSYS)
    load = _step(_LOAD, _NUMBER_AT)
    program = [_step(_LOAD, _MACHINE_AT), _step(_EQUALS, calls["machine"], 1, 0), denied, load]
    program += [_step(_ANY_BIT, 0x40000000, 0, 1), denied]  # the 32-bit way into a 64-bit kernel
    for numbers, verdict in ((calls["denied"], denied), (calls["missing"], missing)):
        for number in numbers:
            program += [_step(_EQUALS, number, 0, 1), verdict]
    for number, position in calls["opens"]:
        program += _rule(number, position, _step(_ANY_BIT, _WRITES, 0, 1))
    program += _rule(calls["clone"], 0, _step(_ANY_BIT, _CLONE_THREAD, 1, 0))
    for number in calls["kills"]:
        program += _rule(number, 0, _step(_EQUALS, pid, 1, 0))
    return [*program, _step(_RETURN, _ALLOW)]


def _rule(number: int, position: int, test: bytes) -> list[bytes]:
    """Deny a call when a test of one of its arguments falls through to the verdict."""
    argument = _step(_LOAD, _ARGUMENTS_AT + 8 * position)
    return [_step(_EQUALS, number, 0, 4), argument, test, _verdict(errno.EPERM), _step(_LOAD, _NUMBER_AT)]


def _verdict(error: int) -> bytes:
    return _step(_RETURN, _FAIL | error)


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
