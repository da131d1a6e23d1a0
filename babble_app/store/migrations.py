"""Brings a database to the tables of this version; may be killed at any time and run again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from babble_app import discovery
from babble_app.store import tables
from babble_app.store.engine import make_sync_engine, translated
from babble_app.store.tables.base import Table

if TYPE_CHECKING:
    from sqlalchemy import MetaData

_ROOT = Path(__file__).resolve().parents[2]


def migrate(address: str, to: str = "head") -> None:
    """Apply the migrations that are missing (up to one); each is one transaction, and a second process waits for the first."""
    config = _config()
    config.attributes["address"] = address
    try:
        command.upgrade(config, to)
    except DBAPIError as error:
        raise translated(error) or error from error


def pending_migrations(address: str) -> int:
    """Return how many migrations the database lacks, changing nothing."""
    scripts = ScriptDirectory.from_config(_config())
    wanted = list(scripts.iterate_revisions("head", "base"))
    file = make_url(address).database or ""
    if address.startswith("sqlite") and not Path(file).exists():
        return len(wanted)
    engine = make_sync_engine(address, immediate=False)
    try:
        with engine.connect() as connection:
            heads = MigrationContext.configure(connection).get_current_heads()
        applied = {script.revision for script in scripts.iterate_revisions(heads, "base")}
    except DBAPIError as error:
        raise translated(error) or error from error
    finally:
        engine.dispose()
    return sum(script.revision not in applied for script in wanted)


def _config() -> Config:
    config = Config(_ROOT / "alembic.ini")
    config.set_main_option("script_location", str(_ROOT / "alembic").replace("%", "%%"))
    return config


def metadata() -> MetaData:
    """Return the description of all tables, every file in `tables/` included."""
    for _module in discovery.import_modules(tables):
        pass
    return Table.metadata
