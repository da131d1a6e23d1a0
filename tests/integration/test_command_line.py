"""The command line, from outside: migrate, accounts, doctor."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest

from babble_app.__main__ import main
from babble_app.settings import VERSION, get_settings
from tests.factories import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OPENROUTER_API_KEY", "GROQ_API_KEY", "HF_TOKEN", "HUGGINGFACE_API_KEY")  # fmt: skip


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Settings of this test alone, read from a `.env` file as an operator writes it."""
    for name in (*KEYS, "DATABASE_URL", "OLLAMA_HOST", "BABBLE_CUSTOM_BASE_URL", "BABBLE_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "elsewhere"
    (tmp_path / ".env").write_text(f"BABBLE_DATA_DIR={folder}\n")
    get_settings.cache_clear()
    yield folder
    get_settings.cache_clear()


def create(
    monkeypatch: pytest.MonkeyPatch, email: str, *options: str, password: str = PASSWORD
) -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))
    return main(["user", "create", email, *options])


def test_it_names_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])

    assert VERSION in capsys.readouterr().out


def test_migrate_makes_the_database_where_the_env_file_says(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate"]) == 0

    assert (data_dir / "babble.db").is_file()
    assert "up to date" in capsys.readouterr().out


def test_accounts_are_made_and_listed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["user", "list"]) == 0
    assert "No accounts yet" in capsys.readouterr().out

    assert create(monkeypatch, "Ada@example.com", "--name", "Ada", "--admin") == 0
    assert create(monkeypatch, "bob@example.com") == 0

    capsys.readouterr()
    assert main(["user", "list"]) == 0
    ada, bob = capsys.readouterr().out.splitlines()
    assert ada.split()[1:] == ["admin", "active", "ada@example.com"]
    assert bob.split()[1:] == ["member", "active", "bob@example.com"]


def test_what_is_refused_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert create(monkeypatch, "ada@example.com", password="short") == 1

    told = capsys.readouterr()
    assert "Traceback" not in told.err
    assert len(told.err.splitlines()) == 1


def test_a_healthy_installation_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    main(["migrate"])
    capsys.readouterr()

    assert main(["doctor"]) == 0

    told = capsys.readouterr().out
    for name in ("Python", "JavaScript runtime", "Disk", "Secrets", "Database"):
        assert f"ok    {name}: " in told
    assert "note  OpenAI: not configured" in told
    assert "set OPENAI_API_KEY" in told


def test_a_database_to_be_migrated_is_only_noted(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor"]) == 0

    assert "migrations to run" in capsys.readouterr().out
    assert not (data_dir / "babble.db").exists()


def test_what_is_broken_is_named_with_its_remedy(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (data_dir / "secrets").mkdir(parents=True)
    (data_dir / "secrets" / "secret_key").write_text("open to all")
    (data_dir / "secrets" / "secret_key").chmod(0o644)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@/none?host=/nonexistent")
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")

    assert main(["doctor"]) == 1

    told = capsys.readouterr().out
    assert "FAIL  Secrets: others can read secret_key" in told
    assert "fix: `chmod 600" in told
    assert "FAIL  Database: " in told
    assert "correct DATABASE_URL" in told
    assert "FAIL  Ollama: " in told


def test_a_data_directory_that_cannot_be_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BABBLE_DATA_DIR", str(tmp_path / "file" / "data"))

    assert main(["doctor"]) == 1

    assert "set BABBLE_DATA_DIR" in capsys.readouterr().out


def test_an_account_is_suspended_and_taken_back_by_its_email(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    create(monkeypatch, "ada@example.com")

    assert main(["user", "suspend", "Ada@example.com"]) == 0
    capsys.readouterr()
    main(["user", "list"])
    assert "suspended" in capsys.readouterr().out

    assert main(["user", "restore", "ada@example.com"]) == 0
    capsys.readouterr()
    main(["user", "list"])
    assert "active" in capsys.readouterr().out
    assert main(["user", "suspend", "nobody@example.com"]) == 1
    assert "There is no account nobody@example.com" in capsys.readouterr().err


def test_a_question_is_answered_from_a_shell_and_the_conversation_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert create(monkeypatch, "ada@example.com") == 0
    capsys.readouterr()

    assert main(["ask", "hello there", "--json"]) == 0

    thought = json.loads(capsys.readouterr().out)
    assert (thought["success"], thought["metadata"]["model"]) == (True, "demo/based")
    conversation = thought["metadata"]["conversation_id"]
    assert main(["ask", "and you?", "--conversation", conversation]) == 0
    assert f"conversation {conversation}" in capsys.readouterr().err
    assert main(["ask", "hello", "--profile", "none such"]) == 2
    assert "There is no such profile" in capsys.readouterr().err


def test_tokens_are_made_listed_rotated_and_revoked_from_a_shell(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["token", "create", "shop"]) == 1
    assert "Register first" in capsys.readouterr().err
    create(monkeypatch, "ada@example.com", "--admin")
    capsys.readouterr()

    assert main(["token", "create", "shop", "--origin", "https://shop.example", "--days", "1"]) == 0
    made = capsys.readouterr()
    token, token_id = made.out.strip(), made.err.split()[0]
    assert token.startswith("bb_")
    assert main(["token", "rotate", token_id, "--overlap", "1"]) == 0
    rotated = capsys.readouterr()
    assert main(["token", "revoke", token_id]) == 0
    capsys.readouterr()

    assert main(["token", "list"]) == 0
    listed = capsys.readouterr().out
    states = {line.split()[0]: line.split()[2] for line in listed.splitlines()}
    assert states == {token_id: "revoked", rotated.err.split()[0]: "valid"}
    assert token not in listed
    assert main(["token", "revoke", "tok_unknown"]) == 1
    assert "no such token" in capsys.readouterr().err
