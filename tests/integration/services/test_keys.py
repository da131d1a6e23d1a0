"""Provider keys: write-only, encrypted, a person's own before the server's, tested through a real socket."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update
from sqlmodel import select

from babble_app.errors import (
    BabbleError,
    ModelUnavailableError,
    NotFoundError,
    PermissionDeniedError,
    ProviderKeyRefusedError,
    ProviderUnavailableError,
    ValidationFailedError,
)
from babble_app.services import accounts, keys, workspaces
from babble_app.services.runtime import running
from babble_app.store.tables.keys import ProviderKeyRow
from tests.conftest import make_settings
from tests.factories import make_user, make_workspace
from tests.fakes.model_server import ModelServer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from babble_app.llm.credentials import Credential
    from babble_app.schemas.models import ProviderInfo
    from babble_app.services.runtime import Runtime

KEY = "sk-canary-0123456789abcdef"


async def info(rt: Runtime, owner_id: str, provider: str) -> ProviderInfo:
    return next(item for item in await keys.list_providers(rt, owner_id) if item.id == provider)


def opened(credentials: Iterable[Credential]) -> list[str]:
    return [one.api_key.get_secret_value() for one in credentials]


async def test_a_stored_key_is_used_and_only_its_end_is_shown(rt: Runtime) -> None:
    user = await make_user(rt)

    await keys.set_key(rt, user.id, "openai", f" {KEY} ")
    shown = await info(rt, user.id, "openai")
    credential = await keys.find_credential(rt, user.id, "openai")

    assert (shown.status, shown.key_source, shown.last4) == ("ready", "settings", "cdef")
    assert KEY not in shown.model_dump_json()
    assert credential is not None
    assert credential.api_key.get_secret_value() == KEY


async def test_a_key_is_nowhere_in_the_database_or_the_log(
    rt: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    user = await make_user(rt)

    await keys.set_key(rt, user.id, "openai", KEY)
    async with rt.database.reading() as db:
        row = (await db.exec(select(ProviderKeyRow))).one()

    assert KEY.encode() not in row.ciphertext
    assert KEY not in repr(row)
    assert KEY not in caplog.text


async def test_a_key_moved_to_another_account_does_not_open(rt: Runtime) -> None:
    ada, eve = await make_user(rt), await make_user(rt)
    await keys.set_key(rt, ada.id, "openai", KEY)
    async with rt.database.unit_of_work() as db:
        await db.exec(update(ProviderKeyRow).values(owner_id=eve.id))

    assert await keys.find_credential(rt, eve.id, "openai") is None
    assert (await info(rt, eve.id, "openai")).status == "no_key"
    with pytest.raises(ModelUnavailableError, match="enter it again"):
        await keys.test_key(rt, eve.id, "openai")


async def test_a_persons_key_goes_before_the_servers(tmp_path: Path, database_address: str) -> None:
    settings = make_settings(
        tmp_path, DATABASE_URL=database_address, OPENAI_API_KEY="sk-of-the-server"
    )
    async with running(settings) as rt:
        user = await make_user(rt)
        before = await keys.find_credential(rt, user.id, "openai")
        shown = await info(rt, user.id, "openai")
        await keys.set_key(rt, user.id, "openai", KEY)
        during = await keys.find_credential(rt, user.id, "openai")
        await keys.delete_key(rt, user.id, "openai")
        after = await keys.find_credential(rt, user.id, "openai")

    assert before == after
    assert before is not None
    assert before.api_key.get_secret_value() == "sk-of-the-server"
    assert (shown.key_source, shown.last4) == ("environment", "")
    assert during is not None
    assert during.api_key.get_secret_value() == KEY


async def test_a_new_key_replaces_the_old_one(rt: Runtime) -> None:
    user = await make_user(rt)

    await keys.set_key(rt, user.id, "openai", KEY)
    await keys.set_key(rt, user.id, "openai", "sk-another-0123456789wxyz")

    assert (await info(rt, user.id, "openai")).last4 == "wxyz"


async def test_answers_that_a_key_that_is_gone_opened_are_not_given_again(rt: Runtime) -> None:
    user, other = await make_user(rt), await make_user(rt)
    kept: list[bytes | None] = []

    for change in (
        keys.set_key(rt, user.id, "openai", KEY),
        keys.delete_key(rt, user.id, "openai"),
    ):
        await rt.answers.store.set(user.id, "question", b"answer", 60)
        await rt.answers.store.set(other.id, "question", b"answer", 60)
        await change
        kept.append(await rt.answers.store.get(user.id, "question"))

    assert kept == [None, None]
    assert await rt.answers.store.get(other.id, "question") == b"answer"


async def test_only_an_administrator_sets_an_address(rt: Runtime) -> None:
    admin, member = await make_user(rt, role="admin"), await make_user(rt)

    with pytest.raises(PermissionDeniedError):
        await keys.set_key(rt, member.id, "custom", KEY, base_url="http://127.0.0.1:9/v1")
    await keys.set_key(rt, admin.id, "custom", "", base_url="http://127.0.0.1:9/v1")

    assert await keys.find_credential(rt, member.id, "custom") is None
    assert (await info(rt, admin.id, "custom")).base_url == "http://127.0.0.1:9/v1"


@pytest.mark.parametrize(
    "address",
    ["ftp://x.example", "x.example", "http://", "http://a:b@x.example", "http://x.example:99999", "javascript:alert(1)",
     "http://x.example/\nHost: y", "http://" + "x" * 600],
)  # fmt: skip
async def test_what_is_no_address_is_refused(rt: Runtime, address: str) -> None:
    admin = await make_user(rt, role="admin")

    with pytest.raises(ValidationFailedError):
        await keys.set_key(rt, admin.id, "custom", KEY, base_url=address)


@pytest.mark.parametrize("key", ["", "   ", "two words", "schlüssel", "a\nb", "x" * 1001])
async def test_what_is_no_key_is_refused(rt: Runtime, key: str) -> None:
    user = await make_user(rt)

    with pytest.raises(ValidationFailedError):
        await keys.set_key(rt, user.id, "openai", key)


async def test_unknown_providers_and_missing_keys_are_said_to_be_so(rt: Runtime) -> None:
    user = await make_user(rt)

    for provider in ("nobody", "demo"):
        with pytest.raises(NotFoundError):
            await keys.set_key(rt, user.id, provider, KEY)
    with pytest.raises(NotFoundError):
        await keys.delete_key(rt, user.id, "openai")
    with pytest.raises(ModelUnavailableError, match="not set up"):
        await keys.test_key(rt, user.id, "openai")
    assert (await info(rt, user.id, "demo")).key_source == "not_needed"


async def test_a_key_is_tested_at_the_provider(rt: Runtime) -> None:
    admin = await make_user(rt, role="admin")
    with ModelServer() as server:
        await keys.set_key(rt, admin.id, "custom", KEY, base_url=server.openai_url)

        answer = await keys.test_key(rt, admin.id, "custom")

    assert answer == "OpenAI-compatible server answers."


async def test_a_provider_that_is_down_is_named_without_the_key(rt: Runtime) -> None:
    admin = await make_user(rt, role="admin")
    await keys.set_key(rt, admin.id, "custom", KEY, base_url="http://127.0.0.1:9/v1")

    with pytest.raises(BabbleError) as caught:
        await keys.test_key(rt, admin.id, "custom")

    assert isinstance(caught.value, ProviderUnavailableError)
    assert KEY not in str(caught.value)


async def test_keys_of_one_person_take_turns_and_one_in_trouble_comes_last(rt: Runtime) -> None:
    user = await make_user(rt)
    for name in ("one", "two", "three"):
        await keys.add_key(rt, user.id, "openai", f"sk-canary-{name}", label=name)
    rt.models.turns.note_use("sk-canary-one")
    rt.models.turns.note_failure("sk-canary-two", ProviderKeyRefusedError("no"))

    found = (await keys.find_all_credentials(rt, user.id))["openai"]
    first = await keys.find_credential(rt, user.id, "openai")

    assert opened(found) == ["sk-canary-three", "sk-canary-one", "sk-canary-two"]
    assert first == found[0]
    shown = await info(rt, user.id, "openai")
    assert [key.label for key in shown.keys] == ["one", "two", "three"]
    assert "canary" not in shown.model_dump_json()


async def test_a_workspaces_key_goes_before_the_persons_and_only_there(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)
    _, other = await make_workspace(rt, owner)
    await keys.set_key(rt, owner, "openai", KEY)
    await keys.add_key(rt, owner, "openai", "sk-of-the-shop", workspace_id=workspace.id)

    places = ("", workspace.id, other.id)
    found = [(await keys.find_all_credentials(rt, owner, place))["openai"] for place in places]

    assert [opened(one) for one in found] == [[KEY], ["sk-of-the-shop"], [KEY]]


async def test_a_key_for_one_workspace_leaves_the_provider_unready_elsewhere(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)
    await keys.add_key(rt, owner, "openai", KEY, workspace_id=workspace.id)

    shown = await info(rt, owner, "openai")

    assert (shown.status, len(shown.keys)) == ("no_key", 1)
    assert await keys.find_credential(rt, owner, "openai") is None
    await workspaces.delete_workspace(rt, owner, workspace.id)
    assert await keys.list_keys(rt, owner, "openai") == []


async def test_setting_a_key_replaces_all_but_those_of_workspaces(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)
    await keys.add_key(rt, owner, "openai", "sk-canary-one")
    await keys.add_key(rt, owner, "openai", "sk-canary-two")
    kept = await keys.add_key(rt, owner, "openai", "sk-of-the-shop", workspace_id=workspace.id)

    await keys.set_key(rt, owner, "openai", KEY)

    left = await keys.list_keys(rt, owner, "openai")
    assert [(key.id == kept.id, key.last4) for key in left] == [(True, "shop"), (False, "cdef")]
    await keys.delete_key(rt, owner, "openai")
    assert [key.id for key in await keys.list_keys(rt, owner, "openai")] == [kept.id]


async def test_one_key_of_several_is_deleted(rt: Runtime) -> None:
    user = await make_user(rt)
    first = await keys.add_key(rt, user.id, "openai", "sk-canary-one")
    await keys.add_key(rt, user.id, "openai", "sk-canary-two")

    await keys.delete_key(rt, user.id, "openai", first.id)

    found = await keys.find_all_credentials(rt, user.id)
    assert opened(found["openai"]) == ["sk-canary-two"]
    with pytest.raises(NotFoundError):
        await keys.delete_key(rt, user.id, "groq", first.id)


async def test_the_same_key_and_too_many_keys_are_refused(rt: Runtime) -> None:
    user = await make_user(rt)
    for number in range(keys.MAX_KEYS):
        await keys.add_key(rt, user.id, "openai", f"sk-canary-{number}")
        if not number:
            with pytest.raises(ValidationFailedError, match="already"):
                await keys.add_key(rt, user.id, "openai", "sk-canary-0")

    with pytest.raises(ValidationFailedError, match="most"):
        await keys.add_key(rt, user.id, "openai", "sk-one-more")


async def test_each_of_several_keys_is_tested_at_the_provider(rt: Runtime) -> None:
    admin = await make_user(rt, role="admin")
    with ModelServer() as server:
        good = await keys.add_key(rt, admin.id, "custom", KEY, base_url=server.openai_url)
        bad = await keys.add_key(
            rt, admin.id, "custom", "sk-canary-two", base_url="http://127.0.0.1:9/v1"
        )

        answer = await keys.test_key(rt, admin.id, "custom", good.id)
        for key_id in (bad.id, ""):
            with pytest.raises(ProviderUnavailableError):
                await keys.test_key(rt, admin.id, "custom", key_id)

    assert answer == "OpenAI-compatible server answers."


async def test_models_to_fall_back_to_are_kept_in_order_without_repetition(rt: Runtime) -> None:
    user = await make_user(rt)
    models = ["ollama/qwen3", "demo/based", "", "ollama/qwen3"]

    saved = await accounts.update_user(rt, user.id, fallback_models=models)

    assert saved.fallback_models == ("ollama/qwen3", "demo/based")
    assert (await accounts.get_user(rt, user.id)).fallback_models == saved.fallback_models
    with pytest.raises(ValidationFailedError, match="At most 3"):
        await accounts.update_user(rt, user.id, fallback_models=[f"x/{n}" for n in range(4)])
    with pytest.raises(ValidationFailedError, match="provider/model"):
        await accounts.update_user(rt, user.id, fallback_models=["nonsense"])
