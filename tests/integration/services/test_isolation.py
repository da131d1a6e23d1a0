"""The two-tenant matrix: whatever one person owns does not exist for another, whichever service is asked."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.errors import BabbleError, NotFoundError
from babble_app.schemas.agent_tests import TestSpec
from babble_app.schemas.conversations import ConversationFilter
from babble_app.services import (
    accounts,
    agent_tests,
    agents,
    api_keys,
    app_tokens,
    app_tool_settings,
    app_tools,
    apps,
    budgets,
    chats,
    files,
    keys,
    profiles,
    proposals,
    publishing,
    session_forks,
    sessions,
    test_coverage,
    test_files,
    test_fixes,
    test_recording,
    test_runs,
    unanswered,
    usage,
    versions,
    visit_desk,
    visit_exports,
    visit_people,
    visit_removal,
    visit_tests,
    workspaces,
)
from babble_app.store import runs as run_rows
from babble_app.store import visits as visit_rows
from tests.factories import (
    in_chunks,
    make_agent,
    make_chat,
    make_file,
    make_proposal,
    make_user,
    make_workspace,
)
from tests.visit_factories import make_visited

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from babble_app.services.runtime import Runtime


SCRIPTED = TestSpec(turns=("hello",))
ALL = ConversationFilter()


@dataclass
class World:
    """What the owner has; `stranger` asks for it, and `own_workspace` is the stranger's."""

    rt: Runtime
    owner: str
    stranger: str
    own_workspace: str
    own_chat: str
    workspace: str
    file: str
    chat: str
    message: str
    agent: str
    version: str
    proposal: str
    profile: str
    login: str
    session: str
    test: str
    own_agent: str
    own_test: str
    key: str
    app: str
    own_app: str
    token: str
    api_key: str
    visited: str
    """An app with a visitor's conversation, `visit`."""
    visit: str
    own_visited: str


@pytest.fixture
async def world(rt: Runtime) -> World:
    owner, chat = await make_chat(rt)
    file = await make_file(rt, owner, chat.workspace_id)
    version = await make_agent(rt, owner, chat.workspace_id)
    proposal = await make_proposal(rt, owner, version.agent_id, version.id)
    await rt.writer.write(
        [run_rows.add_message("msg_1", owner, chat.id, run_id="", role="user", text="Hello")]
    )
    stranger, own = await make_workspace(rt)
    own_chat = await chats.create_chat(rt, stranger, own.id)
    session = await sessions.start_session(rt, owner, version.agent_id, model="demo/based")
    test = await agent_tests.add_test(
        rt, owner, version.agent_id, name="x", kind="scripted", spec=SCRIPTED
    )
    own_agent = (await make_agent(rt, stranger, own.id)).agent_id
    own_test = await agent_tests.add_test(
        rt, stranger, own_agent, name="x", kind="scripted", spec=SCRIPTED
    )
    await budgets.set_budget(rt, owner, "workspace", chat.workspace_id, "month", limit_usd=4)
    await budgets.set_budget(rt, owner, "person", owner, "month", limit_usd=4)
    profile = await profiles.create_profile(rt, owner, name="Mine")
    key = await keys.add_key(rt, owner, "openai", "sk-canary-0123456789abcdef")
    app = await apps.create_app(rt, owner, "Helper", agent_id=version.agent_id)
    own_app = await apps.create_app(rt, stranger, "Helper", agent_id=own_agent)
    token = await app_tokens.create_token(rt, owner, app.id, "site")
    await rt.writer.write(
        visit_rows.add_visit(
            "s_1", owner, app.id, workspace_id=app.workspace_id, profile="", model="", token_id=token.id,
            visitor="ada", visitor_name="", channel="production", origin="", version_id=None,
        )
    )  # fmt: skip
    api_key = await api_keys.create_key(rt, owner, "script")
    visited = await make_visited(rt, owner, model="demo/based")
    own_visited = await apps.create_app(rt, stranger, "Mine", workspace_id=own.id)
    visit = (await visited.ask("Hello")).session_id
    login = await accounts.register(
        rt,
        email="owner@example.com",
        password="a plain sentence",
        name="Owner",
        address="10.0.0.1",
        user_agent="Test",
    )
    return World(
        rt, owner, stranger, own.id, own_chat.id, chat.workspace_id, file.id, chat.id, "msg_1",
        version.agent_id, version.id, proposal.id, profile.id, login.login.id, session.id, test.id, own_agent, own_test.id, key.id,
        app.id, own_app.id, token.id, api_key.id, visited.app_id, visit, own_visited.id,
    )  # fmt: skip


