"""The whole story, as a newcomer lives it, on each kind of model: register, describe, watch, talk, change, keep, compare, go back.

With BABBLE_SHOTS set to a folder, a picture of every step is left there.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, running_server
from tests.fakes.brain import demo_rule
from tests.fakes.model_server import ModelServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, Page

    from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

MENU = (
    "Opening hours: the bakery opens at seven and closes at six. On Sundays it is closed.\n\n"
    "Prices: an apple cake costs 24 euros. A chocolate cake costs 29 euros.\n"
)
DESCRIPTION = (
    "Make an agent for a bakery called Nora. It greets people, asks for their name, which cake they want and "
    "the pickup date, hands over to a person when asked for one, and says goodbye."
)


@pytest.fixture(scope="module")
def brain() -> Iterator[ModelServer]:
    """A server behind a real socket that answers what the demo model would, in OpenAI's and in Ollama's words."""
    with ModelServer(rules=[demo_rule()]) as running:
        running.script.tokens_per_second = 300
        yield running


@pytest.fixture(params=["demo", "openai", "ollama"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which kind of model the server finds in its environment."""
    return request.param


@pytest.fixture
def server(kind: str, brain: ModelServer, tmp_path: Path) -> Iterator[Server]:
    variables = {
        "demo": {},
        "openai": {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": brain.openai_url},
        "ollama": {"OLLAMA_HOST": brain.url},
    }[kind]
    with running_server(tmp_path, **variables) as started:
        yield started


def test_a_newcomer_describes_an_agent_talks_to_it_changes_it_and_goes_back(
    kind: str,
    brain: ModelServer,
    server: Server,
    open_context: Callable[..., BrowserContext],
    tmp_path: Path,
) -> None:
    page = open_context(viewport={"width": 1280, "height": 800}).new_page()
    asked_before = len(brain.requests)
    register(page)
    shoot(page, kind, "home")

    make_workspace(page, tmp_path)
    shoot(page, kind, "workspace")
    page.get_by_role("button", name="New chat").first.click()
    page.wait_for_url("**/chat/**")
    expect(page.get_by_text("Loading the chat")).to_have_count(0)

    say(page, DESCRIPTION)
    expect(page.locator(".canvas-head")).to_contain_text("Writing")
    expect(page.locator(".canvas .cm-content")).to_contain_text("say(")
    shoot(page, kind, "writing")
    expect(page.locator(".version-card")).to_contain_text("Version 1 saved", timeout=30_000)
    program = saved_text(page, 1)
    assert "Nora" in program
    assert "until" in program
    shoot(page, kind, "written")

    talk(page)
    shoot(page, kind, "talked")

    say(page, "Also ask for their phone number.")
    changes = page.locator(".canvas")
    expect(changes.locator(".hunk .is-added").first).to_be_visible(timeout=30_000)
    expect(changes.locator(".hunk").first).to_contain_text("phone")
    shoot(page, kind, "proposed")
    changes.get_by_role("button", name="Keep changes").click()
    expect(page.locator(".version-card").last).to_contain_text("Kept as version 2")
    page.locator(".version-card").last.get_by_role("button", name="See changes").click()
    expect(changes).to_contain_text("phone")
    shoot(page, kind, "changes")
    assert "phone" in saved_text(page, 2)

    page.get_by_role("tab", name="Versions").click()
    page.get_by_role("button", name="Go back to version 1").click()
    shoot(page, kind, "go-back")
    page.get_by_role("dialog").get_by_role("button", name=re.compile("back")).click()
    expect(page.locator(".canvas-head .badge", has_text="v3")).to_be_visible()
    assert saved_text(page, 3) == program
    shoot(page, kind, "reverted")

    page.get_by_role("navigation", name="Where you are").get_by_role("link", name="Bakery").click()
    page.get_by_role("main").get_by_role("link", name=re.compile("^Nora")).click()
    page.wait_for_url("**/agent/*/versions**")
    expect(page.get_by_role("button", name="Go back to version 1")).to_be_visible()
    shoot(page, kind, "all-versions")

    asked = brain.requests[asked_before:]
    assert {one.wire for one in asked} == ({kind} if kind != "demo" else set())


def register(page: Page) -> None:
    page.goto("/")
    page.wait_for_url("**/login/**")
    page.get_by_role("button", name="Register").first.click()
    form = page.locator("form[action*=register]")
    form.locator("input[name=email]").fill("newcomer@example.com")
    form.locator("input[name=password]").fill(PASSWORD)
    form.locator("input[name=password]").press("Enter")
    expect(page.get_by_role("heading", name="Begin with a workspace")).to_be_visible()


def make_workspace(page: Page, folder: Path) -> None:
    menu = folder / "menu.txt"
    menu.write_text(MENU)
    page.get_by_role("button", name="New workspace").first.click()
    page.get_by_label("Name").first.fill("Bakery")
    page.locator("input[type=file]").first.set_input_files(menu)
    page.get_by_role("button", name="Make workspace").click()
    page.wait_for_url("**/workspace/**")
    expect(page.get_by_text("menu.txt")).to_be_visible()


def say(page: Page, text: str) -> None:
    box = page.locator(".chat .composer-text")
    box.fill(text)
    box.press("Enter")


def talk(page: Page) -> None:
    page.locator(".canvas-head").get_by_role("button", name="Test").click()
    page.get_by_role("button", name="Start the conversation").click()
    expect(page.locator(".test-line.is-agent").first).to_be_visible()
    box = page.locator(".test .composer-text")
    box.fill("Hi, my name is Paul and I want an apple cake")
    box.press("Enter")
    expect(page.locator(".test-line.is-agent").nth(1)).to_be_visible(timeout=20_000)
    expect(page.locator(".cm-litLine")).to_be_visible()
    box.fill("Let me talk to a person, please")
    box.press("Enter")
    expect(page.locator(".test-line.is-exit")).to_contain_text("asks for a human")


def saved_text(page: Page, number: int) -> str:
    """Return what the API holds for the version of the agent on the canvas."""
    chat = page.request.get(f"/api/chats/{page.url.rstrip('/').rpartition('/')[2]}").json()
    versions = page.request.get(f"/api/agents/{chat['agent_id']}/versions").json()
    found = next(version for version in versions if version["number"] == number)
    return page.request.get(f"/api/versions/{found['id']}").json()["text"]


def shoot(page: Page, kind: str, step: str) -> None:
    if folder := os.environ.get("BABBLE_SHOTS"):
        page.screenshot(path=Path(folder) / f"{kind}-{step}.png")
