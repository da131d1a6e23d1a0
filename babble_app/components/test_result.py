"""What came of one test: what is wrong in words, the two transcripts side by side, and what can be done about it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.icons import icon
from babble_app.components.parts import notice
from babble_app.states.agent_test_views import STALE, CompareRow, TrialRow
from babble_app.states.agent_tests import TestsState
from babble_app.states.repair import RepairState
from babble_app.states.test_form import TestFormState


def test_result() -> rx.Component:
    """Show the test that was opened."""
    return rx.fragment(
        rx.el.div(
            rx.el.button(
                icon("arrow-left", 16),
                "All tests",
                type="button",
                on_click=TestsState.show_list,
                class_name="button button--quiet button--small",
            ),
            rx.el.span(class_name="grow"),
            _act("Run", TestsState.run_one(TestsState.shown)),
            _act("Edit", TestFormState.open_test(TestsState.shown)),
            class_name="tests-head",
        ),
        rx.el.div(
            rx.el.h3(TestsState.shown_name, class_name="test-result-title"),
            rx.el.p(
                _badge(),
                rx.cond(TestsState.result.figures != "", rx.el.span(TestsState.result.figures)),
                class_name="list-note",
            ),
            rx.cond(
                TestsState.result.problems,
                rx.el.ul(
                    rx.foreach(TestsState.result.problems, _sentence),
                    class_name=rx.cond(
                        TestsState.result.status == "stale",
                        "test-problems is-stale",
                        "test-problems",
                    ),
                ),
            ),
            rx.foreach(TestsState.result.notes, _note),
            rx.cond(TestsState.result.status == "stale", notice("warn", STALE)),
            _repairs(),
            rx.cond(TestsState.result.comparison, _comparison()),
            rx.cond(
                TestsState.result.transcript,
                rx.el.ol(
                    rx.foreach(TestsState.result.transcript, _said),
                    aria_label="Transcript",
                    class_name="compare",
                ),
            ),
            rx.foreach(TestsState.result.trials, _trial),
            key=TestsState.shown,
            on_mount=RepairState.watch,
            class_name="tests-body stack stack--tight",
        ),
    )


test_result.__test__ = False  # pyright: ignore[reportFunctionMemberAccess]  # no test


def _badge() -> rx.Component:
    kind = rx.match(
        TestsState.result.status,
        ("passed", "badge badge--good"),
        ("failed", "badge badge--bad"),
        ("error", "badge badge--bad"),
        ("stale", "badge badge--warn"),
        "badge",
    )
    return rx.el.span(TestsState.result.words, class_name=kind)


def _act(label: Any, event: Any, *, primary: bool = False, **props: Any) -> rx.Component:
    kind = "button button--primary button--small" if primary else "button button--small"
    return rx.el.button(
        label,
        type="button",
        on_click=event,
        disabled=(TestsState.running != "") | RepairState.busy,
        class_name=kind,
        **props,
    )


def _repairs() -> rx.Component:
    """Offer what helps: another recording, or another program."""
    return rx.cond(
        rx.Var.create(["failed", "stale"]).contains(TestsState.result.status),
        rx.el.div(
            rx.cond(
                TestsState.result.status == "failed",
                rx.fragment(
                    _act(
                        "Send as request",
                        RepairState.send_request,
                        primary=True,
                        title="Puts what went wrong into the chat, as the next request",
                    ),
                    _act(
                        "Fix automatically",
                        RepairState.fix,
                        title="The model changes the program until the test passes: at most 5 rounds, each a version",
                    ),
                ),
            ),
            rx.cond(
                TestsState.shown_kind == "replay",
                _act(
                    "Record again",
                    RepairState.record_again,
                    title="Take what the agent does now for what it must do",
                ),
            ),
            rx.cond(
                RepairState.doing != "",
                rx.el.span(
                    rx.el.span(class_name="dot dot--live"),
                    RepairState.doing,
                    role="status",
                    class_name="doing",
                ),
            ),
            rx.cond(
                RepairState.fixing,
                rx.el.button(
                    "Stop",
                    type="button",
                    on_click=RepairState.stop_fix,
                    class_name="button button--small",
                ),
            ),
            class_name="row row--wrap",
        ),
    )


def _sentence(text: Any) -> rx.Component:
    return rx.el.li(text)


def _note(text: Any) -> rx.Component:
    return rx.el.p(text, class_name="faint")


def _comparison() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.span("As recorded"),
            rx.el.span("Now"),
            class_name="compare-head",
            aria_hidden="true",
        ),
        rx.el.ol(
            rx.foreach(TestsState.result.comparison, _compared),
            class_name="compare",
            aria_label="Both transcripts",
        ),
    )


def _compared(row: CompareRow) -> rx.Component:
    return rx.el.li(
        rx.cond(
            row.mark != "same",
            rx.el.span(
                rx.match(
                    row.mark,
                    ("changed", "Changed: "),
                    ("removed", "No longer: "),
                    "New: ",
                ),
                class_name="visually-hidden",
            ),
        ),
        rx.el.p(row.recorded, class_name="compare-old"),
        rx.el.p(row.now, class_name="compare-new"),
        custom_attrs={"data-mark": row.mark},
    )


def _trial(trial: TrialRow) -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            icon("chevron-right", 14),
            rx.fragment("Try ", trial.number),
            rx.el.span(
                rx.cond(trial.passed, "pass", "fail"),
                class_name=rx.cond(trial.passed, "badge badge--good", "badge badge--bad"),
            ),
        ),
        rx.el.ul(rx.foreach(trial.problems, _sentence), class_name="test-problems"),
        rx.el.ul(rx.foreach(trial.found, _sentence), class_name="test-found"),
        rx.el.ol(
            rx.foreach(trial.transcript, _said),
            aria_label="Transcript",
            class_name="compare trial-transcript",
        ),
        open=rx.cond(trial.passed, False, True),
        class_name="folded",
    )


def _said(text: Any) -> rx.Component:
    return rx.el.li(rx.el.p(text), class_name="is-single")