CASES: dict[str, Callable[[World], Awaitable[Any]]] = {
    "accounts.revoke_login": lambda w: accounts.revoke_login(w.rt, w.stranger, w.login),
    "keys.add_key": lambda w: keys.add_key(
        w.rt, w.stranger, "openai", "sk-of-a-stranger", workspace_id=w.workspace
    ),
    "keys.delete_key": lambda w: keys.delete_key(w.rt, w.stranger, "openai", w.key),
    "keys.test_key": lambda w: keys.test_key(w.rt, w.stranger, "openai", w.key),
    "workspaces.get_workspace": lambda w: workspaces.get_workspace(w.rt, w.stranger, w.workspace),
    "workspaces.update_workspace": lambda w: workspaces.update_workspace(
        w.rt, w.stranger, w.workspace, name="x"
    ),
    "workspaces.delete_workspace": lambda w: workspaces.delete_workspace(
        w.rt, w.stranger, w.workspace
    ),
    "files.add_file": lambda w: files.add_file(
        w.rt, w.stranger, w.workspace, name="a.txt", chunks=in_chunks(b"x")
    ),
    "files.add_made_file": lambda w: files.add_made_file(
        w.rt, w.stranger, w.workspace, name="a.png", media_type="image/png", data=b"x"
    ),
    "files.list_files": lambda w: files.list_files(w.rt, w.stranger, w.workspace),
    "files.get_file": lambda w: files.get_file(w.rt, w.stranger, w.file),
    "files.get_text": lambda w: files.get_text(w.rt, w.stranger, w.file),
    "files.get_content_path": lambda w: files.get_content_path(w.rt, w.stranger, w.file),
    "files.delete_file": lambda w: files.delete_file(w.rt, w.stranger, w.file),
    "files.wait_until_read": lambda w: files.wait_until_read(w.rt, w.stranger, w.file),
    "chats.create_chat": lambda w: chats.create_chat(w.rt, w.stranger, w.workspace),
    "chats.list_chats": lambda w: chats.list_chats(w.rt, w.stranger, w.workspace),
    "chats.get_chat": lambda w: chats.get_chat(w.rt, w.stranger, w.chat),
    "chats.update_chat": lambda w: chats.update_chat(w.rt, w.stranger, w.chat, title="x"),
    "chats.update_chat agent": lambda w: chats.update_chat(
        w.rt, w.stranger, w.own_chat, agent_id=w.agent
    ),
    "chats.update_chat profile": lambda w: chats.update_chat(
        w.rt, w.stranger, w.own_chat, profile=w.profile
    ),
    "chats.create_chat profile": lambda w: chats.create_chat(
        w.rt, w.stranger, w.own_workspace, profile=w.profile
    ),
    "profiles.get_profile": lambda w: profiles.get_profile(w.rt, w.stranger, w.profile),
    "profiles.update_profile": lambda w: profiles.update_profile(
        w.rt, w.stranger, w.profile, name="x"
    ),
    "profiles.delete_profile": lambda w: profiles.delete_profile(w.rt, w.stranger, w.profile),
    "chats.delete_chat": lambda w: chats.delete_chat(w.rt, w.stranger, w.chat),
    "chats.clear_chat": lambda w: chats.clear_chat(w.rt, w.stranger, w.chat),
    "chats.choose_files": lambda w: chats.choose_files(w.rt, w.stranger, w.chat, []),
    "chats.choose_files foreign": lambda w: chats.choose_files(
        w.rt, w.stranger, w.own_chat, [w.file]
    ),
    "chats.list_messages": lambda w: chats.list_messages(w.rt, w.stranger, w.chat),
    "chats.list_messages before": lambda w: chats.list_messages(
        w.rt, w.stranger, w.own_chat, before=w.message
    ),
    "chats.get_message": lambda w: chats.get_message(w.rt, w.stranger, w.message),
    "agents.list_agents": lambda w: agents.list_agents(w.rt, w.stranger, w.workspace),
    "agents.get_agent": lambda w: agents.get_agent(w.rt, w.stranger, w.agent),
    "agents.call_scope": lambda w: agents.call_scope(w.rt, w.stranger, w.agent),
    "agents.update_agent": lambda w: agents.update_agent(w.rt, w.stranger, w.agent, name="x"),
    "agents.delete_agent": lambda w: agents.delete_agent(w.rt, w.stranger, w.agent),
    "agents.create_agent": lambda w: make_agent(w.rt, w.stranger, w.workspace),
    "versions.add_version": lambda w: versions.add_version(
        w.rt, w.stranger, w.agent, text="x", parent_id=w.version, kind="manual", author="Eve"
    ),
    "agents.import_agent": lambda w: agents.import_agent(
        w.rt, w.stranger, w.workspace, name="x", text='say("x")'
    ),
    "versions.merge": lambda w: versions.merge(
        w.rt, w.stranger, w.agent, base_id=w.version, text="x"
    ),
    "versions.restore_hunks": lambda w: versions.restore_hunks(
        w.rt, w.stranger, w.agent, from_id=w.version, hunks=[1]
    ),
    "versions.label_version": lambda w: versions.label_version(
        w.rt, w.stranger, w.version, name="x"
    ),
    "proposals.add_proposal": lambda w: make_proposal(w.rt, w.stranger, w.agent, w.version),
    "proposals.get_proposal": lambda w: proposals.get_proposal(w.rt, w.stranger, w.proposal),
    "proposals.find_pending": lambda w: proposals.find_pending(w.rt, w.stranger, w.agent),
    "proposals.list_outcomes": lambda w: proposals.list_outcomes(w.rt, w.stranger, w.agent),
    "proposals.keep": lambda w: proposals.keep(w.rt, w.stranger, w.proposal),
    "proposals.discard": lambda w: proposals.discard(w.rt, w.stranger, w.proposal),
    "publishing.publish": lambda w: publishing.publish(w.rt, w.stranger, w.agent, w.version),
    "publishing.roll_back": lambda w: publishing.roll_back(w.rt, w.stranger, w.agent),
    "publishing.list_publications": lambda w: publishing.list_publications(
        w.rt, w.stranger, w.agent
    ),
    "versions.revert": lambda w: versions.revert(w.rt, w.stranger, w.agent, w.version),
    "versions.list_versions": lambda w: versions.list_versions(w.rt, w.stranger, w.agent),
    "versions.get_version": lambda w: versions.get_version(w.rt, w.stranger, w.version),
    "versions.diff_versions": lambda w: versions.diff_versions(
        w.rt, w.stranger, w.agent, w.version, w.version
    ),
    "sessions.start_session": lambda w: sessions.start_session(w.rt, w.stranger, w.agent),
    "sessions.start_session version": lambda w: sessions.start_session(
        w.rt, w.stranger, w.own_agent, version_id=w.version
    ),
    "sessions.get_session": lambda w: sessions.get_session(w.rt, w.stranger, w.session),
    "sessions.send_message": lambda w: sessions.send_message(w.rt, w.stranger, w.session, "hello"),
    "session_forks.reset": lambda w: session_forks.reset(w.rt, w.stranger, w.session),
    "session_forks.fork": lambda w: session_forks.fork(w.rt, w.stranger, w.session, step=0),
    "session_forks.replay": lambda w: session_forks.replay(w.rt, w.stranger, w.session),
    "sessions.set_mocks": lambda w: sessions.set_mocks(w.rt, w.stranger, w.session, []),
    "sessions.read_session": lambda w: sessions.read_session(w.rt, w.stranger, w.session),
    "sessions.read_source": lambda w: sessions.read_source(
        w.rt, w.stranger, w.own_agent, w.version, None
    ),
    "sessions.find_mocks": lambda w: sessions.find_mocks(w.rt, w.stranger, w.agent),
    "agent_tests.list_tests": lambda w: agent_tests.list_tests(w.rt, w.stranger, w.agent),
    "agent_tests.get_test": lambda w: agent_tests.get_test(w.rt, w.stranger, w.test),
    "agent_tests.add_test": lambda w: agent_tests.add_test(
        w.rt, w.stranger, w.agent, name="x", kind="scripted", spec=SCRIPTED
    ),
    "agent_tests.keep_as_test": lambda w: agent_tests.keep_as_test(w.rt, w.stranger, w.session),
    "agent_tests.update_test": lambda w: agent_tests.update_test(
        w.rt, w.stranger, w.test, name="y"
    ),
    "agent_tests.delete_test": lambda w: agent_tests.delete_test(w.rt, w.stranger, w.test),
    "test_runs.run_replays": lambda w: test_runs.run_replays(w.rt, w.stranger, w.agent, text="x"),
    "test_runs.run_test": lambda w: test_runs.run_test(w.rt, w.stranger, w.test),
    "test_runs.run_test version": lambda w: test_runs.run_test(
        w.rt, w.stranger, w.own_test, version_id=w.version
    ),
    "test_runs.run_on": lambda w: test_runs.run_on(w.rt, w.stranger, w.test),
    "test_runs.run_tests": lambda w: test_runs.run_tests(w.rt, w.stranger, w.agent),
    "test_runs.run_tests version": lambda w: test_runs.run_tests(
        w.rt, w.stranger, w.own_agent, version_id=w.version
    ),
    "test_runs.gate_problems": lambda w: test_runs.gate_problems(
        w.rt, w.stranger, w.agent, w.version
    ),
    "test_runs.find_program": lambda w: test_runs.find_program(w.rt, w.stranger, w.agent, None),
    "test_recording.record_again": lambda w: test_recording.record_again(w.rt, w.stranger, w.test),
    "test_coverage.coverage": lambda w: test_coverage.coverage(w.rt, w.stranger, w.agent),
    "test_coverage.generate": lambda w: test_coverage.generate(w.rt, w.stranger, w.agent),
    "test_files.export_yaml": lambda w: test_files.export_yaml(w.rt, w.stranger, w.agent),
    "test_files.import_yaml": lambda w: test_files.import_yaml(
        w.rt, w.stranger, w.agent, "babble_tests: 1\ntests: []\n"
    ),
    "test_fixes.fix_request": lambda w: test_fixes.fix_request(w.rt, w.stranger, w.test),
    "test_fixes.start_fix": lambda w: test_fixes.start_fix(w.rt, w.stranger, w.test, w.own_chat),
    "test_fixes.start_fix chat": lambda w: test_fixes.start_fix(
        w.rt, w.stranger, w.own_test, w.chat
    ),
    "test_fixes.get_fix": lambda w: test_fixes.get_fix(w.rt, w.stranger, w.test),
    "test_fixes.stop_fix": lambda w: test_fixes.stop_fix(w.rt, w.stranger, w.test),
    "budgets.set_budget": lambda w: budgets.set_budget(
        w.rt, w.stranger, "workspace", w.workspace, "day", limit_usd=1
    ),
    "budgets.set_budget person": lambda w: budgets.set_budget(
        w.rt, w.stranger, "person", w.owner, "day", limit_usd=1
    ),
    "budgets.delete_budget": lambda w: budgets.delete_budget(
        w.rt, w.stranger, "workspace", w.workspace, "month"
    ),
    "budgets.delete_budget person": lambda w: budgets.delete_budget(
        w.rt, w.stranger, "person", w.owner, "month"
    ),
    "publishing.check_release": lambda w: publishing.check_release(
        w.rt, w.stranger, w.agent, w.version
    ),
    "apps.create_app": lambda w: apps.create_app(w.rt, w.stranger, "x", agent_id=w.agent),
    "apps.create_app workspace": lambda w: apps.create_app(
        w.rt, w.stranger, "x", workspace_id=w.workspace
    ),
    "apps.create_app profile": lambda w: apps.create_app(w.rt, w.stranger, "x", profile=w.profile),
    "apps.get_app": lambda w: apps.get_app(w.rt, w.stranger, w.app),
    "apps.list_apps": lambda w: apps.list_apps(w.rt, w.stranger, workspace_id=w.workspace),
    "apps.list_apps agent": lambda w: apps.list_apps(w.rt, w.stranger, agent_id=w.agent),
    "apps.update_app": lambda w: apps.update_app(w.rt, w.stranger, w.app, name="x"),
    "apps.update_app profile": lambda w: apps.update_app(
        w.rt, w.stranger, w.own_app, profile=w.profile
    ),
    "apps.delete_app": lambda w: apps.delete_app(w.rt, w.stranger, w.app),
    "apps.release": lambda w: apps.release(w.rt, w.stranger, w.app, version_id=None),
    "apps.release version": lambda w: apps.release(
        w.rt, w.stranger, w.own_app, version_id=w.version
    ),
    "apps.release trial": lambda w: apps.release(
        w.rt,
        w.stranger,
        w.own_app,
        version_id=None,
        trial_version_id=w.version,
        trial_percent=5,
    ),
    "apps.stage": lambda w: apps.stage(w.rt, w.stranger, w.app, None),
    "apps.stage version": lambda w: apps.stage(w.rt, w.stranger, w.own_app, w.version),
    "apps.roll_back": lambda w: apps.roll_back(w.rt, w.stranger, w.app),
    "apps.list_releases": lambda w: apps.list_releases(w.rt, w.stranger, w.app),
    "apps.list_sightings": lambda w: apps.list_sightings(w.rt, w.stranger, w.app),
    "app_tokens.create_token": lambda w: app_tokens.create_token(w.rt, w.stranger, w.app, "x"),
    "app_tokens.get_token": lambda w: app_tokens.get_token(w.rt, w.stranger, w.token),
    "app_tokens.list_tokens": lambda w: app_tokens.list_tokens(w.rt, w.stranger, app_id=w.app),
    "app_tokens.update_token": lambda w: app_tokens.update_token(
        w.rt, w.stranger, w.token, name="x"
    ),
    "app_tokens.revoke_token": lambda w: app_tokens.revoke_token(w.rt, w.stranger, w.token),
    "app_tokens.rotate_token": lambda w: app_tokens.rotate_token(w.rt, w.stranger, w.token),
    "app_tokens.set_daily_budget": lambda w: app_tokens.set_daily_budget(
        w.rt, w.stranger, w.token, 1
    ),
    "app_tool_settings.set_tools": lambda w: app_tool_settings.set_tools(
        w.rt, w.stranger, w.app, [], {}
    ),
    "app_tools.try_tool": lambda w: app_tools.try_tool(w.rt, w.stranger, w.app, "x", {}),
    "visit_removal.erase_visitor": lambda w: visit_removal.erase_visitor(
        w.rt, w.stranger, w.app, "ada"
    ),
    "api_keys.delete_key": lambda w: api_keys.delete_key(w.rt, w.stranger, w.api_key),
    "visit_desk.list_conversations": lambda w: visit_desk.list_conversations(
        w.rt, w.stranger, w.visited, ALL
    ),
    "visit_desk.get_conversation": lambda w: visit_desk.get_conversation(
        w.rt, w.stranger, w.visited, w.visit
    ),
    "visit_desk.get_conversation own app": lambda w: visit_desk.get_conversation(
        w.rt, w.stranger, w.own_visited, w.visit
    ),
    "visit_desk.list_versions": lambda w: visit_desk.list_versions(w.rt, w.stranger, w.visited),
    "visit_desk.delete_conversations": lambda w: visit_desk.delete_conversations(
        w.rt, w.stranger, w.visited, [w.visit]
    ),
    "visit_desk.delete_conversations own app": lambda w: visit_desk.delete_conversations(
        w.rt, w.stranger, w.own_visited, [w.visit]
    ),
    "visit_people.take_over": lambda w: visit_people.take_over(
        w.rt, w.stranger, w.visited, w.visit
    ),
    "visit_people.take_over own app": lambda w: visit_people.take_over(
        w.rt, w.stranger, w.own_visited, w.visit
    ),
    "visit_people.hand_back": lambda w: visit_people.hand_back(
        w.rt, w.stranger, w.visited, w.visit
    ),
    "visit_people.write_message": lambda w: visit_people.write_message(
        w.rt, w.stranger, w.visited, w.visit, "x"
    ),
    "visit_tests.keep_as_test": lambda w: visit_tests.keep_as_test(
        w.rt, w.stranger, w.visited, w.visit
    ),
    "visit_exports.json_lines": lambda w: visit_exports.json_lines(
        w.rt, w.stranger, w.visited, ALL
    ),
    "visit_exports.csv_rows": lambda w: visit_exports.csv_rows(w.rt, w.stranger, w.visited, ALL),
    "unanswered.list_unanswered": lambda w: unanswered.list_unanswered(w.rt, w.stranger, w.visited),
    "publishing.publish version": lambda w: publishing.publish(
        w.rt, w.stranger, w.own_agent, w.version
    ),
    "versions.revert version": lambda w: versions.revert(w.rt, w.stranger, w.own_agent, w.version),
    "versions.restore_hunks version": lambda w: versions.restore_hunks(
        w.rt, w.stranger, w.own_agent, from_id=w.version, hunks=[1]
    ),
    "versions.merge version": lambda w: versions.merge(
        w.rt, w.stranger, w.own_agent, base_id=w.version, text="x"
    ),
}
MODULES = (
    accounts, workspaces, files, chats, versions, profiles, proposals, publishing, keys, sessions, session_forks, agent_tests,
    test_runs, test_recording, test_coverage, test_files, test_fixes, budgets, usage, apps, app_tokens, app_tool_settings,
    app_tools, visit_removal, api_keys, visit_desk, visit_people, visit_tests, visit_exports, unanswered,
)  # fmt: skip
OF_ONESELF = {
    "accounts.list_logins", "accounts.revoke_all_logins", "accounts.change_password", "accounts.update_user",
    "accounts.export_data", "accounts.delete_account", "accounts.get_user", "workspaces.create_workspace",
    "api_keys.create_key", "api_keys.list_keys", "usage.get_app_stats", "visit_removal.delete_visits",
    "budgets.list_budgets", "budgets.list_subjects", "budgets.status", "usage.get_stats", "usage.csv_rows",
    "profiles.list_profiles", "profiles.create_profile", "profiles.find_profile",
    "workspaces.list_workspaces", "keys.list_providers", "keys.list_keys", "keys.set_key",
    "visit_desk.count_waiting", "keys.find_credential", "keys.find_credentials", "keys.find_all_credentials", "sessions.add_session",
}  # fmt: skip
"""They take no id but the asker's own, or find nothing under another's."""


