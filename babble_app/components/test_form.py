"""The dialog in which a test is written or changed."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.dialogs import dialog_foot, modal
from babble_app.components.icons import icon
from babble_app.components.mock_list import field
from babble_app.states.test_form import ASSERTIONS, KIND_CHOICES, AssertionRow, TestFormState


def test_form() -> rx.Component:
    """Ask what the user says and what must come of it."""
    return modal(
        rx.el.form(
            rx.el.div(
                _input("Name", "name", TestFormState.name),
                rx.cond(TestFormState.id == "", _kinds()),
                rx.match(
                    TestFormState.kind,
                    ("persona", _persona_fields()),
                    _turns_field(),
                ),
                rx.cond(TestFormState.kind == "replay", _exact(), _runs_fields()),
                _assertions(),
                rx.cond(
                    TestFormState.problem != "",
                    rx.el.p(TestFormState.problem, role="alert", class_name="field-error"),
                ),
                class_name="dialog-body stack",
            ),
            dialog_foot(
                TestFormState.close_form, "Save", type="submit", disabled=TestFormState.busy
            ),
            on_submit=TestFormState.save_test,
            class_name="dialog-form",
        ),
        open=TestFormState.open,
        wide=True,
        title=rx.cond(TestFormState.id == "", "New test", "Edit the test"),
        on_close=TestFormState.close_form,
    )


test_form.__test__ = False  # pyright: ignore[reportFunctionMemberAccess]  # no test


def _kinds() -> rx.Component:
    def kind(name: str, words: str) -> rx.Component:
        def pick(_: Any) -> Any:
            return TestFormState.pick_kind(name)

        return rx.el.label(
            rx.el.input(
                type="radio",
                name="kind",
                value=name,
                checked=TestFormState.kind == name,
                on_change=pick,
            ),
            rx.el.span(words),
            class_name="check",
        )

    return rx.el.fieldset(
        rx.el.legend("Kind", class_name="field-label"),
        *[kind(name, words) for name, words in KIND_CHOICES],
        class_name="stack stack--tight tests-kinds",
    )


def _turns_field() -> rx.Component:
    return field(
        "What the user says",
        _area("turns", TestFormState.turns, "Hello\nTwo apple cakes, please\nNo, that is all", 4),
        "One message a line, in order.",
    )


def _persona_fields() -> rx.Component:
    return rx.fragment(
        field(
            "Who the user is",
            _area("persona", TestFormState.persona, "In a hurry, answers in few words.", 2),
        ),
        field(
            "What the user wants",
            _area("goal", TestFormState.goal, "Order two apple cakes for Friday.", 2),
        ),
        _input("Most messages", "max_turns", TestFormState.max_turns),
    )


def _runs_fields() -> rx.Component:
    return rx.el.div(
        _input("Runs", "runs", TestFormState.runs, "How often it is tried, at most 10"),
        _input("k", "k", TestFormState.k, "How many runs in a row must pass"),
        _input(
            "Tolerance",
            "tolerance",
            TestFormState.tolerance,
            "0: always; 0.2: four times of five are enough",
        ),
        class_name="tests-figures",
    )


def _exact() -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", name="exact", default_checked=TestFormState.exact),
        rx.el.span(
            "Exact: whatever is not as recorded fails the test. Otherwise what is listed below decides."
        ),
        class_name="check",
    )


def _assertions() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("What must be so", class_name="field-label"),
        rx.foreach(TestFormState.assertions, _assertion),
        rx.el.button(
            icon("plus", 16),
            "Add",
            type="button",
            on_click=TestFormState.add_assertion,
            class_name="button button--small",
        ),
        class_name="stack stack--tight tests-assertions",
    )


def _assertion(row: AssertionRow) -> rx.Component:
    def pick(value: Any) -> Any:
        return TestFormState.pick_assertion(value, row.number)

    named = rx.Var.create(["extract", "action", "variable"]).contains(row.kind)
    example: Any = rx.match(
        row.kind,
        ("conditions", "one exit a line"),
        ("reaches", "one exit a line"),
        ("extract", 'JSON: "apple", 2, {"day": "Friday"}'),
        ("action", "JSON of the arguments; empty for any"),
        ("status", "finished, done, transferred, waiting"),
        ("outcome", "The order was repeated before the goodbye."),
        "",
    )
    return rx.el.div(
        rx.el.select(
            *[rx.el.option(words, value=kind) for kind, words in ASSERTIONS.items()],
            value=row.kind,
            on_change=pick,
            aria_label="What is looked at",
            class_name="select",
        ),
        rx.cond(
            named,
            rx.el.input(
                name=rx.Var.create(f"name-{row.number}"),
                default_value=row.name,
                placeholder="name",
                aria_label="Its name",
                auto_complete="off",
                class_name="input",
            ),
        ),
        rx.el.textarea(
            name=rx.Var.create(f"value-{row.number}"),
            default_value=row.value,
            placeholder=example,
            aria_label="What it must be",
            rows="1",
            class_name="textarea",
        ),
        rx.el.button(
            icon("x", 16),
            type="button",
            aria_label="Remove",
            on_click=TestFormState.drop_assertion(row.number),
            class_name="button button--quiet button--icon button--small",
        ),
        key=row.number,
        class_name="tests-assertion",
    )


def _input(label: str, name: str, value: Any, hint: str = "") -> rx.Component:
    return field(
        label,
        rx.el.input(name=name, default_value=value, auto_complete="off", class_name="input"),
        hint,
    )


def _area(name: str, value: Any, placeholder: str, rows: int) -> rx.Component:
    return rx.el.textarea(
        name=name,
        default_value=value,
        placeholder=placeholder,
        rows=str(rows),
        class_name="textarea",
    )
