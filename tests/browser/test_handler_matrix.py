"""Who may call which event handler: every handler of every state, by nobody, by somebody else, by somebody suspended."""

from __future__ import annotations

import itertools
import json
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from babble_app.store.agents import packed
from babble_app.store.tables.apps import AppReleaseRow, AppRow, AppTokenRow
from babble_app.store.tables.base import new_id, now
from babble_app.store.tables.chats import ChatRow, MessageRow
from babble_app.store.tables.proposals import ProposalRow
from babble_app.store.tables.usage import UsageRow
from babble_app.store.tables.visits import VisitRow
from tests.browser.handlers import Ids, all_handlers, calls_of, states, unknown_arguments
from tests.browser.sockets import HYDRATE, Call, talk

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Person, Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

_numbers = itertools.count(1)
MOST_CALLS = 1000
"""Below the limit of events a minute: dropped events would prove nothing."""


def make_everything(server: Server, person: Person) -> Ids:
    """Give the person one of each thing, every text of it with words of its own."""
    words = f"canary{next(_numbers)}zq"
    client = person.client
    workspace = person.post("/api/workspaces", {"name": f"Workspace {words}"})["id"]
    key = person.post("/api/settings/keys/openai", {"key": f"sk-{words}-0123"})["id"]
    files = client.post(
        f"/api/workspaces/{workspace}/files",
        files=[("file", (f"{words}.txt", f"The words are {words}.".encode()))],
    )
    chat = person.post(f"/api/workspaces/{workspace}/chats", {"title": f"Chat {words}"})["id"]
    wish = f"An agent called {words.capitalize()} for a bakery. It asks for their name and says goodbye."
    body = {"text": wish, "mode": "build", "model": "demo/based"}
    run = person.post(f"/api/chats/{chat}/messages", body)["run_id"]
    client.get(f"/api/runs/{run}/events").raise_for_status()
    agent = client.get(f"/api/workspaces/{workspace}/agents").json()[0]
    head = client.get(f"/api/versions/{agent['head_version_id']}").json()
    edit = {"text": f"{head['text']}# edited\n", "parent_id": head["id"]}
    edited = person.post(f"/api/agents/{agent['id']}/versions", edit)
    session = person.post(f"/api/agents/{agent['id']}/sessions", {"model": "demo/based"})
    return Ids(
        workspace=workspace,
        file=files.raise_for_status().json()[0]["id"],
        chat=chat,
        agent=agent["id"],
        version=agent["head_version_id"],
        run=run,
        session=session["session_id"],
        login=client.get("/api/auth/logins").json()[0]["id"],
        proposal=propose(server, person, chat, edited),
        test=person.post(f"/api/sessions/{session['session_id']}/keep", {"name": words})["id"],
        key=key,
        budget=use_models(server, person, workspace, chat),
        profile=person.post("/api/profiles", {"name": f"Work {words}"})["id"],
        api_key=person.post("/api/settings/api-keys", {"name": f"Key {words}"})["id"],
        **publish(server, person, workspace, agent["id"], words),
        **be_visited(server, person, workspace, words),
        words=words,
    )


def publish(
    server: Server, person: Person, workspace: str, agent: str, words: str
) -> dict[str, str]:
    """Let the person have an app with a token."""
    app = AppRow(
        owner_id=person.id, workspace_id=workspace, agent_id=agent, slug=words, name=f"App {words}",
        instructions=words, rate_limit_per_minute=20,
        tools=[{"name": "x", "description": words, "url": "https://shop.example/"}],
    )  # fmt: skip
    token = AppTokenRow(
        owner_id=person.id, app_id=app.id, name=f"Token {words}", token_hash=words, prefix="bb_abcd", last4="wxyz",
    )  # fmt: skip
    release = AppReleaseRow(
        owner_id=person.id, app_id=app.id, number=1, kind="create", author=words
    )
    for table, row in (("apps", app), ("app_tokens", token), ("app_releases", release)):
        plain = row.model_dump()
        insert(server, table, {name: _plain(value) for name, value in plain.items()})
    return {"app": app.id, "token": token.id}


