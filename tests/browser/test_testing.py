"""The test pane and the Tests tab: talk, look into it, keep it as a test, break the agent, see red, mend it, see green.

With BABBLE_SHOTS set to a folder, a picture of every step is left there.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

    from tests.browser.conftest import Person

pytestmark = pytest.mark.browser

WISH = (
    "An agent for a bakery called Nora. It greets people, asks for their name, which cake they want and the pickup date, "
    "hands over to a person when asked for one, and says goodbye."
)
SHOP = """\
import requests

stock = requests.get("https://shop.example/stock").json()
say(f"We have {stock.get('count', 'no')} cakes.")
loop:
    talk("You sell cakes.", False)
until "the visitor says goodbye":
    say("Goodbye!")
"""


@pytest.fixture
def chat(person: Person) -> str:
    """A chat with an agent on its canvas."""
    workspace = person.post("/api/workspaces", {"name": "Bakery"})["id"]
    chat = person.post(f"/api/workspaces/{workspace}/chats", {"title": "Nora"})["id"]
    body = {"text": WISH, "mode": "build", "model": "demo/based"}
    run = person.post(f"/api/chats/{chat}/messages", body)["run_id"]
    person.client.get(f"/api/runs/{run}/events").raise_for_status()
    return chat


def agent_of(person: Person, chat: str) -> str:
    return person.client.get(f"/api/chats/{chat}").json()["agent_id"]


def save_text(person: Person, chat: str, text: str) -> None:
    """Put a version on top, as somebody in another tab would."""
    url = f"/api/agents/{agent_of(person, chat)}"
    head = person.client.get(url).json()["head_version_id"]
    person.post(f"{url}/versions", {"text": text, "parent_id": head})


def say(page: Page, text: str, answers: int) -> None:
    """Say something in the test pane, and wait until the agent has said so much."""
    box = page.locator(".test .composer-text")
    box.fill(text)
    box.press("Enter")
    expect(page.locator(".test-line.is-agent")).to_have_count(answers)
    expect(page.get_by_text("The agent is at work")).to_have_count(0)


def shoot(page: Page, step: str) -> None:
    if folder := os.environ.get("BABBLE_SHOTS"):
        page.screenshot(path=Path(folder) / f"testing-{step}.png")


def test_a_conversation_becomes_a_test_that_turns_red_and_green_again(
    open_context: Callable[..., BrowserContext], person: Person, chat: str
) -> None:
    page = open_context(person, viewport={"width": 1280, "height": 800}).new_page()
    page.goto(f"/chat/{chat}")
    canvas, test = page.locator(".canvas"), page.locator(".test")
    canvas.get_by_role("tab", name="Tests").click()
    expect(page.get_by_role("heading", name="No tests yet")).to_be_visible()
    shoot(page, "no-tests")

    # Talk, and say something else at the second message.
    page.get_by_role("button", name="Talk to the agent").click()
    test.get_by_role("button", name="Start the conversation").click()
    expect(page.locator(".test-line.is-agent")).to_have_count(1)
    say(page, "Hi, my name is Paul and I want an apple cake", 2)
    say(page, "What time is it?", 3)
    test.get_by_role("button", name="Say something else here").last.click()
    expect(page.locator(".test-line.is-user")).to_have_count(1)
    expect(test.locator(".composer-text")).to_have_value("What time is it?")
    say(page, "On Friday please", 4)
    expect(test).to_contain_text("The program came to its end.")
    shoot(page, "talked")

    # The trace: what the model was asked, the exit, the way to its line.
    test.get_by_role("tab", name="Trace").click()
    test.locator("[data-kind=ask] .trace-open").click()
    detail = test.locator(".trace-detail")
    expect(detail).to_contain_text("Shape of the answer")
    expect(detail).to_contain_text("apple cake")
    shoot(page, "trace")
    canvas.get_by_role("tab", name="Code").click()
    test.locator("[data-kind=condition] .trace-line").click()
    expect(canvas.locator(".cm-activeLine")).to_contain_text("until")
    test.get_by_role("tab", name="Trace").press("ArrowRight")
    expect(test.get_by_role("tab", name="Inside")).to_be_focused()
    expect(test.locator(".inside-exits li").first).to_contain_text("1×")

    # Keep it; then make the program worse, by hand.
    test.get_by_role("button", name="Keep as test").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Paul's cake")
    page.get_by_role("dialog").get_by_role("button", name="Keep as test").click()
    expect(page.locator(".toast")).to_contain_text("Kept as a test")
    editor = canvas.locator(".cm-content")
    editor.press("Control+End")
    editor.press_sequentially('say("Whatever.")')
    page.get_by_role("button", name="Save version").click()
    expect(canvas.locator(".badge", has_text="v2")).to_be_visible()

    canvas.get_by_role("tab", name="Tests").click()
    expect(canvas.get_by_role("status").filter(has_text="0/1 pass")).to_be_visible()
    shoot(page, "red")
    canvas.get_by_role("button", name="Paul's cake", exact=True).click()
    added = canvas.locator(".compare [data-mark=added]")
    expect(added).to_contain_text("Whatever.")
    expect(canvas.locator(".test-problems li").first).to_be_visible()
    shoot(page, "side-by-side")
    canvas.get_by_role("button", name="Send as request").click()
    expect(page.locator(".chat .composer-text")).to_have_value(re.compile("Whatever"))

    # Mend it.
    canvas.get_by_role("tab", name="Code").click()
    editor.press("Control+End")
    for _ in 'say("Whatever.")':
        editor.press("Backspace")
    page.get_by_role("button", name="Save version").click()
    expect(canvas.locator(".badge", has_text="v3")).to_be_visible()
    canvas.get_by_role("tab", name="Tests").click()
    expect(canvas.locator(".compare [data-mark=same]").first).to_be_visible()
    expect(canvas.locator(".test-result-title + p .badge")).to_have_text("pass")
    canvas.get_by_role("button", name="All tests").click()
    expect(canvas.get_by_role("status").filter(has_text="1/1 pass")).to_be_visible()
    shoot(page, "green")


def test_on_a_phone_a_mock_answers_and_another_answer_is_tried(
    open_context: Callable[..., BrowserContext], person: Person, chat: str
) -> None:
    save_text(person, chat, SHOP)
    page = open_context(
        person, viewport={"width": 390, "height": 844}, color_scheme="dark", has_touch=True
    ).new_page()
    page.goto(f"/chat/{chat}")
    page.get_by_role("group", name="Panes").get_by_role("button", name="Test").click()
    test = page.locator(".test")
    test.get_by_role("button", name="Start the conversation").click()
    expect(test.locator(".test-line")).to_have_text(["We have no cakes."])

    test.get_by_role("tab", name="Mocks").click()
    test.get_by_role("button", name="Add a mock").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Address").fill("https://shop.example/*")
    dialog.get_by_label("Answer").fill("{'count': 7}")
    dialog.get_by_role("button", name="Save the mock").click()
    expect(dialog.get_by_role("alert")).to_contain_text("line 1, column 2")
    shoot(page, "mock")
    dialog.get_by_label("Answer").fill('{"count": 7}')
    dialog.get_by_role("button", name="Save the mock").click()
    expect(test.locator(".mock-call")).to_have_text("ANY https://shop.example/*")
    test.get_by_role("button", name="Replay with these mocks").click()
    expect(test.locator(".test-line")).to_have_text(["We have 7 cakes."])

    test.get_by_role("tab", name="Trace").click()
    test.locator("[data-kind=http] .trace-open").click()
    expect(test.locator(".trace-detail")).to_contain_text("Answer 200 (from a mock)")
    shoot(page, "call")
    test.get_by_role("button", name="Change the answer").click()
    dialog.get_by_role("textbox", name="Answer").fill('{"count": 9}')
    dialog.get_by_role("button", name="Replay with it").click()
    test.get_by_role("tab", name="Talk").click()
    expect(test.locator(".test-line")).to_have_text(["We have 9 cakes."])
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    shoot(page, "phone")
