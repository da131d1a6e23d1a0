"""Starts the server: the front end is built if it has changed, then one granian process serves everything on one port."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from babble_app.building import ROOT, BuildError, build, is_built
from babble_app.llm import prices

if TYPE_CHECKING:
    from babble_app.settings import Settings

DRAIN_SECONDS = 10
"""How long requests may take to end after SIGTERM."""
MOST_CONNECTIONS = 10_000
"""Open at once, silent ones too. granian's own bound of 1,024 is reached by a thousand visitors who have said something."""
_OTHER_FILES = 256
"""What else the server opens: databases, the models' servers, people's files."""


def serve(
    settings: Settings, *, host: str | None = None, port: int | None = None, dev: bool = False
) -> int:
    """Serve until a signal ends it, and return the exit code; without `dev` this process becomes the server.

    Raises:
        ValidationFailedError: the file with prices cannot be used; said here, as the server itself would end with a backtrace.
    """
    prices.load(settings.prices_file)
    host, port = host or settings.host, port or settings.port
    if trouble := _trouble_with_address(host, port):
        _say(trouble)
        return 1
    data_dir = str(settings.data_dir.resolve())
    prices_file = str(Path(settings.prices_file).resolve()) if settings.prices_file else ""
    os.chdir(ROOT)
    os.environ.update(
        {
            "BABBLE_DATA_DIR": data_dir,
            "BABBLE_PRICES_FILE": prices_file,
            "BABBLE_HOST": host,
            "BABBLE_PORT": str(port),
            "REFLEX_ENV_MODE": "prod",
            "REFLEX_CHECK_LATEST_VERSION": "false",
            # Reflex's own names for "the build is there, serve it with the API"; pinned by requirements.lock.
            "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
            "__REFLEX_SKIP_COMPILE": "true",
        }
    )
    if not _ensure_build():
        return 1
    command = _server_command(host, port)
    if dev:
        return _serve_reloading(command)
    return os.execv(command[0], command)  # noqa: S606 - our own command, no input of anybody


def _trouble_with_address(host: str, port: int) -> str:
    """Return why nothing can listen there, in words (the server itself would end with a backtrace); empty if all is well."""
    try:
        kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(kind, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return f"Port {port} is taken, perhaps by another Babble. Stop that, or choose a port: BABBLE_PORT={port + 1} make run"
        if error.errno == errno.EACCES:
            return f"Port {port} needs more rights than this user has. Choose one above 1023: BABBLE_PORT=8000 make run"
        return f"Nothing can listen on {host}: {error.strerror}. Set BABBLE_HOST to an address of this machine, or leave it out."
    return ""


def _ensure_build() -> bool:
    if is_built():
        return True
    _say("Building the pages (half a minute; only when they have changed)...")
    environment = {name: os.environ.pop(name, None) for name in _SERVING_ONLY}
    try:
        build()
    except BuildError as error:
        _say(f"{error}\n\nThe pages could not be built; the reason is above.")
        return False
    finally:
        os.environ.update({name: value for name, value in environment.items() if value is not None})
    return True


_SERVING_ONLY = ("__REFLEX_MOUNT_FRONTEND_COMPILED_APP", "__REFLEX_SKIP_COMPILE")


def _make_room() -> int:
    """Let the process open as many files as it needs, or as it may, and return how many connections that is."""
    if sys.platform == "win32":
        return MOST_CONNECTIONS
    import resource  # noqa: PLC0415 - not everywhere

    wanted = MOST_CONNECTIONS + _OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(MOST_CONNECTIONS, max(soft - _OTHER_FILES, soft // 2))


def _server_command(host: str, port: int) -> list[str]:
    return [
        sys.executable,
        *("-m", "granian", "babble_app.babble_app:app", "--factory", "--interface", "asgi"),
        *("--host", host, "--port", str(port), "--workers", "1", "--log-level", "warning"),
        *("--workers-kill-timeout", str(DRAIN_SECONDS + 5), "--backpressure", str(_make_room())),
    ]


def _serve_reloading(command: list[str]) -> int:
    """Serve; begin anew whenever a source file changes."""
    from watchfiles import PythonFilter, watch  # noqa: PLC0415 - comes with Reflex, needed for --dev only

    suffixes = PythonFilter(extra_extensions=(".css", ".js", ".jsx", ".md"))
    # Without this, SIGTERM would end the watcher and leave the server behind.
    signal.signal(signal.SIGTERM, _leave)
    server = subprocess.Popen(command)  # noqa: S603 - our own command
    try:
        for _ in watch(
            Path("babble_app"), Path("assets"), watch_filter=suffixes, raise_interrupt=False
        ):
            _end(server)
            if _ensure_build():
                server = subprocess.Popen(command)  # noqa: S603 - our own command
    finally:
        _end(server)
    return 0


def _leave(_signal: int, _frame: object) -> None:
    sys.exit(0)


def _end(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGTERM)
        server.wait(DRAIN_SECONDS + 10)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
