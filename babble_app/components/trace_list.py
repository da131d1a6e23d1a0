"""The trace of a test conversation: a line a step, and everything about the one that is opened."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.icons import icon
from babble_app.states.answers import AnswerState
from babble_app.states.panes import PanesState
from babble_app.states.step_details import Part
from babble_app.states.testing import TestState
from babble_app.states.testing_views import TraceRow
from babble_app.states.trace import TraceState


def line_link(line: Any) -> rx.Component:
    """Name a line of the program; a press takes the editor there."""
    return rx.el.button(
        "line ",
        line,
        type="button",
        title="Show it in the editor",
        on_click=PanesState.show_line(line),
        class_name="line-link",
    )


def trace_list() -> rx.Component:
    """Show the steps."""
    return rx.el.div(
        rx.cond(
            TraceState.totals != "",
            rx.el.p(TraceState.totals, class_name="faint trace-totals", title="All steps together"),
        ),
        rx.el.ol(rx.foreach(TraceState.rows, _row), class_name="trace", aria_label="Steps"),
        key=TestState.session,
        tab_index=0,
        role="region",
        aria_label="Trace",
        class_name="inside",
    )


def _row(row: TraceRow) -> rx.Component:
    is_open: Any = TraceState.shown == row.number
    return rx.el.li(
        rx.el.div(
            rx.cond(
                row.line > 0,
                rx.el.button(
                    row.line,
                    type="button",
                    aria_label=rx.Var.create(f"Line {row.line} in the editor"),
                    on_click=PanesState.show_line(row.line),
                    class_name="trace-line",
                ),
                rx.el.span(class_name="trace-line"),
            ),
            rx.el.button(
                rx.el.span(row.words, class_name="trace-kind"),
                rx.el.span(row.text, class_name="trace-text"),
                rx.cond(row.figures != "", rx.el.span(row.figures, class_name="trace-figures")),
                icon("chevron-right", 14),
                type="button",
                aria_expanded=is_open,
                on_click=TraceState.toggle_step(row.number),
                class_name="trace-open",
            ),
            class_name="trace-row",
        ),
        rx.cond(is_open, _detail(row)),
        class_name="trace-step",
        key=row.number,
        custom_attrs={"data-kind": row.kind},
    )


def _detail(row: TraceRow) -> rx.Component:
    return rx.el.div(
        rx.cond(
            TraceState.detail.number == row.number,
            rx.fragment(
                rx.el.dl(rx.foreach(TraceState.detail.parts, _part), class_name="trace-parts"),
                rx.cond(row.step >= 0, _acts(row)),
            ),
            rx.el.div(class_name="skeleton"),
        ),
        class_name="trace-detail",
    )


def _part(part: Part) -> rx.Component:
    return rx.fragment(
        rx.el.dt(part.title),
        rx.el.dd(
            rx.cond(part.mono, rx.el.pre(part.text, tab_index=0), rx.el.p(part.text)),
        ),
    )


def _acts(row: TraceRow) -> rx.Component:
    again = rx.cond(row.kind == "user", "Say something else", "Ask again")
    return rx.el.div(
        _act(
            "Go on from here",
            TestState.go_on(row.step),
            "Keep everything up to this step, and go on from it",
        ),
        _act("Change the answer", AnswerState.open_answer(row.step), "Put another answer here"),
        _act(again, TestState.ask_again(row.step), "Go back to before this step"),
        class_name="row row--wrap",
    )


def _act(label: Any, event: Any, title: str) -> rx.Component:
    return rx.el.button(
        label,
        type="button",
        title=title,
        on_click=event,
        disabled=TestState.busy,
        class_name="button button--small",
    )
