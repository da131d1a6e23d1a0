"""Three agents of a scripted model run to their end; one is changed five times, and a test decides what goes live.

With BABBLE_SHOTS set to a folder, a picture of every step is left there.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import running_server
from tests.fakes.model_server import ModelServer
from tests.fakes.three_agents import (
    AGENTS,
    BAD,
    GREETING,
    MENDED,
    NIGHT,
    NORA,
    THANKS,
    three_agents_rule,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, Page

    from tests.browser.conftest import Person, Server
    from tests.fakes.three_agents import Agent

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose only real model is a scripted one behind a socket."""
    with ModelServer(rules=[three_agents_rule()]) as model:
        variables = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": model.openai_url}
        with running_server(tmp_path_factory.mktemp("three"), **variables) as started:
            yield started


def test_three_agents_are_written_and_run_to_their_end(
    open_context: Callable[..., BrowserContext], person: Person
) -> None:
    page = open_context(person, viewport={"width": 1280, "height": 800}).new_page()
    workspace = person.post("/api/workspaces", {"name": "Three agents"})["id"]
    for agent in AGENTS:
        write(page, person, workspace, agent)
        talk(page, agent)
        shoot(page, agent.name)


def test_an_agent_is_changed_five_times_and_a_test_blocks_the_bad_change_from_going_live(
    open_context: Callable[..., BrowserContext], person: Person
) -> None:
    page = open_context(person, viewport={"width": 1280, "height": 800}).new_page()
    workspace = person.post("/api/workspaces", {"name": "Bakery"})["id"]
    chat, agent = write(page, person, workspace, AGENTS[0])

    change(page, GREETING, keep="Keep changes", version=2)
    change(page, THANKS, refuse=2, keep="Keep 1 of 2", version=3)
    change(page, NIGHT, refuse=1, keep="Keep 1 of 2", version=4)
    expected = (
        NORA.replace("Hello, this is the bakery.", "Welcome to the bakery!")
        .replace(", noted.", ", noted. Thank you!")
        .replace("Goodbye!", "Goodnight!")
    )
    assert text_of_head(person, agent) == expected

    talk(page, AGENTS[0])
    page.get_by_role("button", name="Keep as test").click()
    page.get_by_role("dialog").get_by_role("button", name="Keep as test").click()
    expect(page.locator(".toast")).to_contain_text("Kept as a test")
    person.client.patch(f"/api/agents/{agent}", json={"gated": True}).raise_for_status()
    publish(page, agent, 4)
    expect(page.get_by_text("Version 4 is live", exact=True)).to_be_visible()

    open_chat(page, chat, AGENTS[0])
    change(page, BAD, keep="Keep changes", version=5, badge="0 of 1 tests pass")
    shoot(page, "red")
    publish(page, agent, 5)
    expect(page.get_by_role("dialog")).to_contain_text("does not go live")
    shoot(page, "blocked")
    assert person.client.get(f"/api/agents/{agent}").json()["live_number"] == 4

    open_chat(page, chat, AGENTS[0])
    change(page, MENDED, keep="Keep changes", version=6, badge="1 of 1 tests pass")
    publish(page, agent, 6)
    expect(page.get_by_text("Version 6 is live", exact=True)).to_be_visible()
    shoot(page, "green")
    assert text_of_head(person, agent) == expected


def write(page: Page, person: Person, workspace: str, agent: Agent) -> tuple[str, str]:
    """Describe the agent in a new chat and wait for its first version; returns the chat and the agent."""
    body = {"title": agent.name, "review_changes": True}
    chat = person.post(f"/api/workspaces/{workspace}/chats", body)["id"]
    open_chat(page, chat, agent)
    ask(page, agent.wish)
    expect(page.locator(".version-card")).to_contain_text("Version 1 saved")
    agent_id = person.client.get(f"/api/chats/{chat}").json()["agent_id"]
    assert text_of_head(person, agent_id) == agent.program
    return chat, agent_id


def open_chat(page: Page, chat: str, agent: Agent) -> None:
    page.goto(f"/chat/{chat}")
    expect(page.get_by_label("Title of the chat")).to_have_value(agent.name)
    expect(page.get_by_text("Loading the chat")).to_have_count(0)


def ask(page: Page, text: str) -> None:
    box = page.locator(".chat .composer-text")
    box.fill(text)
    box.press("Enter")


def change(
    page: Page, request: str, *, keep: str, version: int, refuse: int = 0, badge: str = ""
) -> None:
    """Ask for a change and decide on what is proposed."""
    canvas = page.locator(".canvas")
    expect(page.locator(".chat .composer-text")).to_be_editable()
    ask(page, request)
    button = canvas.get_by_role("button", name="Keep changes")
    expect(button).to_be_visible(timeout=20_000)
    if badge:
        expect(canvas.get_by_text(badge).first).to_be_visible()
    if refuse:
        canvas.get_by_role("button", name=f"Refuse change {refuse}").click()
    shoot(page, f"change-{version}")
    canvas.get_by_role("button", name=keep).click()
    expect(page.locator(".version-card").last).to_contain_text(f"Kept as version {version}")


def talk(page: Page, agent: Agent) -> None:
    """Talk to the version on the canvas until its program has ended."""
    page.locator(".canvas-head").get_by_role("button", name="Test").click()
    page.get_by_role("button", name="Start the conversation").click()
    test = page.locator(".test")
    for text in agent.talk:
        expect(test.get_by_text("The agent is at work")).to_have_count(0)
        box = test.locator(".composer-text")
        box.fill(text)
        box.press("Enter")
        expect(test.locator(".test-line.is-user", has_text=text)).to_be_visible()
    expect(test.locator(".test-line.is-agent").last).to_contain_text(agent.last_words)
    expect(test).to_contain_text(agent.end)


def publish(page: Page, agent: str, number: int) -> None:
    page.goto(f"/agent/{agent}/versions")
    page.get_by_role("button", name=f"More about version {number}").click()
    page.get_by_role("menuitem", name="Publish this version").click()
    page.get_by_role("dialog").get_by_role("button", name="Publish").click()


def text_of_head(person: Person, agent: str) -> str:
    head = person.client.get(f"/api/agents/{agent}").json()["head_version_id"]
    return person.client.get(f"/api/versions/{head}").json()["text"]


def shoot(page: Page, step: str) -> None:
    if folder := os.environ.get("BABBLE_SHOTS"):
        page.screenshot(path=Path(folder) / f"three-{step}.png")
