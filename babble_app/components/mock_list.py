"""The mocks: what answers a program's network calls and actions in a test conversation."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.dialogs import dialog_foot, modal
from babble_app.components.icons import icon
from babble_app.components.parts import how_many
from babble_app.states.mocks import METHODS, MockRow, MocksState
from babble_app.states.testing import TestState


def mock_list() -> rx.Component:
    """Show the mocks in the order in which they are asked."""
    return rx.el.div(
        rx.el.div(
            rx.el.p(
                "The first that fits a call answers it; what none fits gets ",
                rx.el.code('{"ok": true, "mock": true}'),
                ".",
                class_name="muted grow",
            ),
            rx.el.button(
                icon("plus", 16),
                "Add a mock",
                type="button",
                on_click=MocksState.open_mock(-1),
                class_name="button button--small",
            ),
            class_name="row row--wrap",
        ),
        rx.cond(
            how_many(MocksState.rows) > 0,
            rx.el.ol(rx.foreach(MocksState.rows, _row), class_name="mocks", aria_label="Mocks"),
            rx.el.p(
                "No mocks yet. A program that calls ",
                rx.el.code("requests.get(...)"),
                " or ",
                rx.el.code("integrations.…"),
                " never reaches the network here: say what it gets instead.",
                class_name="faint",
            ),
        ),
        rx.cond(
            (TestState.session != "") & (how_many(MocksState.rows) > 0),
            rx.el.div(
                rx.el.p("They hold from the next call on.", class_name="faint grow"),
                rx.el.button(
                    icon("refresh", 16),
                    "Replay with these mocks",
                    type="button",
                    on_click=[TestState.replay, TestState.pick_view("talk")],
                    disabled=TestState.busy,
                    class_name="button button--small",
                ),
                class_name="row row--wrap",
            ),
        ),
        _dialog(),
        class_name="inside",
    )


def _row(row: MockRow) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(row.title, class_name="mono mock-call"),
            rx.el.p(row.answer, class_name="mono mock-answer"),
            class_name="grow",
        ),
        rx.el.div(
            rx.cond(
                row.number > 0,
                _act("arrow-up", "Ask it earlier", MocksState.raise_mock(row.number)),
            ),
            _act("pencil", "Edit the mock", MocksState.open_mock(row.number)),
            _act("trash", "Delete the mock", MocksState.delete_mock(row.number)),
            class_name="row mock-acts",
        ),
        key=row.number,
    )


def _act(name: str, label: str, event: Any) -> rx.Component:
    return rx.el.button(
        icon(name, 16),
        type="button",
        aria_label=label,
        title=label,
        on_click=event,
        class_name="button button--quiet button--icon button--small",
    )


def _dialog() -> rx.Component:
    choose: Any = MocksState.pick_failure
    return modal(
        rx.el.form(
            rx.el.div(
                _choice(
                    "What is mocked",
                    MocksState.kind,
                    (("http", "A network call"), ("action", "An action")),
                    MocksState.pick_kind,
                ),
                rx.cond(MocksState.kind == "action", _action_fields(), _call_fields()),
                rx.el.label(
                    rx.el.input(
                        type="checkbox",
                        checked=MocksState.fails,
                        on_change=choose,
                    ),
                    rx.el.span("The call fails"),
                    class_name="check",
                ),
                rx.cond(MocksState.fails, _error_field(), _answer_fields()),
                rx.cond(
                    MocksState.problem != "",
                    rx.el.p(MocksState.problem, role="alert", class_name="field-error"),
                ),
                class_name="dialog-body stack",
            ),
            dialog_foot(MocksState.close_mock, "Save the mock", type="submit"),
            on_submit=MocksState.save_mock,
        ),
        open=MocksState.editing,
        title=rx.cond(MocksState.draft.number < 0, "New mock", "Edit the mock"),
        on_close=MocksState.close_mock,
    )


def _choice(label: str, value: Any, options: tuple[tuple[str, str], ...], event: Any) -> Any:
    return rx.el.div(
        *[
            rx.el.button(
                title,
                type="button",
                aria_pressed=value == name,
                on_click=event(name),
                class_name="segmented-option",
            )
            for name, title in options
        ],
        role="group",
        aria_label=label,
        class_name="segmented",
    )


def field(label: Any, control: rx.Component, hint: Any = "") -> rx.Component:
    """Return a control with its label, and a hint below it."""
    return rx.el.label(
        rx.el.span(label, class_name="field-label"),
        control,
        rx.el.span(hint, class_name="field-hint") if hint else rx.fragment(),
        class_name="field",
    )


def _call_fields() -> rx.Component:
    return rx.fragment(
        field(
            "Method",
            rx.el.select(
                *[rx.el.option(name or "Any", value=name) for name in METHODS],
                name="method",
                default_value=MocksState.draft.method,
                class_name="select",
            ),
        ),
        field(
            "Address",
            _input("url", MocksState.draft.url, "https://shop.example/*"),
            "With * for any characters; empty: any address.",
        ),
    )


def _action_fields() -> rx.Component:
    return field(
        "Name",
        _input("name", MocksState.draft.name, "integrations.slack.*"),
        "With * for any characters; empty: any action.",
    )


def _answer_fields() -> rx.Component:
    return rx.fragment(
        rx.cond(
            MocksState.kind == "http",
            field("Status", _input("status", MocksState.draft.status, "200")),
        ),
        field(
            "Answer",
            rx.el.textarea(
                name="body",
                default_value=MocksState.draft.body,
                rows="6",
                spell_check=False,
                class_name="textarea mono",
            ),
            'JSON, as {"in_stock": 3}.',
        ),
    )


def _error_field() -> rx.Component:
    return field("How it fails", _input("error", MocksState.draft.error, "connection refused"))


def _input(name: str, value: Any, placeholder: str) -> rx.Component:
    return rx.el.input(
        name=name,
        default_value=value,
        placeholder=placeholder,
        auto_complete="off",
        class_name="input",
    )
