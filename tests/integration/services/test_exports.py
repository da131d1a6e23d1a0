"""The export holds everything a person owns, and nothing that is a secret or somebody else's."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

from babble_app.services import (
    accounts,
    app_callers,
    app_tokens,
    apps,
    keys,
    publishing,
    versions,
    visit_openings,
)
from babble_app.store import runs as run_rows
from tests.factories import PROGRAM, make_agent, make_chat, make_file, make_proposal, make_workspace

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime

KEY = "sk-canary-0123456789abcdef"


async def test_everything_a_person_owns_is_in_the_zip(rt: Runtime) -> None:
    owner, chat = await make_chat(rt, title="Plans")
    await make_file(rt, owner, chat.workspace_id, content=b"my notes")
    version = await make_agent(rt, owner, chat.workspace_id, name="Greeter")
    await versions.label_version(rt, owner, version.id, note="the first of all")
    await publishing.publish(rt, owner, version.agent_id, version.id)
    proposal = await make_proposal(rt, owner, version.agent_id, version.id)
    await make_workspace(rt, owner, name="Shop")
    await rt.writer.write(
        [run_rows.add_message("msg_1", owner, chat.id, run_id="", role="user", text="Hello")]
    )

    path = await accounts.export_data(rt, owner)

    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        told = json.loads(archive.read(f"workspaces/shop-2/chats/{chat.id}.json"))
        assert archive.testzip() is None
        assert archive.read("workspaces/shop-2/files/notes.txt") == b"my notes"
        assert archive.read("workspaces/shop-2/agents/greeter/0001.based").decode() == PROGRAM
        agent = json.loads(archive.read("workspaces/shop-2/agents/greeter/agent.json"))
        place = f"workspaces/shop-2/agents/greeter/proposals/{proposal.id}.json"
        assert json.loads(archive.read(place))["text"] == proposal.text
    assert agent["versions"][0]["note"] == "the first of all"
    assert agent["publications"][0]["version_id"] == version.id
    assert told["messages"][0]["text"] == "Hello"
    assert {"README.txt", "account.json", "workspaces/shop/workspace.json"} <= names


async def test_apps_and_their_visitors_conversations_are_in_the_zip(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt, name="Shop")
    app = await apps.create_app(rt, owner, "Front desk", workspace_id=workspace.id)
    token = await app_tokens.create_token(rt, owner, app.id, "site")
    caller = await app_callers.find_caller(rt, token.token)
    _, stored = visit_openings.open_visit(caller, "s_1", "somebody")
    said = run_rows.add_message("msg_1", owner, "s_1", run_id="", role="user", text="Hello")
    await rt.writer.write([*stored, said])

    path = await accounts.export_data(rt, owner)

    with zipfile.ZipFile(path) as archive:
        told = json.loads(archive.read("workspaces/shop/apps/front-desk/conversations/s_1.json"))
        about = json.loads(archive.read("workspaces/shop/apps/front-desk/app.json"))
        everything = b"\n".join(archive.read(name) for name in archive.namelist()).decode()
    assert told["messages"][0]["text"] == "Hello"
    assert about["tokens"][0]["last4"] == token.last4
    assert token.token not in everything


async def test_the_zip_holds_no_secret_and_nothing_of_others(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)
    await keys.set_key(rt, owner, "openai", KEY)
    stranger, theirs = await make_workspace(rt, name="Secret plans")
    await make_file(rt, stranger, theirs.id, content=b"not yours")

    path = await accounts.export_data(rt, owner)

    with zipfile.ZipFile(path) as archive:
        everything = b"\n".join(archive.read(name) for name in archive.namelist()).decode()
    assert workspace.id in everything
    for secret in (KEY, "password_hash", "token_hash", "not yours", "Secret plans", stranger):
        assert secret not in everything
