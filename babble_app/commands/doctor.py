"""`doctor`: check the surroundings; say how to fix each thing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from babble_app.commands._console import say
from babble_app.settings import get_settings

if TYPE_CHECKING:
    import argparse

    from babble_app.commands._console import Subparsers


def add(commands: Subparsers) -> None:
    """Add `doctor`."""
    doctor = commands.add_parser(
        "doctor", help="check runtime, database, providers and disk; say how to fix each"
    )
    doctor.set_defaults(command=_doctor)


def _doctor(_: argparse.Namespace) -> int:
    from babble_app.services.doctor import diagnose

    checks = asyncio.run(diagnose(get_settings()))
    for check in checks:
        say(f"{check.mark}  {check.name}: {check.detail}")
        if check.fix:
            say(f"      fix: {check.fix}")
    return 1 if any(check.broken for check in checks) else 0
