"""A picture is asked for, waited for, seen in the answer and kept in the workspace; what fails is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import running_server
from tests.fakes.media_server import MediaServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.browser.conftest import Person, Server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def painter() -> Iterator[MediaServer]:
    """Makes pictures."""
    with MediaServer() as running:
        yield running


@pytest.fixture(scope="module")
def server(painter: MediaServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a key for pictures."""
    variables = {
        "OPENAI_API_KEY": "sk-test-canary",
        "OPENAI_BASE_URL": painter.openai_url,
        "BABBLE_DEFAULT_MODEL": "demo/based",
    }
    with running_server(tmp_path_factory.mktemp("pictures"), **variables) as started:
        yield started


def ask(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Message").fill(text)
    page.get_by_role("button", name="Send").click()


def test_a_picture_is_waited_for_seen_and_kept_and_a_refused_key_is_said(
    page: Page, person: Person, painter: MediaServer
) -> None:
    workspace = person.post("/api/workspaces", {"name": "Shop"})
    chat = person.post(f"/api/workspaces/{workspace['id']}/chats", {})
    answers = page.locator(".answer:not(.is-live)")
    page.goto(f"/chat/{chat['id']}")
    page.get_by_role("button", name="Kind of work", exact=True).click()
    page.get_by_role("radio", name="Pictures").click()
    expect(page.get_by_role("button", name="Pictures", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    painter.faults.update({"gpt-image-2": "limit", "gpt-image-1-mini": "wait"})

    ask(page, "A red fox")
    expect(page.get_by_text("Making the picture")).to_be_visible()
    painter.may_go.set()

    picture = answers.get_by_role("img", name="a-red-fox.png")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 1)
    answers.get_by_text("Why this model").click()
    expect(answers).to_contain_text("gpt-image-1-mini: gpt-image-2 was rate-limited")

    painter.faults.clear()
    painter.faults["image"] = "key"
    ask(page, "Another fox")
    expect(answers.last).to_contain_text("OpenAI refused the key")
    expect(answers).to_have_count(2)

    page.goto(f"/workspace/{workspace['id']}")
    expect(page.get_by_text("a-red-fox.png")).to_be_visible()
