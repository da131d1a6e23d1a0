"""A visitor asks through the API; the app's owner sees it while it happens, takes over, answers, and hands back."""

from __future__ import annotations

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from queue import Queue
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from babble_app.services import app_tokens, apps, workspaces
from babble_app.services.runtime import running
from tests.conftest import make_settings
from tests.factories import make_agent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx
    from playwright.sync_api import BrowserContext, Page

    from tests.browser.conftest import Person, Server

pytestmark = pytest.mark.browser
PROGRAM = """say("Welcome to the bike shop.")
loop:
    talk("You take repair orders for bikes. Ask what is broken.", False)
until "the visitor says goodbye":
    say("Ride safely!")
"""


def make_app(server: Server, person: Person) -> tuple[str, str]:
    """Give the person an app of an agent, from another process as it were; returns its id and a token."""
    data = server.log.parent / "data"

    async def make() -> tuple[str, str]:
        async with running(make_settings(data.parent, BABBLE_DATA_DIR=data)) as rt:
            workspace = await workspaces.create_workspace(rt, person.id, "Shop")
            agent = (await make_agent(rt, person.id, workspace.id, program=PROGRAM)).agent_id
            app = await apps.create_app(rt, person.id, "Bike shop", agent_id=agent)
            token = await app_tokens.create_token(rt, person.id, app.id, "site")
            return app.id, token.token

    # Playwright has a loop in this thread.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, make()).result(60)


def ask(visitor: httpx.Client, text: str, **fields: str) -> dict[str, Any]:
    answer = visitor.post("/api/v1/chat", json={"message": text, **fields})
    assert answer.status_code == 200, answer.text
    return answer.json()


def listen(visitor: httpx.Client, session: str, heard: Queue[dict[str, Any]]) -> None:
    """Read the session's events until the agent is back."""
    count = 0
    with visitor.stream("GET", f"/api/v1/sessions/{session}/events") as answer:
        for line in answer.iter_lines():
            if line.startswith("data: "):
                event = json.loads(line.removeprefix("data: "))
                heard.put(event)
                count += 1
                if event.get("name") == "agent" and count > 1:
                    return


def test_an_owner_takes_a_visitors_conversation_over_and_hands_it_back(
    server: Server, person: Person, page: Page
) -> None:
    app, token = make_app(server, person)
    page.goto(f"/apps/{app}/conversations")
    expect(page.get_by_text("Nobody has asked anything yet")).to_be_visible()

    with server.client(Authorization=f"Bearer {token}") as visitor:
        del visitor.headers["Origin"]
        session = ask(visitor, "My bell is broken", user="Grace")["session_id"]
        page.get_by_role("link", name="Grace").click()
        talk = page.get_by_label("What was said")
        expect(talk.get_by_text("Welcome to the bike shop.")).to_be_visible()

        heard: Queue[dict[str, Any]] = Queue()
        listening = threading.Thread(target=listen, args=(visitor, session, heard))
        listening.start()
        assert heard.get(timeout=30)["name"] == "agent"
        page.get_by_role("button", name="Take over").click()
        expect(page.get_by_role("button", name="Hand back")).to_be_visible()
        left = ask(visitor, "Is anybody there?", session_id=session)
        assert (left["response"], left["human"]) == ("", True)
        expect(talk.get_by_text("Is anybody there?")).to_be_visible()
        expect(page.get_by_text("Waits for a person").first).to_be_visible()
        box = page.get_by_label("Message")
        box.fill("Yes. Bring it in at nine.")
        box.press("Enter")
        expect(talk.get_by_text("Yes. Bring it in at nine.")).to_be_visible()
        page.get_by_role("button", name="Hand back").click()
        expect(page.get_by_text("The agent answers here.")).to_be_visible()
        listening.join(30)
        events = [heard.get_nowait() for _ in range(heard.qsize())]
        assert [one.get("name") or one["message"]["text"] for one in events] == [
            "human",
            "Yes. Bring it in at nine.",
            "agent",
        ]
        after = ask(visitor, "Goodbye!", session_id=session)

    assert (after["response"], after["human"]) == ("Ride safely!", False)
    expect(talk.get_by_text("Ride safely!")).to_be_visible()
    page.get_by_role("tab", name="Unanswered").click()
    expect(page.get_by_text("a person had to go on", exact=True)).to_be_visible()
    page.get_by_role("link", name="Open conversation").click()
    expect(talk.get_by_text("Ride safely!")).to_be_visible()


def test_on_a_phone_the_list_and_a_conversation_come_one_after_the_other(
    server: Server, person: Person, open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    app, token = make_app(server, person)
    with server.client(Authorization=f"Bearer {token}") as visitor:
        del visitor.headers["Origin"]
        ask(visitor, "My bell is broken", user="Grace")
    page = open_context(person, viewport={"width": 390, "height": 844}, has_touch=True).new_page()

    page.goto(f"/apps/{app}/conversations")
    page.get_by_role("link", name="Grace").click()
    expect(page.get_by_label("What was said")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_be_hidden()
    page.go_back()
    expect(page.get_by_role("searchbox")).to_be_visible()

    page.get_by_role("button", name="More for these conversations").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Download as CSV").click()
    saved = tmp_path / "conversations.csv"
    download.value.save_as(saved)
    assert "My bell is broken" in saved.read_text()
