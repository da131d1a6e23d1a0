"""Which version visitors get: the pickers, the gate's refusal, the history, and the question before one step back."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.dialogs import dialog_foot, modal
from babble_app.components.icons import icon
from babble_app.components.parts import how_many, notice, problem_text, skeleton_list, time_ago
from babble_app.states.app_page import AppState
from babble_app.states.app_releases import ReleasesState
from babble_app.states.app_views import LIVE, NEWEST, ReleaseRow, VersionChoice


def releases_section() -> rx.Component:
    """Return the section."""
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2("Version", class_name="section-title"),
                rx.el.p(
                    "Visitors get ",
                    rx.el.strong(
                        rx.cond(ReleasesState.now_words != "", ReleasesState.now_words, "a version")
                    ),
                    ". A conversation that has begun stays with its version.",
                    class_name="section-note",
                ),
            ),
            rx.cond(
                ReleasesState.back_words != "",
                rx.el.button(
                    icon("undo", 16),
                    "Roll back",
                    type="button",
                    on_click=ReleasesState.ask_roll_back,
                    class_name="button",
                ),
            ),
            class_name="section-head",
        ),
        rx.cond(
            ReleasesState.loaded,
            rx.fragment(_form(), _staging(), _history()),
            skeleton_list(1),
        ),
        _roll_back_dialog(),
        class_name="section",
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.label(
                rx.el.span("Visitors get", class_name="field-label"),
                rx.el.select(
                    rx.el.option(ReleasesState.live_words, value=LIVE),
                    rx.foreach(ReleasesState.choices, _choice),
                    value=ReleasesState.version,
                    on_change=ReleasesState.pick_version,
                    class_name="select",
                ),
                rx.el.span(
                    rx.cond(
                        ReleasesState.version == LIVE,
                        "Moves on by itself whenever you publish a version of the agent.",
                        "Pinned: it stays whatever you publish.",
                    ),
                    class_name="field-hint",
                ),
                class_name="field",
            ),
            rx.el.label(
                rx.el.span("On trial for some", class_name="field-label"),
                rx.el.select(
                    rx.el.option("No further version", value=""),
                    rx.foreach(ReleasesState.choices, _choice),
                    value=ReleasesState.trial,
                    on_change=ReleasesState.pick_trial,
                    class_name="select",
                ),
                class_name="field",
            ),
            class_name="app-pair",
        ),
        rx.cond(ReleasesState.trial != "", _share()),
        problem_text(ReleasesState.problem),
        rx.cond(ReleasesState.blocked, _see_tests()),
        rx.el.div(
            rx.el.button(
                "Release",
                type="submit",
                disabled=ReleasesState.busy,
                class_name="button button--primary",
            )
        ),
        on_submit=ReleasesState.release,
        class_name="stack",
    )


def _share() -> rx.Component:
    pick: Any = ReleasesState.pick_percent
    return rx.el.label(
        rx.el.span(
            "Share of the visitors: ",
            rx.el.span(ReleasesState.percent, " %", class_name="mono"),
            class_name="field-label",
        ),
        rx.el.input(
            type="range",
            name="percent",
            min="1",
            max="100",
            default_value=rx.Var.create(f"{ReleasesState.percent}"),
            key=ReleasesState.shown,
            on_change=pick.debounce(60),
            aria_label="Share of the visitors in per cent",
            class_name="range",
        ),
        rx.el.span(
            "A visitor always gets the same of the two, also tomorrow and in another tab.",
            class_name="field-hint",
        ),
        class_name="field",
    )


def _see_tests() -> rx.Component:
    return rx.el.p(
        rx.el.a(
            "See the agent's versions and their tests",
            href=f"/agent/{AppState.app.agent}/versions",
            class_name="link",
        )
    )


def _staging() -> rx.Component:
    return rx.el.label(
        rx.el.span("Staging gets", class_name="field-label"),
        rx.el.select(
            rx.el.option("The newest version, whatever it is", value=NEWEST),
            rx.foreach(ReleasesState.choices, _choice),
            value=ReleasesState.staging,
            on_change=ReleasesState.pick_staging,
            class_name="select",
        ),
        rx.el.span(
            "What tokens of the staging channel get, to try it before visitors do. Saved at once; no test holds it back.",
            class_name="field-hint",
        ),
        class_name="field",
    )


def _choice(choice: VersionChoice) -> rx.Component:
    return rx.el.option(choice.words, value=choice.id, key=choice.id)


def _history() -> rx.Component:
    return rx.el.details(
        rx.el.summary("History (", how_many(ReleasesState.rows), ")", class_name="link"),
        rx.el.ol(
            rx.foreach(ReleasesState.rows, _release),
            aria_label="History of releases",
            class_name="publications",
        ),
        class_name="app-history",
    )


def _release(row: ReleaseRow) -> rx.Component:
    return rx.el.li(
        rx.el.span(row.words, class_name="grow"),
        rx.el.span(rx.el.span(row.author), time_ago(row.at), class_name="list-note"),
        key=row.id,
        class_name="publication",
    )


def _roll_back_dialog() -> rx.Component:
    return modal(
        rx.el.div(
            rx.el.p(
                "From their next conversation on, visitors get ",
                rx.el.strong(ReleasesState.back_words),
                ". No test is asked.",
            ),
            rx.cond(
                ReleasesState.back_of_agent,
                notice(
                    "info",
                    "This moves the live version of ",
                    rx.el.strong(AppState.app.agent_name),
                    ", for all apps that follow it.",
                ),
            ),
            problem_text(ReleasesState.problem),
            class_name="dialog-body stack stack--tight",
        ),
        dialog_foot(
            ReleasesState.close_dialog,
            "Roll back",
            type="button",
            disabled=ReleasesState.busy,
            on_click=ReleasesState.roll_back,
        ),
        open=ReleasesState.asking == "roll-back",
        title="Roll back?",
        on_close=ReleasesState.close_dialog,
    )
