"""`guide`: print the reference of the Based language."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from babble_app.commands._console import Subparsers


def add(commands: Subparsers) -> None:
    """Add `guide`."""
    parser = commands.add_parser(
        "guide", help="print the reference of the Based language, Markdown"
    )
    parser.add_argument(
        "--builder", action="store_true", help="only the part that the builder's prompt gets"
    )
    parser.add_argument("--output", type=Path, help="write to this file instead")
    parser.set_defaults(command=_guide)


def _guide(options: argparse.Namespace) -> int:
    from babble_app.based.guide import guide_text, reference_text

    text = guide_text() if options.builder else reference_text()
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    else:
        sys.stdout.buffer.write(text.encode())
    return 0
