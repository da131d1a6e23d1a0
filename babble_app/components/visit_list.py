"""The list of an app's conversations with visitors, and what narrows it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.icons import icon
from babble_app.components.parts import empty, how_many, skeleton_list, time_ago
from babble_app.states.visit import VisitState
from babble_app.states.visit_views import VisitRow
from babble_app.states.visits import VisitsState


def visit_list() -> rx.Component:
    """Show the conversations, the last touched first."""
    return rx.el.div(
        _filters(),
        rx.cond(
            VisitsState.status == "ready",
            rx.cond(how_many(VisitsState.rows) > 0, _rows(), _nothing()),
            rx.el.div(skeleton_list(4), class_name="visits-none"),
        ),
        class_name="visits-side",
    )


def _filters() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            _show("all", "All"),
            _show("waiting", "Waiting"),
            _show("down", "Rated down"),
            role="group",
            aria_label="Which conversations",
            class_name="segmented",
        ),
        rx.el.input(
            type="search",
            value=VisitsState.search,
            on_change=VisitsState.look_for.debounce(250),
            placeholder="Search in what was said",
            aria_label="Search in what was said",
            class_name="input",
        ),
        rx.cond(VisitsState.can_narrow, _narrower()),
        class_name="visits-filters",
    )


def _narrower() -> rx.Component:
    return rx.el.div(
        rx.el.select(
            rx.el.option("Any version", value="0"),
            rx.foreach(VisitsState.versions, _version),
            value=f"{VisitsState.version}",
            on_change=VisitsState.pick_version,
            aria_label="Version",
            class_name="select",
        ),
        rx.el.select(
            rx.el.option("Both channels", value=""),
            rx.el.option("Production", value="production"),
            rx.el.option("Staging", value="staging"),
            value=VisitsState.channel,
            on_change=VisitsState.pick_channel,
            aria_label="Channel",
            class_name="select",
        ),
        class_name="row",
    )


def _version(number: Any) -> rx.Component:
    return rx.el.option(f"Version {number}", value=number.to_string())


def _show(choice: str, label: str) -> rx.Component:
    return rx.el.button(
        label,
        type="button",
        aria_pressed=rx.cond(VisitsState.show == choice, "true", "false"),
        on_click=VisitsState.pick_show(choice),
        class_name="segmented-option",
    )


def _rows() -> rx.Component:
    return rx.fragment(
        rx.el.ul(rx.foreach(VisitsState.rows, _row), class_name="visits-list"),
        rx.cond(
            VisitsState.has_more,
            rx.el.button(
                "Show more",
                type="button",
                on_click=VisitsState.show_more,
                class_name="button button--quiet visits-more",
            ),
        ),
        rx.cond(
            VisitsState.is_cut,
            rx.el.p(
                "These are the newest ones; search to find others, or download them all.",
                class_name="muted visits-none",
            ),
        ),
    )


def _row(row: VisitRow) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            rx.el.span(
                rx.el.span(row.who, class_name="visits-who truncate"),
                rx.el.span(time_ago(row.at), class_name="faint visits-at"),
                class_name="row row--between",
            ),
            rx.el.span(row.last, class_name="visits-last truncate"),
            rx.el.span(*visit_marks(row), class_name="visits-marks"),
            href=row.href,
            aria_current=rx.cond(VisitState.visit.id == row.id, "true", "false"),
            class_name="visits-link",
        ),
        key=row.id,
    )


def visit_marks(row: Any) -> list[rx.Component]:
    """Say what somebody who looks after visitors must see of a conversation."""
    return [
        rx.cond(
            row.waits,
            rx.el.span(icon("clock", 14), "Waits for a person", class_name="badge badge--warn"),
        ),
        rx.cond(
            row.human != "",
            rx.el.span(icon("user", 14), f"{row.human} answers", class_name="badge badge--accent"),
        ),
        rx.cond(
            row.answering,
            rx.el.span(rx.el.span(class_name="dot dot--live"), "Answering", class_name="badge"),
        ),
        rx.cond(
            row.rated_down,
            rx.el.span(icon("thumb-down", 14), "Rated down", class_name="badge badge--bad"),
        ),
        rx.cond(row.staging, rx.el.span("Staging", class_name="badge")),
    ]


def _nothing() -> rx.Component:
    is_filtered = (
        (VisitsState.show != "all")
        | (VisitsState.search != "")
        | (VisitsState.channel != "")
        | (VisitsState.version != 0)
    )
    return rx.el.div(
        rx.cond(
            is_filtered,
            empty("None like that", rx.el.p("No conversation fits what is chosen above.")),
            empty(
                "Nobody has asked anything yet",
                rx.el.p(
                    "Put the app into a page, or ask it from a program: what visitors say appears here while they say it."
                    " You can then answer yourself, see what they liked, and keep good conversations as tests."
                ),
            ),
        ),
        class_name="visits-none",
    )
