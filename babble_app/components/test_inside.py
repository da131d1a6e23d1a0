"""What the program under test holds: which exits were taken, its variables, and its results."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.trace_list import line_link
from babble_app.states.testing_views import ConditionRow, Named
from babble_app.states.trace import TraceState


def test_inside() -> rx.Component:
    """Show which exits were taken, and what the program holds."""
    return rx.el.div(
        _section(
            "Exits",
            rx.el.ul(rx.foreach(TraceState.conditions, _condition), class_name="inside-exits"),
            TraceState.conditions,
            "This program has no conversation.",
        ),
        _section(
            "Variables",
            rx.el.dl(rx.foreach(TraceState.variables, _named), class_name="inside-values"),
            TraceState.variables,
            "Nothing is set yet.",
        ),
        _section(
            "Results",
            rx.el.dl(rx.foreach(TraceState.results, _named), class_name="inside-values"),
            TraceState.results,
            "The program records none so far: extract(...) does.",
        ),
        class_name="inside",
        tab_index=0,
        role="region",
        aria_label="Inside the program",
    )


test_inside.__test__ = False  # pyright: ignore[reportFunctionMemberAccess]  # no test


def _section(title: str, content: rx.Component, rows: Any, nothing: str) -> rx.Component:
    return rx.el.section(
        rx.el.h3(title, class_name="inside-title"),
        rx.cond(rows, content, rx.el.p(nothing, class_name="faint")),
    )


def _condition(row: ConditionRow) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            row.hits,
            "×",
            class_name=rx.cond(row.hits > 0, "badge badge--accent mono", "badge mono"),
            title="How often the conversation left by it",
        ),
        rx.el.span(row.text, class_name="grow"),
        rx.cond(row.offered, rx.el.span("open now", class_name="badge badge--good")),
        line_link(row.line),
        key=row.line,
    )


def _named(row: Named) -> rx.Component:
    return rx.fragment(
        rx.el.dt(row.name, class_name="mono"),
        rx.el.dd(row.value, class_name="mono"),
    )
