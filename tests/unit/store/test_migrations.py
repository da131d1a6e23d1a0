"""Migrations bring any database to the tables of this version."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from babble_app.errors import DatabaseUnavailableError
from babble_app.services.vault import Place, Sealed, Vault
from babble_app.store.engine import make_sync_engine
from babble_app.store.keys import list_sealed
from babble_app.store.migrations import metadata, migrate, pending_migrations

if TYPE_CHECKING:
    from pathlib import Path

    from tests.databases import Source

OLD_ROWS = (
    "INSERT INTO users (version, id, email, name, role, password_hash, default_model, theme, tokens_valid_after, created_at)"
    " VALUES (1, 'usr_1', 'a@example.com', 'Ada', 'member', '!', '', 'system', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)",
    "INSERT INTO workspaces (version, id, owner_id, name, created_at, updated_at)"
    " VALUES (1, 'wsp_1', 'usr_1', 'Shop', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)",
    "INSERT INTO agents (version, id, owner_id, workspace_id, name, slug, head_version_id, created_at, updated_at)"
    " VALUES (1, 'agt_1', 'usr_1', 'wsp_1', 'Desk', 'desk', 'ver_1', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)",
    "INSERT INTO versions (id, owner_id, agent_id, number, kind, text_zlib, sha256, author, request, summary, diff, raw,"
    " findings, rounds, model, added, removed, created_at) VALUES ('ver_1', 'usr_1', 'agt_1', 1, 'create', :no, '', 'builder',"
    " '', '', '', '', '[]', 1, '', 0, 0, CURRENT_TIMESTAMP)",
    "INSERT INTO chats (version, id, owner_id, workspace_id, title, titled_by_person, model, created_at, updated_at)"
    " VALUES (1, 'cht_1', 'usr_1', 'wsp_1', '', false, '', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)",
)
OLD_KEY = (
    "INSERT INTO provider_keys (id, owner_id, provider, key_id, nonce, ciphertext, last4, base_url, created_at)"
    " VALUES ('key_1', 'usr_1', 'openai', :key, :nonce, :ciphertext, 'old', '', CURRENT_TIMESTAMP)"
)


def test_the_migrated_tables_are_the_declared_ones(database_address: str) -> None:
    engine = make_sync_engine(database_address)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata())

    engine.dispose()
    assert differences == []


def test_a_second_migration_changes_nothing(source: Source, tmp_path: Path) -> None:
    address = source.empty(tmp_path)
    before = pending_migrations(address)
    migrate(address)
    migrate(address)

    assert before >= 1
    assert pending_migrations(address) == 0


def test_what_an_older_version_stored_is_there_after_the_migrations(
    source: Source, tmp_path: Path
) -> None:
    address = source.empty(tmp_path)
    migrate(address, "0001")
    engine = make_sync_engine(address)
    with engine.begin() as connection:
        for statement in OLD_ROWS:
            connection.execute(text(statement), {"no": b""} if ":no" in statement else {})

    migrate(address)

    with engine.connect() as connection:
        agent = connection.execute(text("SELECT gated, live_version_id FROM agents")).one()
        chat = connection.execute(text("SELECT review_changes FROM chats")).one()
        versions = connection.execute(text("SELECT id FROM versions")).all()
    engine.dispose()
    assert (bool(agent.gated), agent.live_version_id) == (False, None)
    assert not chat.review_changes
    assert [row.id for row in versions] == ["ver_1"]


def test_a_key_that_an_older_version_stored_still_opens(source: Source, tmp_path: Path) -> None:
    vault = Vault(b"a master key")
    sealed = vault.seal("sk-of-old", Place("usr_1", "openai", "key_1"))
    address = source.empty(tmp_path)
    migrate(address, "0003")
    engine = make_sync_engine(address)
    with engine.begin() as connection:
        connection.execute(text(OLD_ROWS[0]))
        values = {"key": sealed.key_id, "nonce": sealed.nonce, "ciphertext": sealed.ciphertext}
        connection.execute(text(OLD_KEY), values)

    migrate(address)

    with engine.connect() as connection:
        rows = list_sealed(connection, "usr_1", "")
    engine.dispose()
    assert len(rows) == 1
    row = rows[0]
    place = Place(row.owner_id, row.provider, row.id)
    assert vault.open(Sealed(row.key_id, row.nonce, row.ciphertext), place) == "sk-of-old"
    assert row.workspace_id is None


def test_two_processes_that_migrate_at_once_both_succeed(source: Source, tmp_path: Path) -> None:
    address = source.empty(tmp_path)
    code = "import sys; from babble_app.store.migrations import migrate; migrate(sys.argv[1])"

    processes = [subprocess.Popen([sys.executable, "-c", code, address]) for _ in range(2)]

    assert [process.wait(60) for process in processes] == [0, 0]
    assert pending_migrations(address) == 0


def test_a_migration_that_breaks_off_leaves_nothing_behind(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = source.empty(tmp_path)

    def break_off(*_: object) -> None:
        raise KeyboardInterrupt

    # The last thing a migration does is to note that it was done.
    monkeypatch.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", break_off)
    with pytest.raises(KeyboardInterrupt):
        migrate(address)

    engine = make_sync_engine(address)
    assert "users" not in inspect(engine).get_table_names()
    engine.dispose()
    monkeypatch.undo()
    migrate(address)
    assert pending_migrations(address) == 0


def test_a_database_that_is_not_there_is_named_so() -> None:
    address = "postgresql+psycopg://nobody@/none?host=/nonexistent"

    with pytest.raises(DatabaseUnavailableError):
        migrate(address)
    with pytest.raises(DatabaseUnavailableError):
        pending_migrations(address)
