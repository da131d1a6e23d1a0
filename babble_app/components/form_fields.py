"""A labelled field with its hint, or with what is wrong with it."""

from __future__ import annotations

from typing import Any

import reflex as rx


def text_field(
    label: Any,
    name: Any,
    value: Any,
    problems: Any,
    *,
    hint: Any = "",
    rows: int = 0,
    **props: Any,
) -> rx.Component:
    """Return a field of one line, or of several; `problems` holds what is wrong by the fields' names."""
    common: dict[str, Any] = {
        "name": name,
        "default_value": value,
        "auto_complete": "off",
        "aria_invalid": problems.contains(name),
        **props,
    }
    control = (
        rx.el.textarea(rows=str(rows), class_name="textarea", **common)
        if rows
        else rx.el.input(class_name="input", **common)
    )
    return field(label, name, control, problems, hint=hint)


def field(
    label: Any, name: Any, control: rx.Component, problems: Any, *, hint: Any = ""
) -> rx.Component:
    """Return any control with its label and its hint, or with what is wrong."""
    return rx.el.label(
        rx.el.span(label, class_name="field-label"),
        control,
        rx.cond(
            problems.contains(name),
            rx.el.span(problems[name], role="alert", class_name="field-error"),
            rx.cond(hint != "", rx.el.span(hint, class_name="field-hint")),
        ),
        class_name="field",
    )
