"""Settings: keys, the default model, theme, password, logins, leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Locator, Page

    from tests.browser.conftest import Person

pytestmark = pytest.mark.browser

KEY = "sk-test-0123456789abcdefWXYZ"


@pytest.fixture
def settings(page: Page) -> Page:
    """The settings page."""
    page.goto("/settings/")
    expect(page.get_by_role("listitem").filter(has_text="OpenAI").first).to_be_visible()
    return page


def provider(page: Page, title: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_text(title, exact=True))


def test_a_key_is_stored_shown_by_its_end_and_removed(settings: Page) -> None:
    row = provider(settings, "OpenAI")
    row.get_by_role("button", name="Add key").click()
    settings.get_by_label("Key", exact=True).fill(KEY)
    settings.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(row).to_contain_text("your key ending in WXYZ")
    expect(row).to_contain_text("ready")
    assert KEY not in settings.content()

    row.get_by_role("button", name="Remove").click()
    settings.get_by_role("dialog").get_by_role("button", name="Remove key").click()

    expect(row).to_contain_text("no key")


def test_several_keys_are_kept_one_for_a_workspace_only_and_each_is_removed_alone(
    page: Page, person: Person
) -> None:
    person.post("/api/workspaces", {"name": "Corner shop"})
    page.goto("/settings/")
    row = provider(page, "OpenAI")
    for button, end, place in (("Add key", "WXYZ", 0), ("Add another", "SHOP", 1)):
        row.get_by_role("button", name=button).click()
        page.get_by_label("Key", exact=True).fill(f"sk-test-0123456789{end}")
        page.get_by_role("combobox", name="Used").select_option(index=place)
        page.get_by_role("dialog").get_by_role("button", name="Save").click()
        expect(row).to_contain_text(f"your key ending in {end}")
    expect(row).to_contain_text("only in Corner shop")

    row.get_by_role("button", name="Remove the key ending in WXYZ").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove key").click()

    expect(row).to_contain_text("not everywhere")
    expect(row).to_contain_text("your key ending in SHOP")
    expect(row).not_to_contain_text("WXYZ")


def test_models_to_ask_instead_of_the_default_one_are_kept_in_order(settings: Page) -> None:
    first = settings.get_by_label("First model to ask instead")
    expect(first.locator("option[value='demo/based']")).to_have_count(1)

    first.select_option("demo/based")
    expect(settings.get_by_label("Second model to ask instead")).to_be_visible()
    settings.reload()

    expect(settings.get_by_label("First model to ask instead")).to_have_value("demo/based")


def test_something_that_is_no_key_is_refused_in_the_dialog(settings: Page) -> None:
    provider(settings, "OpenAI").get_by_role("button", name="Add key").click()
    settings.get_by_label("Key", exact=True).fill("two words")

    settings.get_by_role("dialog").get_by_role("button", name="Save").click()

    expect(settings.get_by_role("alert")).to_contain_text("This is not a key")


def test_the_demo_model_can_be_made_the_default(settings: Page) -> None:
    choice = settings.get_by_label("Default model")
    expect(choice.locator("option[value='demo/based']")).to_have_count(1)

    choice.select_option("demo/based")
    expect(settings.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    settings.reload()

    expect(settings.get_by_label("Default model")).to_have_value("demo/based")


def test_the_theme_goes_with_the_account_to_another_browser(
    settings: Page, open_context: Callable[..., BrowserContext], person: Person
) -> None:
    settings.get_by_role("button", name="Dark").click()
    expect(settings.locator("html")).to_have_class("dark")

    other = open_context(person).new_page()
    other.goto("/")

    expect(other.locator("html")).to_have_class("dark")


def test_a_new_name_is_shown_at_once(settings: Page) -> None:
    settings.get_by_label("Name", exact=True).fill("Grace")
    settings.get_by_role("button", name="Save", exact=True).click()

    expect(settings.locator("#sidebar")).to_contain_text("Grace")


def test_a_changed_password_ends_the_other_logins_and_not_this_one(
    settings: Page, person: Person, server: object
) -> None:
    person.client.cookies.clear()
    person.client.post("/auth/login", data={"email": person.email, "password": PASSWORD})
    assert person.client.get("/api/workspaces").status_code == 200

    settings.get_by_label("Current password").fill(PASSWORD)
    settings.get_by_label("New password").fill("another plain sentence 8")
    settings.get_by_role("button", name="Change password").click()

    expect(
        settings.get_by_role("status").filter(has_text="The password is changed")
    ).to_be_visible()
    assert person.client.get("/api/workspaces").status_code == 401
    settings.reload()
    expect(settings.get_by_role("heading", name="Settings")).to_be_visible()


def test_a_wrong_current_password_is_said(settings: Page) -> None:
    settings.get_by_label("Current password").fill("not the password")
    settings.get_by_label("New password").fill("another plain sentence 8")
    settings.get_by_role("button", name="Change password").click()

    expect(settings.get_by_role("alert")).to_contain_text("current password is wrong")


def test_signing_out_everywhere_ends_all_logins(settings: Page, person: Person) -> None:
    settings.get_by_role("button", name="Sign out everywhere").click()
    settings.get_by_role("dialog").get_by_role("button", name="Sign out everywhere").click()

    settings.wait_for_url("**/login/**")
    assert person.client.get("/api/workspaces").status_code == 401


def test_the_account_is_deleted_only_with_the_password(settings: Page, person: Person) -> None:
    settings.get_by_role("button", name="Delete account").click()
    settings.get_by_label("Your password").fill("not the password")
    settings.get_by_role("dialog").get_by_role("button", name="Delete my account").click()
    expect(settings.get_by_role("alert")).to_contain_text("nothing was deleted")

    settings.get_by_label("Your password").fill(PASSWORD)
    settings.get_by_role("dialog").get_by_role("button", name="Delete my account").click()

    settings.wait_for_url("**/login/**")
    form = {"email": person.email, "password": PASSWORD}
    assert person.client.post("/api/auth/login", json=form).status_code == 401


def test_a_key_of_the_api_is_shown_once_and_deleted(settings: Page) -> None:
    settings.get_by_label("Name of the new key").fill("Nightly report")
    settings.get_by_role("button", name="Make a key").click()
    fresh = settings.get_by_role("status").filter(has_text="it is not shown again")
    key = fresh.get_by_role("code").inner_text()
    row = provider(settings, "Nightly report")
    expect(row).to_contain_text(key[-4:])
    fresh.get_by_role("button", name="I have it").click()
    expect(fresh).to_be_hidden()
    assert key.startswith("bbk_")
    assert key not in settings.content()

    row.get_by_role("button", name="Delete").click()
    settings.get_by_role("dialog").get_by_role("button", name="Delete key").click()

    expect(row).to_be_hidden()
