"""The dialog in which a function of an app is tried: a form from its schema, and what an agent would read."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.blocked_host import blocked_notice
from babble_app.components.dialogs import modal
from babble_app.components.icons import icon
from babble_app.components.parts import how_many, notice
from babble_app.states.app_tool_trial import ToolTrialState
from babble_app.states.tool_arguments import Argument


def tool_trial() -> rx.Component:
    """Ask what it shall be called with, call it, and show what came of it."""
    return modal(
        rx.el.form(
            rx.el.div(
                blocked_notice(ToolTrialState.blocked_host, ToolTrialState.allow_host),
                rx.cond(ToolTrialState.as_json, _json(), _fields()),
                _outcome(),
                class_name="dialog-body stack",
            ),
            rx.el.div(
                rx.el.button(
                    "Close",
                    type="button",
                    on_click=ToolTrialState.close_trial,
                    class_name="button",
                ),
                rx.el.button(
                    icon("play", 16),
                    rx.cond(ToolTrialState.running, "Calling…", "Call it"),
                    type="submit",
                    disabled=ToolTrialState.running,
                    class_name="button button--primary",
                ),
                class_name="dialog-foot",
            ),
            on_submit=ToolTrialState.call,
            class_name="dialog-form",
        ),
        open=ToolTrialState.open,
        wide=True,
        title=f"Try “{ToolTrialState.name}”",
        on_close=ToolTrialState.close_trial,
    )


def _fields() -> rx.Component:
    return rx.cond(
        how_many(ToolTrialState.arguments) > 0,
        rx.fragment(rx.foreach(ToolTrialState.arguments, _field)),
        rx.el.p("It takes nothing: just call it.", class_name="muted"),
    )


def _field(one: Argument) -> rx.Component:
    props: dict[str, Any] = {"name": f"value-{one.number}"}
    text: dict[str, Any] = {**props, "auto_complete": "off", "max_length": 20_000}
    return rx.el.label(
        rx.el.span(
            rx.el.span(one.name, class_name="mono"),
            rx.cond(one.required, "", " (optional)"),
            class_name="field-label",
        ),
        rx.match(
            one.kind,
            (
                "boolean",
                rx.el.select(
                    rx.cond(one.required, rx.fragment(), rx.el.option("left out", value="")),
                    rx.el.option("yes", value="true"),
                    rx.el.option("no", value="false"),
                    class_name="select",
                    **props,
                ),
            ),
            ("texts", rx.el.textarea(rows="3", class_name="textarea", **text)),
            ("string", rx.el.input(class_name="input", **text)),
            rx.el.input(input_mode="decimal", class_name="input", **text),
        ),
        rx.el.span(
            one.note,
            rx.cond(one.kind == "texts", " One text a line.", ""),
            class_name="field-hint",
        ),
        key=one.number,
        class_name="field",
    )


def _json() -> rx.Component:
    return rx.el.label(
        rx.el.span("Arguments, as JSON", class_name="field-label"),
        rx.el.textarea(
            name="arguments",
            default_value="{}",
            rows="6",
            spell_check=False,
            class_name="textarea mono",
        ),
        class_name="field",
    )


def _outcome() -> rx.Component:
    return rx.el.div(
        rx.cond(
            ToolTrialState.problem != "",
            notice(
                "bad",
                rx.cond(
                    ToolTrialState.took != "",
                    rx.el.p("It failed after ", ToolTrialState.took, ". The agent would be told:"),
                ),
                rx.el.p(ToolTrialState.problem, class_name="tool-failure"),
            ),
        ),
        rx.cond(
            ToolTrialState.answered,
            rx.el.div(
                rx.el.div(
                    rx.el.p("What the agent reads", class_name="field-label grow"),
                    rx.el.span(ToolTrialState.took, class_name="badge badge--good"),
                    class_name="snippet-head",
                ),
                rx.el.pre(
                    rx.cond(ToolTrialState.answer != "", ToolTrialState.answer, "(nothing)"),
                    tab_index=0,
                    class_name="snippet-text tool-answer",
                ),
                class_name="snippet",
            ),
        ),
        role="status",
    )
