"""What holds for every page: where its socket goes, storage that is closed, colours, phones, keyboards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

    from tests.browser.conftest import Person, Server, Watch

pytestmark = pytest.mark.browser

PAGES = ("/", "/settings/", "/usage/")
CLOSED_STORAGE = """
for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, {
    configurable: true,
    get() { throw new DOMException("The document is sandboxed", "SecurityError"); },
  });
}
"""


def test_the_socket_goes_to_where_the_page_came_from(page: Page, server: Server) -> None:
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))

    page.goto("/")
    expect(page.get_by_role("heading", name="Begin with a workspace")).to_be_visible()

    assert sockets
    assert all(url.startswith(server.url.replace("http", "ws", 1)) for url in sockets)


def test_a_page_whose_storage_is_closed_works_all_the_same(
    open_context: Callable[..., BrowserContext], person: Person
) -> None:
    context = open_context(person)
    context.add_init_script(CLOSED_STORAGE)
    page = context.new_page()

    page.goto("/")

    expect(page.get_by_role("heading", name="Begin with a workspace")).to_be_visible()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_a_phone(
    open_context: Callable[..., BrowserContext], person: Person, path: str
) -> None:
    person.post("/api/workspaces", {"name": "A name that is rather long for a phone " * 2})
    page = open_context(person, viewport={"width": 360, "height": 740}).new_page()
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".skeleton")).to_have_count(0)

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate("document.querySelector('.main').scrollWidth") <= 360


def test_on_a_phone_the_menu_is_a_drawer(
    open_context: Callable[..., BrowserContext], person: Person
) -> None:
    page = open_context(person, viewport={"width": 390, "height": 844}).new_page()
    page.goto("/")
    settings = page.locator("#sidebar").get_by_role("link", name="Settings")
    opener = page.get_by_role("button", name="Open the menu")
    expect(settings).not_to_be_visible()

    opener.click()
    settings.click()

    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    expect(settings).not_to_be_visible()

    opener.click()
    expect(settings).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(settings).not_to_be_visible()
    expect(opener).to_be_focused()

    opener.click()
    page.get_by_role("button", name="Close the menu").click()
    expect(settings).not_to_be_visible()


def test_the_drawer_opens_before_any_script_has_run(
    open_context: Callable[..., BrowserContext], person: Person
) -> None:
    phone = open_context(person, viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = phone.new_page()
    page.goto("/")

    page.get_by_role("button", name="Open the menu").click()

    expect(page.locator("#sidebar").get_by_role("link", name="Settings")).to_be_in_viewport()


def test_the_keyboard_reaches_the_content_first(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Begin with a workspace")).to_be_visible()

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    expect(page.get_by_role("main").get_by_role("button").first).to_be_focused()


def test_the_first_paint_is_dark_for_who_likes_it_dark(
    open_context: Callable[..., BrowserContext], person: Person
) -> None:
    page = open_context(person, color_scheme="dark", java_script_enabled=True).new_page()
    page.goto("/", wait_until="commit")
    page.wait_for_selector("body", state="attached")

    assert "dark" in (page.evaluate("document.documentElement.className") or "")


def test_dialogs_keep_the_focus_close_on_escape_and_give_it_back(page: Page) -> None:
    page.goto("/")
    opener = (
        page.get_by_role("banner")
        .or_(page.get_by_role("main"))
        .get_by_role("button", name="New workspace")
        .first
    )
    opener.click()
    dialog = page.get_by_role("dialog", name="New workspace")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("Name")).to_be_focused()

    page.keyboard.press("Escape")

    expect(dialog).not_to_be_visible()
    expect(opener).to_be_focused()


def test_what_a_page_loads_is_ours_and_small(page: Page, server: Server, watch: Watch) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Begin with a workspace")).to_be_visible()

    names = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")

    assert all(name.startswith(server.url) for name in names)
    assert not any("radix" in name or "recharts" in name for name in names)
