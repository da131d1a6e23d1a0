"""Changes on the canvas in Chromium: by hunks, by two people at once, and going live."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Locator, Page

    from tests.browser.conftest import Person

pytestmark = pytest.mark.browser

PADDING = "".join(f"    # step {number} of the conversation\n" for number in range(1, 10))
PROGRAM = f"""# Agent: Front desk

say("Hello, this is the front desk. How can I help you?")

loop:
    conversation = talk(
        "You are the front desk, a conversational assistant. "
        "Ask for these details, one at a time: name and pickup date. "
        "Exits: the person has given their name and pickup date; the person says goodbye.",
        False,
    )
{PADDING}until "the person has given their name and pickup date":
    details = conversation.ask(
        question="Which name and pickup date did the person give?",
        example={{
            "name": "Ada Lovelace",
            "pickup_date": "2026-12-24",
        }},
    )
    extract("name", details["name"])
    extract("pickup_date", details["pickup_date"])
until "the person says goodbye":
    say("Goodbye!")
"""
"""As the demo model writes them, its two parts far enough from each other to be changed in two hunks."""


def make_agent(person: Person) -> tuple[str, str]:
    """Bring in an agent of the demo model's making, with two versions; returns a chat about it and the agent."""
    workspace = person.post("/api/workspaces", {"name": "Shop"})["id"]
    body = {"name": "Front desk", "text": PROGRAM.replace(PADDING, "")}
    agent = person.post(f"/api/workspaces/{workspace}/agents", body)["agent_id"]
    body = {"model": "demo/based", "review_changes": True}
    chat = person.post(f"/api/workspaces/{workspace}/chats", body)["id"]
    person.client.patch(f"/api/chats/{chat}", json={"agent_id": agent}).raise_for_status()
    save(person, agent, PROGRAM)
    return chat, agent


def ask(person: Person, chat: str, text: str) -> None:
    """Say something through the API and wait for the answer."""
    run = person.post(f"/api/chats/{chat}/messages", {"text": text})["run_id"]
    deadline = time.monotonic() + 30
    while person.client.get(f"/api/runs/{run}").json()["status"] in {"queued", "running"}:
        assert time.monotonic() < deadline, "the demo model did not answer"
        time.sleep(0.1)


def head_of(person: Person, agent: str) -> dict[str, Any]:
    head = person.client.get(f"/api/agents/{agent}").json()["head_version_id"]
    return person.client.get(f"/api/versions/{head}").json()


def save(person: Person, agent: str, text: str) -> dict[str, Any]:
    """Save a version as another tab would."""
    parent = person.client.get(f"/api/agents/{agent}").json()["head_version_id"]
    return person.post(f"/api/agents/{agent}/versions", {"text": text, "parent_id": parent})


def canvas_of(page: Page) -> Locator:
    return page.locator(".canvas")


def type_at_end(page: Page, text: str) -> None:
    """Write under the last line of the program."""
    editor = canvas_of(page).locator(".code-editor .cm-content")
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)
    expect(canvas_of(page).get_by_text("Unsaved", exact=True)).to_be_visible()


def test_a_proposed_change_is_reviewed_hunk_by_hunk_and_only_what_was_accepted_is_kept(
    page: Page, person: Person
) -> None:
    chat, agent = make_agent(person)
    before = head_of(person, agent)["text"]
    page.goto(f"/chat/{chat}")
    box = page.locator(".chat .composer-text")
    box.fill("Also ask for their phone number.")
    box.press("Enter")
    canvas = canvas_of(page)
    expect(canvas.get_by_role("tab", name="Changes")).to_have_attribute("aria-selected", "true")
    hunks = canvas.locator(".hunk")
    expect(hunks).to_have_count(2)
    card = page.locator(".version-card").last
    expect(card).to_contain_text("in 2 places")
    assert head_of(person, agent)["text"] == before

    # By keyboard: to the second change, refuse it.
    hunks.first.focus()
    page.keyboard.press("j")
    expect(hunks.nth(1)).to_be_focused()
    page.keyboard.press("r")
    expect(canvas.get_by_text("1 of 2 accepted")).to_be_visible()
    expect(hunks.nth(1).get_by_role("button", name="Refuse change 2")).to_have_attribute(
        "aria-pressed", "true"
    )

    # A reload and the other tabs show what waits.
    page.reload()
    expect(canvas.locator(".hunk")).to_have_count(2)
    canvas.get_by_role("tab", name="Code").click()
    expect(canvas.locator(".cm-content")).to_contain_text("and phone number")
    expect(canvas.get_by_text("not saved yet")).to_be_visible()
    canvas.get_by_role("button", name="Review").click()

    canvas.get_by_role("button", name="Keep 1 of 2").click()
    expect(card).to_contain_text("Kept as version 3")
    expect(canvas.locator(".badge", has_text="v3")).to_be_visible()
    kept = head_of(person, agent)["text"]
    loop, exits = kept.split(PADDING)
    assert "and phone number" in loop
    assert exits == before.split(PADDING)[1]


