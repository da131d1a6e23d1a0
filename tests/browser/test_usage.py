"""Usage: figures of what was asked, the table behind them, and budgets from setting one to its warning on every page."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from babble_app.store.tables.base import now
from babble_app.store.tables.usage import UsageRow

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Person, Server

pytestmark = pytest.mark.browser


def ask(server: Server, person: Person, *, dollars: float, chat_id: str = "") -> None:
    """Let the person have asked a model, as a row from another process: there is no model that costs anything."""
    at = now()
    row = UsageRow(
        owner_id=person.id, chat_id=chat_id, task="answer", model="custom/priced", provider="custom", outcome="ok",
        chain_id="chain_1", place=1, input_tokens=1200, output_tokens=300, cost_nano=round(dollars * 10**9),
        latency_ms=2000.0, first_token_ms=400.0, started_at=at, day=f"{at:%Y-%m-%d}",
    )  # fmt: skip
    values = row.model_dump() | {"started_at": at.replace(tzinfo=None).isoformat(" ")}
    marks = ", ".join("?" * len(values))
    path = server.log.parent / "data" / "babble.db"
    with closing(sqlite3.connect(path, timeout=10)) as db, db:
        db.execute(
            f"INSERT INTO usage ({', '.join(values)}) VALUES ({marks})",  # noqa: S608 - our own names
            tuple(values.values()),
        )


def budget(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_text(name, exact=True))


def test_what_was_asked_is_shown_by_day_model_and_chat(
    page: Page, server: Server, person: Person
) -> None:
    page.goto("/usage/")
    expect(page.get_by_role("heading", name="Nothing asked in the last 30 days")).to_be_visible()
    workspace = person.post("/api/workspaces", {"name": "Shop"})["id"]
    chat = person.post(f"/api/workspaces/{workspace}/chats", {"title": "Opening hours"})["id"]
    ask(server, person, dollars=1.25, chat_id=chat)
    ask(server, person, dollars=0.0004)

    page.reload()

    expect(page.locator(".tile").filter(has_text="Cost")).to_contain_text("$1.25")
    bars = page.get_by_role("group", name="Cost by day").get_by_role("img")
    expect(bars).to_have_count(30)
    row = page.get_by_role("row").filter(has_text="custom/priced")
    expect(row).to_contain_text("3,000")
    page.get_by_role("button", name="7 days").click()
    expect(bars).to_have_count(7)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    assert download.value.path().read_text().count("custom/priced") == 2
    page.get_by_role("link", name="Opening hours").click()
    page.wait_for_url(f"**/chat/{chat}**")


def test_a_budget_is_set_warns_on_every_page_and_is_taken_away(page: Page, person: Person) -> None:
    page.goto("/usage/")
    page.get_by_role("button", name="Set a budget").click()
    amount = page.get_by_label("Amount in US dollars")
    amount.fill("lots")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("such as 5 or 0.50")
    expect(amount).to_have_attribute("aria-invalid", "true")

    amount.fill("0")
    page.get_by_role("button", name="Save").click()
    expect(budget(page, "All that I ask")).to_contain_text("used up")
    page.goto("/")
    line = page.locator(".budget-line")
    expect(line).to_contain_text("Your budget for today is used up")
    line.get_by_role("link", name="See usage").click()

    budget(page, "All that I ask").get_by_role("button", name="More for").click()
    page.get_by_role("menuitem", name="Change").click()
    expect(page.get_by_label("Amount in US dollars")).to_have_value("0")
    page.get_by_label("Amount in US dollars").fill("2.50")
    page.get_by_role("button", name="Save").click()
    expect(budget(page, "All that I ask")).to_contain_text("$0.00 of $2.50")
    expect(line).to_have_count(0)
    assert [one["limit_usd"] for one in person.client.get("/api/budgets").json()] == [2.5]

    budget(page, "All that I ask").get_by_role("button", name="More for").click()
    page.get_by_role("menuitem", name="Take away").click()
    page.get_by_role("dialog").get_by_role("button", name="Take it away").click()
    expect(page.get_by_role("heading", name="No budget holds you back")).to_be_visible()
