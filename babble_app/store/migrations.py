"""Brings a database to the tables of this version; may be killed at any time and run again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

from babble_app import discovery
from babble_app.store import tables
from babble_app.store.tables.base import Table

if TYPE_CHECKING:
    from sqlalchemy import MetaData

_ROOT = Path(__file__).resolve().parents[2]


def migrate(address: str) -> None:
    """Apply the migrations that are missing; each is one transaction, and a second process waits for the first."""
    config = Config(_ROOT / "alembic.ini")
    config.set_main_option("script_location", str(_ROOT / "alembic").replace("%", "%%"))
    config.attributes["address"] = address
    command.upgrade(config, "head")


def metadata() -> MetaData:
    """Return the description of all tables, every file in `tables/` included."""
    for _module in discovery.import_modules(tables):
        pass
    return Table.metadata
