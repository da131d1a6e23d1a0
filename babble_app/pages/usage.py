"""Usage: what models were asked, what it cost, how fast they were; and the budgets."""

from __future__ import annotations

import reflex as rx

from babble_app.components.app_shell import app_shell
from babble_app.components.budget_list import budget_section
from babble_app.components.icons import icon
from babble_app.components.native import download_link
from babble_app.components.parts import empty
from babble_app.components.usage_figures import summary, summary_skeleton, tables
from babble_app.states.usage import UsageState


@rx.page(route="/usage", title="Usage · Babble", on_load=UsageState.load)
@app_shell
def usage() -> rx.Component:
    """The sums of a span, the caps on money, and what the sums are made of."""
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                rx.el.h1("Usage", class_name="page-title"),
                rx.el.p(
                    "What models were asked, what it cost, and how fast they were. Days are those of UTC.",
                    class_name="page-note",
                ),
            ),
            rx.cond(UsageState.used, _download()),
            class_name="page-head",
        ),
        rx.el.div(
            rx.el.div(
                _period("today", "Today"),
                _period("7d", "7 days"),
                _period("30d", "30 days"),
                _period("month", "This month"),
                role="group",
                aria_label="Span of time",
                class_name="segmented",
            ),
            rx.cond(UsageState.is_admin, _whose()),
            class_name="row row--wrap row--between",
        ),
        rx.el.div(
            rx.cond(
                UsageState.loaded,
                rx.cond(UsageState.used, summary(), _empty()),
                summary_skeleton(),
            ),
            aria_busy=UsageState.busy,
            class_name="figures",
        ),
        budget_section(),
        tables(),
        class_name="page",
    )


def _download() -> rx.Component:
    return download_link(
        icon("download"),
        "Download CSV",
        href=UsageState.csv_href,
        name="usage.csv",
        class_name="button",
    )


def _period(period: str, label: str) -> rx.Component:
    return rx.el.button(
        label,
        type="button",
        aria_pressed=rx.cond(UsageState.period == period, "true", "false"),
        on_click=UsageState.pick_period(period),
        class_name="segmented-option",
    )


def _whose() -> rx.Component:
    return rx.el.div(
        *(
            rx.el.button(
                label,
                type="button",
                aria_pressed=rx.cond(UsageState.everybody == everybody, "true", "false"),
                on_click=UsageState.show_everybody(everybody),
                class_name="segmented-option",
            )
            for label, everybody in (("Mine", False), ("Everybody", True))
        ),
        role="group",
        aria_label="Whose",
        class_name="segmented",
    )


def _empty() -> rx.Component:
    return empty(
        UsageState.empty_title,
        rx.el.p(
            "Talk to an agent, or describe one and watch it being written: every call of a model is counted here, with"
            " its tokens, its cost and how long it took."
        ),
        rx.el.a("Go to your workspaces", href="/", class_name="button button--primary"),
    )