async def test_a_stranger_is_told_that_there_is_no_such_thing(world: World) -> None:
    # All in one world, as a refusal changes nothing: were something deleted, the cases after it would not be told so
    # by chance, hence the look at the end.
    told: dict[str, str] = {}
    for case, ask in CASES.items():
        try:
            await ask(world)
            told[case] = "an answer"
        except NotFoundError:
            continue
        except BabbleError as error:
            told[case] = repr(error)

    assert told == {}
    assert (await files.get_text(world.rt, world.owner, world.file)).status == "ready"
    assert (await chats.get_message(world.rt, world.owner, world.message)).text == "Hello"
    assert (await agents.get_agent(world.rt, world.owner, world.agent)).name == "Greeter"
    assert (await chats.get_chat(world.rt, world.owner, world.chat)).title == ""
    assert [b.limit_usd for b in await budgets.list_budgets(world.rt, world.owner)] == [4, 4]


async def test_lists_of_a_stranger_hold_nothing_of_others(world: World) -> None:
    rt, stranger = world.rt, world.stranger

    await visit_removal.delete_visits(rt, stranger, [world.visit, world.chat])
    listed = await workspaces.list_workspaces(rt, stranger)

    assert [item.id for item in listed] == [world.own_workspace]
    assert await profiles.find_profile(rt, stranger, world.profile) is None
    assert all(item.builtin for item in await profiles.list_profiles(rt, stranger))
    assert await accounts.list_logins(rt, stranger) == []
    own = {world.own_app, world.own_visited}
    assert {app.id for app in await apps.list_apps(rt, stranger)} == own
    assert await app_tokens.list_tokens(rt, stranger) == []
    assert await api_keys.list_keys(rt, stranger) == []
    await visit_removal.delete_visits(rt, stranger, [world.visit, world.chat])
    assert await visit_desk.count_waiting(rt, stranger) == {}
    assert (await chats.get_chat(rt, world.owner, world.visit)).id == world.visit
    assert await chats.get_chat(rt, world.owner, world.chat)
    assert await files.list_files(rt, stranger, world.own_workspace) == []
    assert await budgets.list_budgets(rt, stranger) == []
    subjects = {subject.scope_id for subject in await budgets.list_subjects(rt, stranger)}
    assert subjects == {stranger, world.own_workspace, *own}


