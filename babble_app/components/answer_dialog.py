"""The dialog in which a recorded answer is changed."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.dialogs import dialog_foot, modal
from babble_app.components.mock_list import field
from babble_app.states.answers import AnswerState
from babble_app.states.testing_views import Named


def answer_dialog() -> rx.Component:
    """Ask for another answer, and play the conversation again with it."""
    return modal(
        rx.el.form(
            rx.el.div(
                rx.cond(
                    AnswerState.asked != "",
                    rx.el.p(AnswerState.asked, class_name="muted answer-asked"),
                ),
                rx.cond(AnswerState.choices, _choice()),
                rx.cond(
                    (AnswerState.kind == "http") & (AnswerState.choice == "answer"),
                    field(
                        "Status",
                        rx.el.input(
                            name="status", default_value=AnswerState.status, class_name="input"
                        ),
                    ),
                ),
                field(
                    rx.cond(_leaves(), "Arguments, as JSON", "Answer"),
                    rx.el.textarea(
                        name="text",
                        key=AnswerState.choice,
                        default_value=AnswerState.text,
                        rows="7",
                        class_name=rx.cond(_is_json(), "textarea mono", "textarea"),
                    ),
                ),
                rx.el.p(
                    "The answers after it are given again as far as they still fit.",
                    class_name="field-hint",
                ),
                rx.cond(
                    AnswerState.problem != "",
                    rx.el.p(AnswerState.problem, role="alert", class_name="field-error"),
                ),
                class_name="dialog-body stack",
            ),
            dialog_foot(AnswerState.close_answer, "Replay with it", type="submit"),
            on_submit=AnswerState.save_answer,
        ),
        open=AnswerState.open,
        title="Change the answer",
        on_close=AnswerState.close_answer,
    )


def _is_json() -> Any:
    plain: Any = rx.Var.create(["user", "summarize", "rephrase", "reply", "failure"])
    return ~(plain.contains(AnswerState.kind) | plain.contains(AnswerState.choice))


def _leaves() -> Any:
    """Whether the model chooses an exit."""
    replies: Any = AnswerState.choice == "reply"
    return (AnswerState.kind == "talk") & ~replies


def _choice() -> rx.Component:
    return field(
        rx.cond(AnswerState.kind == "talk", "The agent", "The call"),
        rx.el.select(
            rx.foreach(AnswerState.choices, _option),
            value=AnswerState.choice,
            on_change=AnswerState.choose,
            class_name="select",
        ),
    )


def _option(choice: Named) -> rx.Component:
    return rx.el.option(choice.value, value=choice.name)
