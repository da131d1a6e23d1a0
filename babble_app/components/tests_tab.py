"""The Tests tab: the agent's tests with what came of them on the text on screen, and what no test has tried."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.dialogs import confirm_dialog
from babble_app.components.icons import icon
from babble_app.components.parts import how_many, menu, menu_item, skeleton_list
from babble_app.components.test_form import test_form
from babble_app.components.test_result import test_result
from babble_app.components.test_suite import import_dialog
from babble_app.components.tests_coverage import no_tests, tests_coverage
from babble_app.states.agent_test_views import TestRow
from babble_app.states.agent_tests import TestsState
from babble_app.states.canvas import CanvasState
from babble_app.states.choices import ChoicesState
from babble_app.states.test_form import TestFormState
from babble_app.states.test_suite import SuiteState


def tests_tab() -> rx.Component:
    """Show the list, or one test."""
    return rx.el.div(
        rx.cond(TestsState.problem != "", _problem()),
        rx.cond(
            TestsState.shown != "",
            test_result(),
            rx.cond(
                TestsState.status == "loading",
                rx.el.div(skeleton_list(), class_name="tests-body"),
                rx.cond(how_many(TestsState.rows) > 0, _list(), no_tests()),
            ),
        ),
        test_form(),
        import_dialog(),
        _delete_dialog(),
        # Another version is tested at once; edits when they are asked about, as every pause in typing makes another text.
        key=CanvasState.version_id,
        on_mount=TestsState.load,
        class_name="canvas-scroll tests",
    )


def _problem() -> rx.Component:
    return rx.el.div(
        icon("warning"),
        rx.el.p(TestsState.problem, class_name="grow"),
        rx.el.button(
            icon("x", 16),
            type="button",
            aria_label="Dismiss",
            on_click=TestsState.dismiss_problem,
            class_name="button button--quiet button--icon button--small",
        ),
        role="alert",
        class_name="notice notice--bad canvas-notice",
    )


def _list() -> rx.Component:
    return rx.fragment(
        _head(),
        rx.cond(TestsState.text_key != CanvasState.text_key, _outdated()),
        rx.cond(TestsState.running != "", _progress()),
        rx.cond(
            TestsState.has_live,
            rx.el.p(
                "Live tests ask ",
                rx.cond(ChoicesState.model != "", ChoicesState.model, "your default model"),
                ", as chosen in the chat; pass^k is the chance that k tries in a row all pass.",
                class_name="faint tests-live",
            ),
        ),
        rx.el.ul(rx.foreach(TestsState.rows, _row), class_name="tests-list", aria_label="Tests"),
        tests_coverage(),
    )


def _head() -> rx.Component:
    return rx.el.div(
        rx.cond(
            TestsState.summary != "",
            rx.el.span(
                TestsState.summary,
                role="status",
                class_name=rx.cond(
                    TestsState.good,
                    rx.cond(TestsState.stale, "badge badge--warn", "badge badge--good"),
                    "badge badge--bad",
                ),
            ),
        ),
        rx.el.span(class_name="grow"),
        _act("play", "Run all", TestsState.run_all(False), "Run every replay; no model is asked"),
        rx.cond(
            TestsState.has_live,
            _act(
                "play",
                "Run live too",
                TestsState.run_all(True),
                "Also those that ask a model",
            ),
        ),
        _act("plus", "Add", TestFormState.open_new, "Write a test by hand"),
        _menu(),
        class_name="tests-head",
    )


def _menu() -> rx.Component:
    return menu(
        "More about the tests",
        menu_item("agent", "Generate tests", on_click=SuiteState.generate),
        menu_item("upload", "Import from YAML", on_click=SuiteState.open_import),
        menu_item("download", "Export as YAML", on_click=SuiteState.export),
    )


def _act(name: str, label: str, event: Any, title: str) -> rx.Component:
    return rx.el.button(
        icon(name, 16),
        label,
        type="button",
        title=title,
        on_click=event,
        disabled=TestsState.running != "",
        class_name="button button--small",
    )


def _outdated() -> rx.Component:
    return rx.el.div(
        icon("info"),
        rx.el.p("These results are of another text than the one on screen.", class_name="grow"),
        rx.el.button(
            "Run on this one",
            type="button",
            on_click=TestsState.load,
            class_name="button button--small",
        ),
        role="status",
        class_name="notice notice--warn canvas-notice",
    )


def _progress() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.el.span(class_name="dot dot--live"),
            rx.cond(
                TestsState.of > 0,
                rx.fragment("Live test ", TestsState.done + 1, " of ", TestsState.of),
                "Running",
            ),
            role="status",
            class_name="doing",
        ),
        rx.cond(
            TestsState.of > 0,
            rx.el.progress(
                value=TestsState.done, max=TestsState.of, aria_label="Tests that have run"
            ),
        ),
        class_name="tests-progress",
    )


def status_badge(status: Any, words: Any) -> rx.Component:
    """Show how a test ended: never by colour alone."""
    kind = rx.match(
        status,
        ("passed", "badge badge--good"),
        ("failed", "badge badge--bad"),
        ("error", "badge badge--bad"),
        ("stale", "badge badge--warn"),
        "badge",
    )
    return rx.el.span(words, class_name=kind)


def _row(row: TestRow) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            status_badge(row.status, row.words),
            class_name="tests-status",
        ),
        rx.el.div(
            rx.el.button(
                row.name,
                type="button",
                on_click=TestsState.show_test(row.id),
                class_name="tests-name",
            ),
            rx.el.p(
                rx.el.span(row.kind_words),
                rx.cond(row.note != "", rx.el.span(row.note, class_name="tests-note")),
                class_name="list-note",
            ),
            class_name="grow tests-main",
        ),
        rx.el.div(
            _gate(row),
            rx.el.button(
                icon("play", 16),
                type="button",
                aria_label=rx.Var.create(f"Run {row.name}"),
                title="Run it on the text on screen",
                on_click=TestsState.run_one(row.id),
                disabled=TestsState.running != "",
                class_name="button button--quiet button--icon button--small",
            ),
            menu(
                rx.Var.create(f"More about {row.name}"),
                menu_item("pencil", "Edit", on_click=TestFormState.open_test(row.id)),
                menu_item("trash", "Delete", danger=True, on_click=TestsState.ask_delete(row.id)),
            ),
            class_name="row tests-acts",
        ),
        key=row.id,
        class_name="tests-row",
    )


def _gate(row: TestRow) -> rx.Component:
    # Reflex types `on_change` as text, a checkbox gives whether it is set.
    def choose(chosen: Any) -> Any:
        return TestsState.choose_for_gate(chosen, row.id)

    on_change: Any = choose

    return rx.el.label(
        rx.el.input(type="checkbox", checked=row.gating, on_change=on_change),
        rx.el.span("must pass"),
        title="This test must pass before a version goes live, where the agent asks for that",
        class_name="check tests-gate",
    )


def _delete_dialog() -> rx.Component:
    return confirm_dialog(
        rx.el.p("The test goes with everything that came of it. This cannot be undone."),
        is_open=TestsState.deleting != "",
        title=rx.Var.create(f"Delete “{TestsState.deleting_name}”?"),
        label="Delete the test",
        on_confirm=TestsState.delete,
        on_close=TestsState.cancel_delete,
    )
