"""Publishing: an app of an agent is made, gets a token and a snippet, allowed pages, a release and a way back, and is paused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

    from tests.browser.conftest import Person, Server

pytestmark = pytest.mark.browser

SHOP = "https://shop.example"


def make_agent(person: Person) -> dict[str, Any]:
    """Let the demo model write an agent, and edit it once by hand."""
    workspace = person.post("/api/workspaces", {"name": "Bakery"})["id"]
    chat = person.post(f"/api/workspaces/{workspace}/chats", {"title": ""})["id"]
    wish = "An agent called Baker for a bakery. It asks for their name and says goodbye."
    body = {"text": wish, "mode": "build", "model": "demo/based"}
    run = person.post(f"/api/chats/{chat}/messages", body)["run_id"]
    person.client.get(f"/api/runs/{run}/events").raise_for_status()
    agent = person.client.get(f"/api/workspaces/{workspace}/agents").json()[0]
    head = person.client.get(f"/api/versions/{agent['head_version_id']}").json()
    edit = {"text": f"{head['text']}# edited\n", "parent_id": head["id"]}
    person.post(f"/api/agents/{agent['id']}/versions", edit)
    return agent


def begin_visit(server: Server, token: str, origin: str) -> int:
    """Load the widget in a page of the origin, as the browser of a visitor would; return the status."""
    headers = {"Authorization": f"Bearer {token}", "Origin": origin}
    body = {"page": f"{origin}/products"}
    return httpx.post(f"{server.url}/api/v1/visitors", headers=headers, json=body).status_code


def test_an_agent_goes_into_a_web_page(
    open_context: Callable[..., BrowserContext], server: Server, person: Person
) -> None:
    agent = make_agent(person)
    context = open_context(person, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"/agent/{agent['id']}/versions")

    page.get_by_role("link", name="Put it into a web page").first.click()
    page.get_by_label("Page that may embed it").fill("shop.example/products")
    page.get_by_role("button", name="Make app").click()
    page.wait_for_url("**/apps/app_*")
    expect(page.get_by_role("heading", name="Baker", level=1)).to_be_visible()
    allowed = page.get_by_role("list", name="Allowed pages")
    expect(allowed).to_contain_text("not seen yet")

    page.get_by_role("tab", name="Settings").focus()
    page.keyboard.press("End")
    expect(page.get_by_role("tab", name="Tokens and snippets")).to_be_focused()
    page.get_by_role("button", name="New token").click()
    page.get_by_label("Name").fill("Shop page")
    page.get_by_role("button", name="Make token").click()
    token = page.locator(".token-text").inner_text()
    page.get_by_role("button", name="Python").click()
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert token in copied
    assert server.url in copied
    page.get_by_role("button", name="I have it").click()
    expect(page.locator(".snippet-text")).to_contain_text("bb_YOUR_TOKEN")
    expect(page.get_by_role("list", name="Tokens")).to_contain_text(token[-4:])
    assert token not in page.content()

    assert begin_visit(server, token, SHOP) == 200
    assert begin_visit(server, token, "https://evil.example") == 403
    page.get_by_role("tab", name="Settings").click()
    expect(allowed).to_contain_text("1 load, last from /products")
    refused = page.get_by_role("list", name="Refused pages")
    expect(refused).to_contain_text("https://evil.example")
    page.get_by_label("Address of the page").fill("evil.example")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("was refused")).to_be_visible()

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("visitors are told to come back later, and")).to_be_visible()
    assert begin_visit(server, token, SHOP) == 403
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.goto("/apps/")
    expect(page.get_by_role("listitem").filter(has_text="Baker, live version 2")).to_contain_text(
        "open"
    )


def test_a_release_is_made_on_a_phone_and_taken_back(
    open_context: Callable[..., BrowserContext], person: Person
) -> None:
    agent = make_agent(person)
    page: Page = open_context(
        person, viewport={"width": 390, "height": 844}, color_scheme="dark", has_touch=True
    ).new_page()
    page.goto(f"/apps/?agent={agent['id']}")
    page.get_by_role("button", name="Make app").click()
    page.wait_for_url("**/apps/app_*")

    visitors_get = page.get_by_label("Visitors get")
    visitors_get.select_option(label="Version 2")
    page.get_by_label("On trial for some").select_option(index=2)
    page.get_by_role("slider").fill("25")
    page.get_by_role("button", name="Release", exact=True).click()
    expect(page.get_by_text("version 2; 25 % of them version 1", exact=True)).to_be_visible()
    page.get_by_role("button", name="Roll back").click()
    page.get_by_role("dialog").get_by_role("button", name="Roll back").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(visitors_get).to_have_value("live")

    page.get_by_role("tab", name="Look").click()
    page.get_by_label("Title").fill("Ask the baker")
    expect(page.locator(".wgt-head")).to_contain_text("Ask the baker")
    page.get_by_role("button", name="Save look").click()
    expect(page.get_by_text("Not saved yet")).to_have_count(0)
    page.reload()
    page.get_by_role("tab", name="Look").click()
    expect(page.get_by_label("Title")).to_have_value("Ask the baker")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