def test_a_discarded_change_and_one_that_another_tab_decided_are_told(
    page: Page, person: Person
) -> None:
    chat, agent = make_agent(person)
    ask(person, chat, "Also ask for their phone number.")
    page.goto(f"/chat/{chat}")
    card = page.locator(".version-card").last
    expect(card.get_by_role("button", name="Keep changes")).to_be_visible()
    other = page.context.new_page()
    other.goto(f"/chat/{chat}")
    expect(other.locator(".version-card").last).to_contain_text("Proposed")

    card.get_by_role("button", name="Review").click()
    canvas_of(page).get_by_role("button", name="Discard").click()
    expect(card).to_contain_text("Discarded")
    other.evaluate("window.dispatchEvent(new Event('focus'))")

    expect(other.locator(".version-card").last).to_contain_text("Discarded")
    expect(other.get_by_text("discarded in another tab")).to_be_visible()
    assert head_of(person, agent)["number"] == 2


def test_edits_of_two_tabs_are_merged_and_where_they_collide_a_person_chooses(
    page: Page, person: Person
) -> None:
    chat, agent = make_agent(person)
    page.goto(f"/chat/{chat}")
    canvas = canvas_of(page)
    expect(canvas.locator(".cm-content")).to_contain_text("step 1")
    type_at_end(page, "# mine")
    text = head_of(person, agent)["text"]
    save(person, agent, "# theirs\n" + text)

    canvas.get_by_role("button", name="Save version").click()
    expect(canvas.get_by_text("No conflicts")).to_be_visible()
    expect(canvas.locator(".hunk")).to_have_count(1)
    canvas.get_by_role("button", name="Save merged version").click()
    expect(canvas.locator(".canvas-head .badge", has_text="v4")).to_be_visible()
    merged = head_of(person, agent)["text"]
    assert merged.startswith("# theirs\n")
    assert merged.rstrip().endswith("# mine")

    type_at_end(page, " again")
    save(person, agent, merged.replace("# mine", "# yours"))
    canvas.get_by_role("button", name="Save version").click()
    conflict = canvas.get_by_role("region", name="Conflict 1")
    expect(canvas.get_by_role("button", name="Save merged version")).to_be_disabled()
    conflict.get_by_role("button", name="Take both").click()
    conflict.get_by_label("What shall stand there").fill("# ours\n")
    canvas.get_by_role("button", name="Save merged version").click()
    expect(canvas.locator(".canvas-head .badge", has_text="v6")).to_be_visible()
    assert head_of(person, agent)["text"] == merged.rstrip().replace("# mine", "# ours\n")


def test_unsaved_edits_are_compared_with_their_version_and_can_be_taken_back(
    page: Page, person: Person
) -> None:
    chat, _ = make_agent(person)
    page.goto(f"/chat/{chat}")
    canvas = canvas_of(page)
    expect(canvas.locator(".cm-content")).to_contain_text("step 1")
    type_at_end(page, "# a line by hand")

    # The arrow keys walk through the tabs.
    canvas.get_by_role("tab", name="Code").focus()
    page.keyboard.press("ArrowRight")

    expect(canvas.get_by_text("Your edits of version 2")).to_be_visible()
    expect(canvas.locator(".diff-lines .is-added")).to_contain_text(["# a line by hand"])

    canvas.get_by_role("button", name="Canvas in full width").click()
    expect(page.locator(".pane-chat")).to_be_hidden()
    canvas.get_by_role("button", name="Discard").click()
    canvas.get_by_role("button", name="Take them back").click()
    canvas.get_by_role("tab", name="Code").click()
    expect(canvas.locator(".cm-content")).to_contain_text("# a line by hand")


def test_a_version_goes_live_is_rolled_back_and_carries_a_name(page: Page, person: Person) -> None:
    _, agent = make_agent(person)
    page.goto(f"/agent/{agent}/versions")
    rows = page.locator(".version")
    expect(rows).to_have_count(2)

    def act(number: int, name: str) -> None:
        page.get_by_role("button", name=f"More about version {number}").click()
        page.get_by_role("menuitem", name=name).click()

    for number in (1, 2):
        act(number, "Publish this version")
        page.get_by_role("dialog").get_by_role("button", name="Publish").click()
        expect(page.get_by_text(f"Version {number} is live", exact=True)).to_be_visible()
    page.get_by_role("button", name="Roll back").click()
    page.get_by_role("dialog").get_by_role("button", name="Roll back").click()
    expect(rows.last.get_by_text("live", exact=True)).to_be_visible()
    page.get_by_role("button", name="What was live").click()
    expect(page.get_by_role("dialog").get_by_role("listitem")).to_have_count(3)
    page.keyboard.press("Escape")

    act(1, "Name and note")
    page.get_by_label("Name", exact=True).fill("First draft")
    page.get_by_label("Note", exact=True).fill("Nora liked it.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(rows.last).to_contain_text("First draft")
    expect(rows.last).to_contain_text("Nora liked it.")

    act(1, "Take parts of it")
    page.get_by_label("Copy change 1").check()
    page.get_by_role("button", name="Copy 1 change").click()
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text(re.compile("Took 1 of \\d hunks from version 1"))
    assert PADDING not in head_of(person, agent)["text"]


def test_the_review_of_a_change_fits_a_phone(
    open_context: Callable[..., BrowserContext], person: Person
) -> None:
    chat, agent = make_agent(person)
    ask(person, chat, "Also ask for their phone number.")
    page = open_context(person, viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"/chat/{chat}")

    page.get_by_role("button", name="Review").click()
    canvas_of(page).get_by_role("button", name="Refuse change 1").click()
    expect(canvas_of(page).get_by_role("button", name="Keep 1 of 2")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.goto(f"/agent/{agent}/versions")
    expect(page.locator(".hunk").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
