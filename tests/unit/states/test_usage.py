"""The usage page's handlers: spans, everybody's figures, budgets, and the line over every page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from babble_app.services import budgets
from babble_app.states.budgets import BudgetsState
from babble_app.states.shell import ShellState, fill_shell
from babble_app.states.usage import UsageState
from tests.call_factories import make_record
from tests.factories import make_chat, make_user, make_workspace

if TYPE_CHECKING:
    from babble_app.schemas.accounts import User
    from babble_app.services.runtime import Runtime
    from tests.databases import Source, SqliteSource
    from tests.unit.states.conftest import Tab


@pytest.fixture
def source(sqlite: SqliteSource) -> Source:
    """One kind of database is enough: these are about the page."""
    return sqlite


async def note(rt: Runtime, owner: str, dollars: float = 1.0, chat_id: str = "") -> None:
    # A second ago may have been yesterday; just now is in every span.
    record = make_record(owner, dollars=dollars, chat_id=chat_id, started_at=datetime.now(UTC))
    await rt.meter.note(record)


async def load(tab: Tab) -> UsageState:
    page = await tab.state(UsageState)
    await tab.run(UsageState.load, page)
    return page


async def log_in_admin(rt: Runtime, tab: Tab) -> User:
    admin = await make_user(rt, role="admin")
    await tab.log_in(admin)
    return admin


async def test_a_newcomer_is_told_how_to_begin(tab: Tab) -> None:
    page = await load(tab)

    assert page.loaded
    assert not page.used
    assert page.empty_title == "Nothing asked in the last 30 days"


async def test_the_page_shows_the_persons_own_figures(rt: Runtime, tab: Tab) -> None:
    _, chat = await make_chat(rt, tab.user.id, title="Plans")
    await note(rt, tab.user.id, 1.5, chat.id)
    await note(rt, (await make_user(rt)).id, 7)

    page = await load(tab)

    assert page.used
    assert page.tiles[0].value == "$1.50"
    assert len(page.chart.bars) == 30
    assert [table.title for table in page.tables] == ["By model", "By chat"]
    assert page.tables[1].rows[0].href == f"/chat/{chat.id}"


async def test_another_span_is_shown_when_it_is_picked(rt: Runtime, tab: Tab) -> None:
    await note(rt, tab.user.id)
    page = await load(tab)

    await tab.run(UsageState.pick_period, page, "7d")
    picked = (page.period, len(page.chart.bars), page.busy)
    await tab.run(UsageState.pick_period, page, "a century")

    assert picked == ("7d", 7, False)
    assert page.period == "7d"


async def test_everybodys_figures_are_for_administrators(rt: Runtime, tab: Tab) -> None:
    await note(rt, (await make_user(rt, email="ada@example.com")).id, 7)
    page = await load(tab)
    await tab.run(UsageState.show_everybody, page, True)
    refused = (page.everybody, page.used)

    await log_in_admin(rt, tab)
    page = await load(tab)
    await tab.run(UsageState.show_everybody, page, True)

    assert refused == (False, False)
    assert page.tiles[0].value == "$7.00"
    assert [row.name for row in page.tables[0].rows] == ["ada@example.com"]
    assert page.csv_href.endswith("&everybody=true")


async def test_a_budget_is_set_changed_and_taken_away(rt: Runtime, tab: Tab) -> None:
    _, workspace = await make_workspace(rt, tab.user.id)
    await load(tab)
    shown = await tab.state(BudgetsState)
    await tab.run(BudgetsState.open_new, shown)
    place = {"whose": f"workspace/{workspace.id}", "period": "month"}

    await tab.run(BudgetsState.save, shown, {**place, "amount": "2.50"})
    first = [(row.name, row.each, row.spent) for row in shown.applying]
    await tab.run(BudgetsState.open_change, shown, shown.applying[0].key)
    offered = (shown.dialog, shown.chosen.amount)
    await tab.run(BudgetsState.save, shown, {**place, "amount": "3"})
    changed = [row.spent for row in shown.applying]
    await tab.run(BudgetsState.ask_delete, shown, shown.applying[0].key)
    await tab.run(BudgetsState.delete, shown)

    assert first == [("Workspace “Shop”", "each month", "$0.00 of $2.50")]
    assert offered == ("change", "2.5")
    assert changed == ["$0.00 of $3.00"]
    assert (shown.applying, shown.dialog) == ([], "")


async def test_a_wrong_amount_is_said_at_the_field(tab: Tab) -> None:
    await load(tab)
    shown = await tab.state(BudgetsState)
    await tab.run(BudgetsState.open_new, shown)
    place = {"whose": f"person/{tab.user.id}", "period": "day"}

    await tab.run(BudgetsState.save, shown, {**place, "amount": "lots"})
    no_number = shown.amount_problem
    await tab.run(BudgetsState.save, shown, {**place, "amount": "1000001"})
    too_much = shown.amount_problem
    await tab.run(BudgetsState.save, shown, {"whose": "nobody", "amount": "1"})

    assert no_number == "Write an amount in US dollars, such as 5 or 0.50."
    assert too_much == "A budget is an amount from 0 to 1,000,000 US dollars."
    assert (shown.amount_problem, shown.dialog) == ("", "new")
    assert shown.problem == "Choose whose budget it is, and for how long."


async def test_nobody_sets_a_budget_of_somebody_else(rt: Runtime, tab: Tab) -> None:
    owner, workspace = await make_workspace(rt)
    await load(tab)
    shown = await tab.state(BudgetsState)

    told: list[str] = []
    for whose in (f"workspace/{workspace.id}", f"person/{owner}", "server/all"):
        form = {"whose": whose, "period": "day", "amount": "1"}
        await tab.run(BudgetsState.save, shown, form)
        told.append(shown.problem)

    assert told == [
        "There is no such workspace.",
        "There is no such person.",
        "Only an administrator may set this budget.",
    ]
    assert await budgets.list_budgets(rt, owner) == []


async def test_an_administrator_picks_the_server_or_a_person(rt: Runtime, tab: Tab) -> None:
    ada = await make_user(rt, email="ada@example.com")
    await log_in_admin(rt, tab)
    await load(tab)
    shown = await tab.state(BudgetsState)

    for whose in ("server/all", f"person/{ada.id}"):
        await tab.run(BudgetsState.save, shown, {"whose": whose, "period": "day", "amount": "5"})

    assert [choice.name for choice in shown.choices][:2] == ["All that I ask", "The whole server"]
    assert "ada@example.com" in [choice.name for choice in shown.choices]
    assert [row.name for row in shown.applying] == ["The whole server"]
    assert [row.name for row in shown.others] == ["ada@example.com"]


async def test_only_budgets_that_are_shown_can_be_chosen(rt: Runtime, tab: Tab) -> None:
    owner = (await make_user(rt)).id
    await budgets.set_budget(rt, owner, "person", owner, "day", limit_usd=1)
    await budgets.set_budget(rt, tab.user.id, "person", tab.user.id, "day", limit_usd=2)
    await load(tab)
    shown = await tab.state(BudgetsState)

    for handler in (BudgetsState.open_change, BudgetsState.ask_delete):
        await tab.run(handler, shown, f"person/{owner}/day/own")
    await tab.run(BudgetsState.delete, shown)

    assert (shown.dialog, shown.chosen.key) == ("", "")
    assert len(await budgets.list_budgets(rt, owner)) == 1
    assert len(shown.applying) == 1


async def test_a_budget_that_is_nearly_used_up_is_said_over_every_page(
    rt: Runtime, tab: Tab
) -> None:
    shell = await tab.state(ShellState)
    await budgets.set_budget(rt, tab.user.id, "person", tab.user.id, "month", limit_usd=10)
    await note(rt, tab.user.id, 7)
    await fill_shell(shell, workspace_id="")
    before = shell.budget_alert.state

    await note(rt, tab.user.id, 1.5)
    await fill_shell(shell, workspace_id="")
    warned = shell.budget_alert
    await note(rt, tab.user.id, 1.5)
    await fill_shell(shell, workspace_id="")

    assert before == ""
    assert warned.state == "warning"
    assert warned.words.endswith("is 85 % used.")
    assert shell.budget_alert.state == "exhausted"


async def test_the_line_goes_when_the_budget_is_raised(rt: Runtime, tab: Tab) -> None:
    await budgets.set_budget(rt, tab.user.id, "person", tab.user.id, "month", limit_usd=1)
    await note(rt, tab.user.id, 1)
    await load(tab)
    shell, shown = await tab.state(ShellState), await tab.state(BudgetsState)
    before = shell.budget_alert.state

    form = {"whose": f"person/{tab.user.id}", "period": "month", "amount": "100"}
    await tab.run(BudgetsState.save, shown, form)

    assert before == "exhausted"
    assert shell.budget_alert.state == ""