async def test_keys_of_others_are_not_used(rt: Runtime) -> None:
    ada, eve = await make_user(rt), await make_user(rt)
    await keys.set_key(rt, ada.id, "openai", "sk-canary-0123456789abcdef")

    assert await keys.find_credential(rt, eve.id, "openai") is None
    with pytest.raises(NotFoundError):
        await keys.delete_key(rt, eve.id, "openai")
    assert await keys.find_credential(rt, ada.id, "openai") is not None


async def test_keys_of_anothers_workspace_are_not_used(rt: Runtime) -> None:
    ada, workspace = await make_workspace(rt)
    eve = await make_user(rt)
    await keys.add_key(rt, ada, "openai", "sk-canary-0123456789abcdef", workspace_id=workspace.id)

    assert "openai" not in await keys.find_all_credentials(rt, eve.id, workspace.id)
    assert "openai" in await keys.find_all_credentials(rt, ada, workspace.id)
    assert await keys.list_keys(rt, eve.id, "openai") == []


def test_every_service_that_takes_an_owner_is_in_the_matrix() -> None:
    covered = {name.split()[0] for name in CASES} | OF_ONESELF
    found = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in MODULES
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction)
        if not name.startswith("_") and {"rt", "owner_id"} <= {*inspect.signature(function).parameters}
        and (function.__module__ == module.__name__ or name in getattr(module, "__all__", ()))
    }  # fmt: skip

    assert found - covered == set()