def be_visited(server: Server, person: Person, workspace: str, words: str) -> dict[str, str]:
    """Let a visitor have asked the person's app something, and wait for a person."""
    app = AppRow(
        owner_id=person.id,
        workspace_id=workspace,
        slug=f"visited-{words}",
        name=f"Visited {words}",
        rate_limit_per_minute=20,
    )
    chat = ChatRow(owner_id=person.id, workspace_id=workspace, app_id=app.id, id=new_id("s"))
    visit = VisitRow(
        chat_id=chat.id, owner_id=person.id, app_id=app.id, visitor=words, human_asked=True
    )
    message = MessageRow(
        owner_id=person.id, chat_id=chat.id, role="user", text=f"Where is {words}?", position=1
    )
    rows = {"apps": app, "chats": chat, "visits": visit, "messages": message}
    for table, row in rows.items():
        insert(server, table, {name: _plain(value) for name, value in row.model_dump().items()})
    return {"visited": app.id, "visit": chat.id}


def _plain(value: Any) -> Any:
    """Return the value as SQLite has it."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ")
    return json.dumps(value) if isinstance(value, dict | list) else value


def propose(server: Server, person: Person, chat: str, parent: dict[str, Any]) -> str:
    """Let a change wait for the person; a run of the demo model would take three seconds."""
    row = ProposalRow(
        owner_id=person.id,
        agent_id=parent["agent_id"],
        chat_id=chat,
        run_id="run_of_the_matrix",
        parent_id=parent["id"],
        text_zlib=packed(f"{parent['text']}# proposed\n"),
        sha256="",
    )
    values = row.model_dump() | {"findings": "[]", "created_at": row.created_at.isoformat(" ")}
    insert(server, "proposals", values)
    return row.id


def use_models(server: Server, person: Person, workspace: str, chat: str) -> str:
    """Let the person have used a model, and cap what the workspace may cost; returns the budget's key."""
    at = now()
    row = UsageRow(
        owner_id=person.id, workspace_id=workspace, chat_id=chat, task="answer", model="custom/priced",
        provider="custom", outcome="ok", chain_id="chain_of_the_matrix", place=1, input_tokens=10,
        output_tokens=2, cached_tokens=0, cost_nano=10**9, latency_ms=20.0, started_at=at, day=f"{at:%Y-%m-%d}",
    )  # fmt: skip
    insert(
        server, "usage", row.model_dump() | {"started_at": at.replace(tzinfo=None).isoformat(" ")}
    )
    cap = {"limit_usd": 2.5}
    person.client.put(f"/api/budgets/workspace/{workspace}/month", json=cap).raise_for_status()
    return f"workspace/{workspace}/month/own"


def insert(server: Server, table: str, values: dict[str, Any]) -> None:
    """Put a row into the database from another process."""
    marks = ", ".join("?" * len(values))
    with closing(_database(server)) as db, db:
        db.execute(
            f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})",  # noqa: S608 - our own names
            tuple(values.values()),
        )


