"""This file starts the web server: `python -m app.serve` checks the settings, then becomes Streamlit."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Mapping

from app.output_filter import open_filter
from indexes.home import environment
from rag.errors import ConfigError, FootnoteError
from rag.settings import Settings

ALLOWED_HOSTS = "STREAMLIT_SERVER_ALLOWED_HOSTS"
_EVERY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, never bound here
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def arguments(settings: Settings) -> list[str]:
    """The command line of the server."""
    script = "app/main.py" if settings.sign_in == "off" else "app/signed_app.py"
    streamlit = [sys.executable, "-m", "app.page_server", "run", script]
    return [
        *streamlit,
        f"--server.address={settings.host}",
        f"--server.port={settings.port}",
        f"--server.maxUploadSize={settings.max_file_mb}",
    ]


def allowed_hosts(host: str) -> str:
    """The names under which a browser may reach the app: a foreign name pointed at it (DNS rebinding) is refused."""
    return " ".join(dict.fromkeys(LOOPBACK if host in _EVERY_ADDRESS else (*LOOPBACK, host)))


def check_address(settings: Settings) -> None:
    """Raises ConfigError when nothing can listen there, which the server would say with a traceback."""
    try:
        family, *_, address = socket.getaddrinfo(settings.host or None, settings.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        where, reason = f"HOST={settings.host} and PORT={settings.port}", error.strerror or error
        raise ConfigError(
            f"nothing can listen at {where} ({reason}): choose others, as in `make run PORT=8502`"
        ) from error


def check_sign_in(settings: Settings) -> None:
    """Raises ConfigError where people shall sign in and nobody could as an admin."""
    if settings.sign_in != "off":
        from app.sign_in.door import open_door  # where nobody signs in it is never read

        open_door(settings)


def start_workers(n: int, environ: Mapping[str, str]) -> None:
    """Workers beside the server that take in what is queued; they are kept running, and end with the server."""
    command = [sys.executable, "-m", "ingest", "worker", "--keep", str(n)]
    subprocess.Popen(command, env=dict(environ), stdin=subprocess.DEVNULL, start_new_session=True)


def main(environ: Mapping[str, str]) -> None:
    """Replace this process by the server; a wrong setting ends it with one sentence and exit code 2."""
    try:
        settings = Settings.from_env(environ)
        check_address(settings)
        open_filter(settings)
        check_sign_in(settings)
    except FootnoteError as error:
        sys.exit(_refuse(error))
    if settings.workers:
        start_workers(settings.workers, environ)
    hosts = environ.get(ALLOWED_HOSTS) or allowed_hosts(settings.host)
    os.execve(sys.executable, arguments(settings), {**environ, ALLOWED_HOSTS: hosts})  # noqa: S606


def _refuse(error: FootnoteError) -> int:
    sys.stderr.write(f"{error}\n")
    return 2


if __name__ == "__main__":
    main(environment())
