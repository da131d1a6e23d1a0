"""A brain in this process: the same client, Babble's own API behind it, no socket in between."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from babble_app import errors, local
from babble_app.sdk import (
    AsyncBrainClient,
    BrainClient,
    DeltaEvent,
    DoneEvent,
    NotFoundError,
    ServerFailedError,
)
from babble_app.services import accounts, app_tokens, apps, chats
from babble_app.services.local_owner import get_local_owner
from babble_app.services.runtime import running
from babble_app.settings import Settings, get_settings
from babble_app.store.users import LOCAL_EMAIL
from tests.conftest import make_settings
from tests.integration.sdk.test_sdk_readme import WITHOUT_A_SERVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.services.runtime import Runtime

ROOT = Path(__file__).parents[3]
SETTLED = {"BABBLE_DEFAULT_MODEL": "demo/based", "BABBLE_DEMO_PACE": "0"}
KEYLESS = {
    name: value
    for name, value in os.environ.items()
    if name not in {str(field.validation_alias) for field in Settings.model_fields.values()}
}
PASSWORD = "a plain long sentence 7"


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No key and no address of the machine reaches the brain."""
    for name in set(os.environ) - set(KEYLESS) | {"BABBLE_BASE_URL"}:
        monkeypatch.delenv(name, raising=False)
    for name, value in SETTLED.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def test_three_turns_are_kept_as_a_conversation_of_the_only_account(tmp_path: Path) -> None:
    with BrainClient("coder", data_dir=tmp_path) as brain:
        session = brain.session()
        first = session.chat("Hello")
        events = list(session.stream("And now?"))
        last = session.chat("Thank you")

    assert first.model == "demo/based"
    assert "".join(event.text for event in events if isinstance(event, DeltaEvent))
    assert isinstance(events[-1], DoneEvent)
    assert {first.session_id, events[-1].answer.session_id, last.session_id} == {session.id}

    async def look() -> None:
        async with running(make_settings(tmp_path, BABBLE_DATA_DIR=tmp_path)) as rt:
            owner = await get_local_owner(rt)
            [app] = await apps.list_apps(rt, owner.id)
            messages = await chats.list_messages(rt, owner.id, session.id)
            [token] = await app_tokens.list_tokens(rt, owner.id)

        assert (owner.email, app.profile) == (LOCAL_EMAIL, "coder")
        assert [message.role for message in messages] == ["user", "assistant"] * 3
        assert token.revoked_at is not None

    asyncio.run(look())


async def test_clients_share_what_is_open_and_an_app_of_each_kind(tmp_path: Path) -> None:
    async with (
        AsyncBrainClient("coder", data_dir=tmp_path) as one,
        AsyncBrainClient("coder", data_dir=str(tmp_path)) as same,
        AsyncBrainClient("tutor", data_dir=tmp_path) as other,
    ):
        answers = await asyncio.gather(*(brain.chat("Hello") for brain in (one, same, other)))
        await one.aclose()
        again = await same.chat("And now?", session_id=answers[0].session_id)
        with pytest.raises(NotFoundError):
            await other.chat("Hello", session_id=answers[0].session_id)

    assert again.session_id == answers[0].session_id
    assert local.open_count() == 0


async def test_a_stream_comes_as_it_is_made_and_can_be_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BABBLE_DEMO_PACE", "60")
    get_settings.cache_clear()
    async with AsyncBrainClient(data_dir=tmp_path) as brain:
        pieces: list[str] = []
        events = brain.stream("Tell me about yourself")
        async for event in events:
            assert not isinstance(event, DoneEvent)
            if isinstance(event, DeltaEvent):
                pieces.append(event.text)
            if len(pieces) == 2:
                break
        await events.aclose()

        assert await brain.ask("Hello")


def test_what_cannot_be_opened_is_told_as_the_clients_own_failures(tmp_path: Path) -> None:
    with (
        pytest.raises(NotFoundError, match="profile"),
        BrainClient("nonsense", data_dir=tmp_path) as brain,
    ):
        brain.ask("Hello")
    with (
        pytest.raises(NotFoundError, match="ada@"),
        BrainClient(data_dir=tmp_path, owner="ada@example.com") as brain,
    ):
        brain.ask("Hello")
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    with (
        pytest.raises(ServerFailedError, match="cannot be opened"),
        BrainClient(data_dir=tmp_path / "file") as brain,
    ):
        brain.ask("Hello")

    assert local.open_count() == 0


async def test_the_account_is_the_only_one_or_the_one_that_is_named(rt: Runtime) -> None:
    made = await get_local_owner(rt)
    first = await accounts.register(
        rt, email="ada@example.com", password=PASSWORD, name="", address="127.0.0.1", user_agent=""
    )

    assert first.user.role == "admin"  # the local account is nobody's
    assert (await get_local_owner(rt)).id == made.id
    assert (await get_local_owner(rt, " Ada@example.com")).id == first.user.id


async def test_with_a_persons_account_none_is_made(rt: Runtime) -> None:
    ada = await accounts.create_user(rt, "ada@example.com", PASSWORD)

    assert (await get_local_owner(rt)).id == ada.id
    await accounts.create_user(rt, "bob@example.com", PASSWORD)
    with pytest.raises(errors.NotFoundError, match="several"):
        await get_local_owner(rt)


def test_a_program_that_closes_nothing_ends_all_the_same(tmp_path: Path) -> None:
    [example] = WITHOUT_A_SERVER
    program = f'{example}\nprint(BrainClient(data_dir="data").ask("Hello"))'
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**KEYLESS, **SETTLED, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("demo model") == 2
    assert (tmp_path / "data" / "babble.db").exists()


def test_importing_the_client_imports_nothing_of_the_server() -> None:
    asked = (
        "import sys, babble_app.sdk; print([name for name in sys.modules if name.startswith('babble_app')"
        " and not name.startswith('babble_app.sdk') or name in ('fastapi', 'sqlalchemy', 'litellm', 'reflex')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "['babble_app']"
