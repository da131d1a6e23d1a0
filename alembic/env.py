"""Runs the migrations on the address that `store.migrations.migrate` gives, else on the configured one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import context
from sqlalchemy import text

from babble_app.settings import get_settings
from babble_app.store.engine import make_sync_engine
from babble_app.store.migrations import metadata

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

LOCK = 0x626162626C65  # "babble": lets one process migrate at a time on PostgreSQL


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata(),
        compare_type=True,
        transactional_ddl=True,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        context.run_migrations()


def main() -> None:
    address = context.config.attributes.get("address") or get_settings().database_address
    engine = make_sync_engine(address)
    try:
        with engine.connect() as connection:
            run(connection)
    finally:
        engine.dispose()


main()
