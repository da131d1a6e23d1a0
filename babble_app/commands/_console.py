"""What all commands share: where they are added, and how they print."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import argparse
    from typing import TextIO


class Subparsers(Protocol):
    """What commands are added to; argparse keeps its own class for it private."""

    def add_parser(self, name: str, *, help: str) -> argparse.ArgumentParser:
        """Return the parser of a new command."""
        ...


def say(text: str, file: TextIO | None = None) -> None:
    """Print a line."""
    print(text, file=file or sys.stdout)