def rows_of(server: Server, person: Person) -> dict[str, list[tuple[Any, ...]]]:
    """Dump everything the person has from the database, by table."""
    with closing(_database(server)) as db:
        tables = [
            name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        found = {name: _rows(db, name) for name in tables}
    owned = {person.id}
    kept: dict[str, list[tuple[Any, ...]]] = {}
    for _ in range(2):  # what belongs to something that belongs to the person
        for name, rows in found.items():
            kept[name] = [tuple(row.values()) for row in rows if owned & set(row.values())]
            owned |= {row["id"] for row in rows if "id" in row and owned & set(row.values())}
    return kept


def _rows(db: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    rows = [dict(row) for row in db.execute(f"SELECT * FROM {table} ORDER BY rowid")]  # noqa: S608 - our own names
    for row in rows:
        # Using a login or a token is noted; that is no change by somebody else.
        row.pop("last_seen_at", None)
    return [
        {name: value for name, value in row.items() if isinstance(value, str | bytes | int)}
        for row in rows
    ]


def _database(server: Server) -> sqlite3.Connection:
    db = sqlite3.connect(server.log.parent / "data" / "babble.db", timeout=10)
    db.row_factory = sqlite3.Row
    return db


def suspend(server: Server, person: Person) -> None:
    """Suspend the person from another process, as the command line would."""
    with closing(_database(server)) as db, db:
        db.execute("UPDATE users SET suspended_at = datetime('now') WHERE id = ?", (person.id,))
    time.sleep(1.0)  # the promise: within a second


def says_of(updates: list[dict[str, Any]], person: Person, ids: Ids) -> list[str]:
    """Return what of the person's is in the updates."""
    text = json.dumps(updates).lower()
    return [words for words in (ids.words, person.email) if words in text]


def test_it_is_known_how_to_call_every_handler() -> None:
    nobody = Ids(*"abcdefghijklmnopqrs")

    assert unknown_arguments(nobody) == []
    assert len(all_handlers()) > 90
    assert max(len(calls_of(state, nobody)) for state in states()) < MOST_CALLS


CHANGING = {
    "agent_tests",
    "api_keys",
    "app_behaviour",
    "app_look",
    "app_origins",
    "app_page",
    "app_releases",
    "app_tokens",
    "app_tools",
    "apps",
    "budgets",
    "chat",
    "files",
    "profile_form",
    "profiles",
    "proposals",
    "publishing",
    "settings",
    "versions",
    "visit",
    "visits",
    "workspace",
    "workspaces",
}


@pytest.mark.parametrize("state", sorted({*CHANGING, "canvas", "testing", "usage"}))
def test_the_owner_is_shown_and_can_change_what_others_must_not(
    server: Server, make_person: Callable[[], Person], state: str
) -> None:
    """Without this the others would pass as well if no event arrived."""
    owner = make_person()
    ids = make_everything(server, owner)
    before = rows_of(server, owner)
    full_name = next(name for name in states() if f"states___{state}____" in name)

    for quiet_seconds in (0.7, 3.0, 9.0):  # a busy machine pauses longer in the middle of a page
        updates = talk(
            server,
            calls_of(full_name, ids),
            token=str(uuid4()),
            cookie=owner.cookie,
            in_turn=False,
            quiet_seconds=quiet_seconds,
        )
        assert says_of(updates, owner, ids)
        if rows_of(server, owner) != before or state not in CHANGING:
            return

    pytest.fail("nothing of the owner's was changed")


@pytest.mark.parametrize("who", ["nobody", "somebody else", "the owner, suspended"])
def test_no_handler_shows_or_changes_anything_for(
    server: Server, make_person: Callable[[], Person], who: str
) -> None:
    owner = make_person()
    ids = make_everything(server, owner)
    if who == "the owner, suspended":
        suspend(server, owner)
    before = rows_of(server, owner)
    assert all(
        before[table]
        for table in ("users", "workspaces", "files", "file_pages", "chats", "messages")
    )
    assert all(before[table] for table in ("runs", "run_events", "agents", "versions", "sessions"))
    assert all(before[table] for table in ("provider_keys", "logins", "proposals", "profiles"))
    assert all(before[table] for table in ("budgets", "usage"))
    assert all(before[table] for table in ("apps", "app_tokens", "app_releases"))
    assert all(before[table] for table in ("budgets", "usage", "apps", "visits"))

    def attack(state: str) -> list[str]:
        cookie = {"nobody": "", "the owner, suspended": owner.cookie}.get(who)
        cookie = make_person().cookie if cookie is None else cookie
        calls = [Call(HYDRATE), *calls_of(state, ids)]
        updates = talk(server, calls, token=str(uuid4()), cookie=cookie, in_turn=False)
        assert updates, state
        return [f"{state} says {words}" for words in says_of(updates, owner, ids)]

    with ThreadPoolExecutor(6) as pool:
        leaks = [leak for found in pool.map(attack, states()) for leak in found]

    assert leaks == []
    assert rows_of(server, owner) == before
