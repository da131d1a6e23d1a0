"""Registering, logging in and out, and being sent where one wanted to go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, log_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

    from tests.browser.conftest import Person, Server, Watch

pytestmark = pytest.mark.browser

STRANGER = {"extra_http_headers": {"X-Forwarded-For": "10.2.0.1"}}


def fill_log_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("main").get_by_role("button", name="Log in").last.click()


def test_a_newcomer_registers_and_lands_on_an_empty_list_that_teaches(
    open_context: Callable[..., BrowserContext],
) -> None:
    page = open_context(**STRANGER).new_page()
    page.goto("/")
    page.wait_for_url("**/login/**")

    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", name="Make an account")).to_be_visible()
    page.get_by_label("Email").fill("newcomer@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()

    expect(page.get_by_role("heading", name="Begin with a workspace")).to_be_visible()
    expect(
        page.get_by_text("You are on the offline demo model; add a key in Settings")
    ).to_be_visible()


def test_a_wrong_password_is_said_and_the_email_kept(
    open_context: Callable[..., BrowserContext], person: Person
) -> None:
    page = open_context(**STRANGER).new_page()
    page.goto("/login/")

    fill_log_in(page, person.email, "not the password")

    expect(page.get_by_role("alert")).to_contain_text("Email or password is wrong")
    expect(page.get_by_label("Email")).to_have_value(person.email)
    expect(page.get_by_label("Password", exact=True)).to_have_value("")


def test_a_common_password_is_refused_in_the_register_form(
    open_context: Callable[..., BrowserContext],
) -> None:
    page = open_context(**STRANGER).new_page()
    page.goto("/login/?form=register")
    expect(page.get_by_role("heading", name="Make an account")).to_be_visible()
    page.get_by_label("Email").fill("weak@example.com")
    page.get_by_label("Password", exact=True).fill("password1234")

    page.get_by_role("button", name="Make the account").click()

    expect(page.get_by_role("alert")).to_contain_text("choose another")
    expect(page.get_by_label("Email")).to_have_value("weak@example.com")


def test_after_logging_in_the_person_is_where_they_wanted_to_go(
    open_context: Callable[..., BrowserContext], person: Person
) -> None:
    page = open_context(**STRANGER).new_page()
    page.goto("/settings/")
    page.wait_for_url("**/login/?next=*")

    fill_log_in(page, person.email, PASSWORD)

    page.wait_for_url(re.compile(r"/settings/?$"))
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()


def test_another_site_is_no_place_to_go(
    open_context: Callable[..., BrowserContext], person: Person, server: Server
) -> None:
    page = open_context(**STRANGER).new_page()
    page.goto("/login/?next=https://evil.example/")

    fill_log_in(page, person.email, PASSWORD)

    page.wait_for_url(f"{server.url}/")


def test_the_password_can_be_shown(open_context: Callable[..., BrowserContext]) -> None:
    page = open_context().new_page()
    page.goto("/login/")
    field = page.get_by_label("Password", exact=True)
    field.fill("visible soon")

    page.get_by_role("button", name="Show the password").click()

    expect(field).to_have_attribute("type", "text")
    expect(field).to_have_value("visible soon")


def test_who_is_logged_in_does_not_see_the_login_page(page: Page, server: Server) -> None:
    page.goto("/login/")

    page.wait_for_url(f"{server.url}/")


def test_logging_out_ends_the_login_on_the_server(page: Page, person: Person, watch: Watch) -> None:
    page.goto("/")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login/**")

    assert person.client.get("/api/workspaces").status_code == 401
    page.goto("/")
    page.wait_for_url("**/login/**")


def test_the_next_person_at_the_same_tab_sees_nothing_of_the_one_before(
    open_context: Callable[..., BrowserContext],
    server: Server,
    make_person: Callable[[], Person],
) -> None:
    first, second = make_person(), make_person()
    first.post("/api/workspaces", {"name": "Plans of the first"})
    context = open_context(first)
    page = context.new_page()
    page.goto("/")
    expect(page.get_by_text("Plans of the first")).to_be_visible()
    token = page.evaluate("sessionStorage.getItem('token')")

    context.clear_cookies()
    log_in(context, server, second)
    page.reload()

    expect(page.get_by_role("heading", name="Begin with a workspace")).to_be_visible()
    expect(page.get_by_text("Plans of the first")).to_have_count(0)
    assert page.evaluate("sessionStorage.getItem('token')") == token
