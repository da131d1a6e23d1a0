"""`migrate`: bring the database to this version's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.commands._console import say
from babble_app.settings import get_settings

if TYPE_CHECKING:
    import argparse

    from babble_app.commands._console import Subparsers


def add(commands: Subparsers) -> None:
    """Add `migrate`."""
    migrate = commands.add_parser("migrate", help="bring the database to this version's tables")
    migrate.set_defaults(command=_migrate)


def _migrate(_: argparse.Namespace) -> int:
    from babble_app.store.migrations import migrate

    migrate(get_settings().database_address)
    say("The database is up to date.")
    return 0
