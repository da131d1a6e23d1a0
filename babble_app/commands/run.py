"""`run`: build, migrate, serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.settings import get_settings

if TYPE_CHECKING:
    import argparse

    from babble_app.commands._console import Subparsers


def add(commands: Subparsers) -> None:
    """Add `run`."""
    run = commands.add_parser(
        "run", help="build what changed, migrate the database, serve everything on one port"
    )
    run.add_argument("--host", default=None, help="address to listen on (BABBLE_HOST, 127.0.0.1)")
    run.add_argument("--port", type=int, default=None, help="port to listen on (BABBLE_PORT, 8000)")
    run.add_argument("--dev", action="store_true", help="reload when a file changes")
    run.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    from babble_app.serving import serve

    return serve(get_settings(), host=options.host, port=options.port, dev=options.dev)
