"""The command line: each module of `commands` is one command."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from babble_app import commands
from babble_app.commands._console import say
from babble_app.discovery import import_modules
from babble_app.errors import BabbleError
from babble_app.settings import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command and return the process's exit code."""
    options = _parser().parse_args(arguments)
    try:
        return options.command(options)
    except BabbleError as error:
        say(f"{error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m babble_app",
        description="Babble: describe an AI agent in plain words, talk to it, change it by asking.",
    )
    parser.add_argument("--version", action="version", version=f"Babble {VERSION}")
    found = parser.add_subparsers(required=True, metavar="command")
    for module in import_modules(commands):
        module.add(found)
    return parser


if __name__ == "__main__":
    sys.exit(main())
