"""Workspaces and their files, as a person meets them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

    from tests.browser.conftest import Person, Watch

pytestmark = pytest.mark.browser

DROP = """
([name, text]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], name, { type: "text/plain" }));
  for (const type of ["dragenter", "dragover", "drop"]) {
    window.dispatchEvent(new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true }));
  }
}
"""


@pytest.fixture
def shop(page: Page, person: Person) -> Page:
    """The page of a workspace named Bike shop."""
    made = person.post("/api/workspaces", {"name": "Bike shop"})
    page.goto(f"/workspace/{made['id']}")
    expect(page.get_by_role("heading", name="Bike shop")).to_be_visible()
    expect(page.get_by_role("heading", name="Describe an agent")).to_be_visible()
    return page


def test_a_workspace_is_made_together_with_its_files(page: Page, tmp_path: Path) -> None:
    prices = tmp_path / "prices.md"
    prices.write_text("# Prices\n\nTube 7.00\n")
    page.goto("/")
    page.get_by_role("button", name="New workspace").first.click()
    page.get_by_label("Name").fill("Bike shop")
    page.get_by_label("Choose files").set_input_files([prices])

    page.get_by_role("button", name="Make workspace").click()

    page.wait_for_url("**/workspace/wsp_*")
    expect(page.get_by_role("heading", name="Bike shop")).to_be_visible()
    expect(page.get_by_role("button", name="prices.md").first).to_be_visible()


def test_refused_files_say_why_and_the_workspace_is_there(
    page: Page, tmp_path: Path, watch: Watch
) -> None:
    program, nothing = tmp_path / "setup.exe", tmp_path / "empty.txt"
    program.write_bytes(b"MZ\x00\x01")
    nothing.write_bytes(b"")
    page.goto("/")
    page.get_by_role("button", name="New workspace").first.click()
    page.get_by_label("Name").fill("Bike shop")
    page.get_by_label("Choose files").set_input_files([program, nothing])

    page.get_by_role("button", name="Make workspace").click()

    expect(page.get_by_text("Files of the type .exe cannot be used.")).to_be_visible()
    expect(page.get_by_text("The file is empty.")).to_be_visible()
    page.get_by_role("button", name="Open the workspace").click()
    page.wait_for_url("**/workspace/wsp_*")
    assert sorted(answer[:3] for answer in watch.refused) == ["415", "422"]
    watch.refused.clear()


def test_a_name_that_cannot_be_used_is_refused_in_the_dialog(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="New workspace").first.click()
    page.get_by_label("Name").fill("   ")

    page.get_by_role("button", name="Make workspace").click()

    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_dropped_file_is_uploaded_read_and_can_be_viewed(shop: Page) -> None:
    shop.evaluate(DROP, ["hours.txt", "Open from nine to six."])

    shop.locator(".file-open", has_text="hours.txt").click()

    dialog = shop.get_by_role("dialog", name="hours.txt")
    expect(dialog.get_by_text("Open from nine to six.")).to_be_visible()


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(shop: Page) -> None:
    shop.evaluate(DROP.replace("[text]", "[text.repeat(26 * 1024 * 1024)]"), ["big.txt", "x"])

    expect(shop.get_by_text("Larger than 25 MB")).to_be_visible()


def test_an_upload_shows_its_progress_and_can_be_cancelled(shop: Page, watch: Watch) -> None:
    shop.route("**/api/workspaces/*/files", lambda _route: None)  # an upload that hangs
    shop.evaluate(DROP, ["slow.txt", "text"])
    expect(shop.get_by_role("progressbar", name="slow.txt")).to_be_visible()

    shop.get_by_role("button", name="Cancel slow.txt").click()

    expect(shop.get_by_text("slow.txt")).to_have_count(0)
    shop.unroute_all(behavior="ignoreErrors")


def test_a_file_is_downloaded_as_it_was_and_deleted_after_asking(shop: Page) -> None:
    shop.evaluate(DROP, ["hours.txt", "Open from nine to six."])
    more = shop.get_by_role("button", name="More for hours.txt")
    more.click()
    with shop.expect_download() as download:
        shop.get_by_role("menuitem", name="Download").click()
    assert download.value.suggested_filename == "hours.txt"
    assert Path(download.value.path()).read_text() == "Open from nine to six."

    more.click()
    shop.get_by_role("menuitem", name="Delete").click()
    shop.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()

    expect(more).to_have_count(0)
    expect(shop.get_by_role("status")).to_contain_text("Deleted “hours.txt”")


def test_a_workspace_is_renamed_and_its_name_changes_everywhere(shop: Page) -> None:
    shop.get_by_role("button", name="More for this workspace").click()
    shop.get_by_role("menuitem", name="Rename").click()
    shop.get_by_label("Name", exact=True).fill("Boat shop")

    shop.get_by_role("dialog").get_by_role("button", name="Rename").click()

    expect(shop.get_by_role("heading", name="Boat shop")).to_be_visible()
    expect(shop.locator("#sidebar")).to_contain_text("Boat shop")
    expect(shop.get_by_role("navigation", name="Where you are")).to_contain_text("Boat shop")


def test_deleting_a_workspace_says_what_goes_with_it(shop: Page, server: object) -> None:
    shop.get_by_role("button", name="More for this workspace").click()
    shop.get_by_role("menuitem", name="Delete").click()
    dialog = shop.get_by_role("dialog", name="Delete “Bike shop”?")
    expect(dialog).to_contain_text("0 files, 0 chats and 0 agents")

    dialog.get_by_role("button", name="Delete", exact=True).click()

    expect(shop.get_by_role("heading", name="Begin with a workspace")).to_be_visible()


def test_chats_are_renamed_and_deleted(shop: Page, person: Person) -> None:
    workspace = shop.url.rpartition("/")[2]
    person.post(f"/api/workspaces/{workspace}/chats", {"title": "First try"})
    shop.reload()
    more = shop.get_by_role("button", name="More for First try")
    more.click()
    shop.get_by_role("menuitem", name="Rename").click()
    shop.get_by_label("Name", exact=True).fill("Second try")
    shop.get_by_role("dialog").get_by_role("button", name="Rename").click()
    expect(shop.locator("#sidebar")).to_contain_text("Second try")

    shop.get_by_role("button", name="More for Second try").click()
    shop.get_by_role("menuitem", name="Delete").click()
    shop.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()

    expect(shop.get_by_role("heading", name="Describe an agent")).to_be_visible()


def test_other_peoples_workspaces_do_not_exist(
    open_context: Callable[..., BrowserContext], make_person: Callable[[], Person]
) -> None:
    made = make_person().post("/api/workspaces", {"name": "Private plans"})
    page = open_context(make_person()).new_page()

    page.goto(f"/workspace/{made['id']}")

    expect(page.get_by_role("heading", name="There is no such workspace")).to_be_visible()
    expect(page.get_by_text("Private plans")).to_have_count(0)


def test_a_dialog_outlasts_a_lost_connection_and_not_a_way_back(page: Page) -> None:
    page.goto("/settings/")
    page.get_by_role("link", name="Workspaces").first.click()
    page.get_by_role("button", name="New workspace").first.click()
    dialog = page.get_by_role("dialog", name="New workspace")
    dialog.get_by_label("Name").fill("Half typed")

    page.context.set_offline(True)
    page.context.set_offline(False)
    expect(dialog.get_by_label("Name")).to_have_value("Half typed")

    page.go_back()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    page.get_by_role("link", name="Workspaces").first.click()
    expect(page.get_by_role("heading", name="Begin with a workspace")).to_be_visible()
    expect(dialog).to_have_count(0)
