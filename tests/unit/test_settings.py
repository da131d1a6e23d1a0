"""Configuration: what is documented is what is read, and secrets are made once, for the owner's eyes only."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import AliasChoices

from babble_app.settings import Settings

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[2]


def test_the_example_file_names_every_variable_that_is_read_and_no_other() -> None:
    documented = set(re.findall(r"^#([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    read = {
        alias.choices[0] if isinstance(alias, AliasChoices) else alias
        for alias in (field.validation_alias for field in Settings.model_fields.values())
    }

    assert documented == read


def test_defaults_in_the_example_file_are_the_real_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    example = dict(
        re.findall(r"^#([A-Z_]+)=([^\s#]+)", (ROOT / ".env.example").read_text(), re.MULTILINE)
    )
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)
    settings = Settings(_env_file=None)

    for name, field in Settings.model_fields.items():
        if str(field.validation_alias) in example and not str(field.validation_alias).startswith(
            ("OLLAMA", "BABBLE_PUBLIC")
        ):
            value = getattr(settings, name)
            shown = f"{value:g}" if isinstance(value, float) else str(value)
            assert shown == example[str(field.validation_alias)], name


def test_a_missing_secret_is_generated_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, BABBLE_DATA_DIR=tmp_path)

    first = settings.secret("secret_key")

    assert len(first) >= 43
    assert settings.secret("secret_key") == first
    assert settings.secret("master_key") != first
    for path in (tmp_path / "secrets").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_secret_that_a_crash_left_empty_is_generated_anew(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "secret_key").touch(0o600)
    settings = Settings(_env_file=None, BABBLE_DATA_DIR=tmp_path)

    assert len(settings.secret("secret_key")) >= 43
    assert settings.secret("secret_key") == settings.secret("secret_key")
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["secret_key"]


def test_a_configured_secret_is_used_as_it_is(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, BABBLE_DATA_DIR=tmp_path, BABBLE_SECRET_KEY="from outside")

    assert settings.secret("secret_key") == b"from outside"
    assert not (tmp_path / "secrets").exists()


def test_postgres_addresses_of_every_spelling_reach_the_same_driver() -> None:
    for scheme in ("postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg"):
        settings = Settings(_env_file=None, DATABASE_URL=f"{scheme}://u:p@h/db")

        assert settings.database_address == "postgresql+psycopg://u:p@h/db"
