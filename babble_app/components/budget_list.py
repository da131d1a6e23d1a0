"""The budgets of the usage page, with the dialogs that set one and take one away."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.dialogs import confirm_dialog, dialog_foot, modal
from babble_app.components.icons import icon
from babble_app.components.parts import (
    empty,
    how_many,
    menu,
    menu_item,
    problem_text,
    skeleton_list,
)
from babble_app.states.budget_views import BudgetView, SubjectChoice
from babble_app.states.budgets import BudgetsState


def budget_section() -> rx.Component:
    """Return the budgets that hold for the person, and those that an administrator looks after."""
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2("Budgets", class_name="section-title"),
                rx.el.p(
                    "At 80 % you are warned; at 100 % nothing that costs money is asked any more until the day or month"
                    " (UTC) is over. Free models go on answering. Where a budget applies, models whose price nobody knows are"
                    " not asked.",
                    class_name="section-note",
                ),
            ),
            rx.cond(how_many(BudgetsState.applying) > 0, _new_button()),
            class_name="section-head",
        ),
        rx.cond(
            BudgetsState.loaded,
            rx.cond(
                how_many(BudgetsState.applying) > 0, _list(BudgetsState.applying), _no_budget()
            ),
            skeleton_list(1),
        ),
        rx.cond(
            how_many(BudgetsState.others) > 0,
            rx.fragment(
                rx.el.h3("Of other people and apps", class_name="budget-others"),
                _list(BudgetsState.others),
            ),
        ),
        _dialog(),
        _delete_dialog(),
        class_name="section",
    )


def _new_button() -> rx.Component:
    return rx.el.button(
        icon("plus"),
        "Set a budget",
        type="button",
        on_click=BudgetsState.open_new,
        class_name="button",
    )


def _no_budget() -> rx.Component:
    return empty(
        "No budget holds you back",
        rx.el.p(
            "Say how much may be spent in a day or a month, by you or in one of your workspaces. Before each call"
            " Babble sets aside what it may cost at most, so even many answers at once stay within it."
        ),
        _new_button(),
    )


def _list(rows: Any) -> rx.Component:
    return rx.el.ul(rx.foreach(rows, _row), class_name="list")


def _row(row: BudgetView) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.span(row.name, class_name="list-title"),
                rx.el.span(row.each, class_name="badge"),
                rx.match(
                    row.state,
                    ("exhausted", rx.el.span("used up", class_name="badge badge--bad")),
                    ("warning", rx.el.span("nearly used up", class_name="badge badge--warn")),
                    rx.fragment(),
                ),
                rx.el.span(row.spent, class_name="budget-spent"),
                class_name="row row--wrap",
            ),
            rx.el.div(
                rx.el.div(
                    class_name="progress-bar",
                    style={"width": row.width},
                    custom_attrs={"data-state": row.state},
                ),
                role="progressbar",
                aria_label=f"{row.name}, {row.each}",
                custom_attrs={
                    "aria-valuemin": 0,
                    "aria-valuemax": 100,
                    "aria-valuenow": row.percent,
                    "aria-valuetext": row.spent,
                },
                class_name="progress budget-bar",
            ),
            rx.el.p(row.note, class_name="list-note"),
            class_name="list-main stack stack--tight",
        ),
        rx.cond(row.can_change | row.can_delete, rx.el.div(_acts(row), class_name="list-actions")),
        key=row.key,
        class_name="list-item budget",
    )


def _acts(row: BudgetView) -> rx.Component:
    return menu(
        f"More for {row.name}, {row.each}",
        rx.cond(
            row.can_change,
            menu_item("pencil", "Change", on_click=BudgetsState.open_change(row.key)),
        ),
        rx.cond(
            row.can_delete,
            menu_item(
                "trash", "Take away…", danger=True, on_click=BudgetsState.ask_delete(row.key)
            ),
        ),
    )


def _dialog() -> rx.Component:
    return modal(
        rx.el.form(
            rx.el.div(
                rx.cond(BudgetsState.dialog == "change", _fixed_place(), _place()),
                _amount(),
                problem_text(BudgetsState.problem),
                class_name="dialog-body stack",
            ),
            dialog_foot(BudgetsState.close_dialog, "Save", type="submit"),
            on_submit=BudgetsState.save,
        ),
        open=(BudgetsState.dialog == "new") | (BudgetsState.dialog == "change"),
        title=rx.cond(BudgetsState.dialog == "change", "Change the budget", "Set a budget"),
        on_close=BudgetsState.close_dialog,
    )


def _place() -> rx.Component:
    return rx.fragment(
        rx.el.label(
            rx.el.span("For", class_name="field-label"),
            rx.el.select(
                rx.foreach(BudgetsState.choices, _choice), name="whose", class_name="select"
            ),
            class_name="field",
        ),
        rx.el.label(
            rx.el.span("In", class_name="field-label"),
            rx.el.select(
                rx.el.option("each day", value="day"),
                rx.el.option("each month", value="month"),
                name="period",
                class_name="select",
            ),
            class_name="field",
        ),
    )


def _choice(choice: SubjectChoice) -> rx.Component:
    return rx.el.option(choice.name, value=choice.key, key=choice.key)


def _fixed_place() -> rx.Component:
    chosen = BudgetsState.chosen
    return rx.fragment(
        rx.el.p(rx.el.strong(chosen.name), ", ", chosen.each, class_name="muted"),
        rx.el.input(type="hidden", name="whose", value=f"{chosen.kind}/{chosen.scope_id}"),
        rx.el.input(type="hidden", name="period", value=chosen.period),
    )


def _amount() -> rx.Component:
    wrong = BudgetsState.amount_problem != ""
    return rx.el.label(
        rx.el.span("Amount in US dollars", class_name="field-label"),
        rx.el.input(
            name="amount",
            default_value=BudgetsState.chosen.amount,
            input_mode="decimal",
            auto_complete="off",
            placeholder="5.00",
            aria_invalid=wrong,
            aria_describedby="amount-words",
            class_name="input",
        ),
        rx.el.span(
            rx.cond(
                wrong,
                rx.el.span(BudgetsState.amount_problem, role="alert", class_name="field-error"),
                rx.el.span(
                    "With 0, only free models answer. Calls of models whose price is not known are counted, not held.",
                    class_name="field-hint",
                ),
            ),
            id="amount-words",
        ),
        class_name="field",
    )


def _delete_dialog() -> rx.Component:
    chosen = BudgetsState.chosen
    return confirm_dialog(
        rx.el.p(
            rx.el.strong(chosen.name), ", ", chosen.each, ": ", chosen.spent,
            ". Without it, only the other budgets hold.",
        ),
        is_open=BudgetsState.dialog == "delete",
        title="Take the budget away?",
        label="Take it away",
        on_confirm=BudgetsState.delete,
        on_close=BudgetsState.close_dialog,
    )  # fmt: skip
