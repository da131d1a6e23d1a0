"""An agent's history in Chromium: the list, the difference of any two, and going back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

    from tests.browser.conftest import Person

pytestmark = pytest.mark.browser


def make_agent(person: Person) -> tuple[str, str]:
    """Let the demo model write an agent, then edit it by hand; returns chat and agent."""
    workspace = person.post("/api/workspaces", {"name": "Shop"})
    chat = person.post(f"/api/workspaces/{workspace['id']}/chats", {"model": "demo/based"})
    text = "Build an agent that welcomes guests, asks for their name and says goodbye."
    person.post(f"/api/chats/{chat['id']}/messages", {"text": text})
    deadline = time.monotonic() + 30
    while True:
        state = person.client.get(f"/api/chats/{chat['id']}").json()
        if state["agent_id"] and not state["active_run_id"]:
            break
        assert time.monotonic() < deadline, "the demo model wrote no agent"
        time.sleep(0.1)
    agent = person.client.get(f"/api/agents/{state['agent_id']}").json()
    head = person.client.get(f"/api/versions/{agent['head_version_id']}").json()
    body = {"text": head["text"] + "\n# a line by hand\n", "parent_id": head["id"]}
    person.post(f"/api/agents/{agent['id']}/versions", body)
    return chat["id"], agent["id"]


def test_the_newest_change_is_shown_line_by_line(page: Page, person: Person) -> None:
    _, agent = make_agent(person)

    page.goto(f"/agent/{agent}/versions")

    expect(page.locator(".version")).to_have_count(2)
    expect(page.locator(".version").first).to_contain_text("current")
    expect(page.locator(".diff-view")).to_contain_text("# a line by hand")
    expect(page.locator(".diff-view tr.is-added").first).to_be_visible()


def test_two_versions_stand_side_by_side(page: Page, person: Person) -> None:
    _, agent = make_agent(person)
    page.goto(f"/agent/{agent}/versions")

    page.get_by_role("button", name="Side by side").click()

    expect(page.locator(".diff-view tr:has(td.is-nothing) td.is-added").first).to_be_visible()
    page.get_by_role("button", name="Unified").click()
    expect(page.locator(".diff-view td.is-nothing")).to_have_count(0)


def test_any_two_versions_can_be_picked(page: Page, person: Person) -> None:
    _, agent = make_agent(person)
    page.goto(f"/agent/{agent}/versions")
    expect(page.locator(".version")).to_have_count(2)

    page.get_by_label("From", exact=True).select_option(label="Version 2")
    page.get_by_label("To", exact=True).select_option(label="Version 1")
    expect(page.locator(".diff-view tr.is-removed").last).to_contain_text("# a line by hand")

    page.get_by_label("To", exact=True).select_option(label="Version 2")
    expect(page.get_by_text("the same, byte for byte")).to_be_visible()


def test_going_back_asks_and_makes_a_new_version(page: Page, person: Person) -> None:
    _, agent = make_agent(person)
    page.goto(f"/agent/{agent}/versions")

    page.get_by_role("button", name="Go back to version 1").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Nothing is lost")
    dialog.get_by_role("button", name="Go back").click()

    expect(page.locator(".version")).to_have_count(3)
    expect(page.locator(".version").first).to_contain_text("Went back")
    first, *_, oldest = person.client.get(f"/api/agents/{agent}/versions").json()
    assert first["sha256"] == oldest["sha256"]


def test_a_revert_on_the_canvas_shows_the_old_text_in_the_editor(
    page: Page, person: Person
) -> None:
    chat, _ = make_agent(person)
    page.goto(f"/chat/{chat}")
    expect(page.locator(".canvas .cm-content")).to_contain_text("# a line by hand")

    page.get_by_role("tab", name="Versions").click()
    page.get_by_role("button", name="Go back to version 1").click()
    page.get_by_role("dialog").get_by_role("button", name="Go back").click()
    page.get_by_role("tab", name="Code").click()

    expect(page.locator(".canvas-head .badge", has_text="v3")).to_be_visible()
    expect(page.locator(".canvas .cm-content")).not_to_contain_text("# a line by hand")


def test_the_history_fits_a_phone(
    open_context: Callable[..., BrowserContext], person: Person
) -> None:
    _, agent = make_agent(person)
    page = open_context(person, viewport={"width": 390, "height": 844}).new_page()

    page.goto(f"/agent/{agent}/versions")
    page.get_by_role("button", name="Side by side").click()

    expect(page.get_by_text("Too narrow for side by side")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_an_agent_of_somebody_else_does_not_exist(
    page: Page, make_person: Callable[[], Person]
) -> None:
    _, theirs = make_agent(make_person())

    page.goto(f"/agent/{theirs}/versions")

    expect(page.get_by_text("This agent does not exist")).to_be_visible()
