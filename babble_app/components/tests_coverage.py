"""What no test of the agent has tried, and what to do where there is no test at all."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.icons import icon
from babble_app.components.parts import empty
from babble_app.components.trace_list import line_link
from babble_app.states.agent_test_views import ExitRow
from babble_app.states.agent_tests import TestsState
from babble_app.states.panes import PanesState
from babble_app.states.test_form import TestFormState
from babble_app.states.test_suite import SuiteState


def tests_coverage() -> rx.Component:
    """Name the exits and lines that no test has run."""
    return rx.cond(
        TestsState.coverage.words != "",
        rx.el.section(
            rx.el.h3("Coverage", class_name="inside-title"),
            rx.el.p(TestsState.coverage.words, class_name="muted"),
            rx.cond(
                TestsState.coverage.exits,
                rx.fragment(
                    rx.el.p("No test has taken:", class_name="muted tests-untested"),
                    rx.el.ul(
                        rx.foreach(TestsState.coverage.exits, _exit), class_name="inside-exits"
                    ),
                ),
            ),
            rx.cond(
                TestsState.coverage.missed,
                rx.el.p(
                    "In exits that were taken, no test has run:",
                    rx.foreach(TestsState.coverage.missed, _missed),
                    class_name="row row--wrap muted tests-untested",
                ),
            ),
            class_name="tests-body",
        ),
    )


def _missed(line: Any) -> rx.Component:
    return line_link(line)


def _exit(row: ExitRow) -> rx.Component:
    return rx.el.li(rx.el.span(row.text, class_name="grow"), line_link(row.line), key=row.line)


def no_tests() -> rx.Component:
    """Say how a test comes about."""
    return rx.el.div(
        empty(
            "No tests yet",
            rx.el.p(
                "Talk to the agent in the test pane, then press ",
                rx.el.strong("Keep as test"),
                ". From then on every new version is held against that conversation before it is shown, and you see at "
                "once when a change made the agent do something else.",
            ),
            rx.el.div(
                rx.el.button(
                    icon("play", 16),
                    "Talk to the agent",
                    type="button",
                    on_click=PanesState.show_test,
                    class_name="button button--primary",
                ),
                rx.el.button(
                    "Write a test by hand",
                    type="button",
                    on_click=TestFormState.open_new,
                    class_name="button",
                ),
                rx.el.button(
                    "Generate tests",
                    type="button",
                    title="One persona for every path through the program, for you to edit",
                    on_click=SuiteState.generate,
                    disabled=SuiteState.busy,
                    class_name="button",
                ),
                rx.el.button(
                    "Import from YAML",
                    type="button",
                    on_click=SuiteState.open_import,
                    class_name="button button--quiet",
                ),
                class_name="row row--wrap",
            ),
        ),
        class_name="tests-body",
    )
