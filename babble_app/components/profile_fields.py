"""The fields of the form of a kind of work, each with what is wrong with it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.states.profile_form import ProfileFormState


def text_field(
    label: str, name: str, value: Any, *, hint: str = "", rows: int = 0, **props: Any
) -> rx.Component:
    """Return a field with its hint, and with what is wrong with it."""
    common: dict[str, Any] = {
        "name": name,
        "default_value": value,
        "auto_complete": "off",
        "aria_invalid": is_wrong(name),
        **props,
    }
    control = (
        rx.el.textarea(rows=str(rows), class_name="textarea", **common)
        if rows
        else rx.el.input(class_name="input", **common)
    )
    return rx.el.label(
        rx.el.span(label, class_name="field-label"),
        control,
        rx.cond(
            is_wrong(name),
            problem_of(name),
            rx.el.span(hint, class_name="field-hint") if hint else rx.fragment(),
        ),
        class_name="field",
    )


def is_wrong(name: str) -> Any:
    """Tell whether something is wrong with the field."""
    problems: Any = ProfileFormState.problems
    return problems.contains(name)


def problem_of(name: str) -> rx.Component:
    """Say what is wrong with it, if anything."""
    return rx.cond(
        is_wrong(name),
        rx.el.span(ProfileFormState.problems[name], role="alert", class_name="field-error"),
    )


def check(name: str, value: Any, title: str, words: str, *more: rx.Component) -> rx.Component:
    """Return a box to tick, with what it means."""
    return rx.el.label(
        rx.el.input(type="checkbox", name=name, default_checked=value),
        rx.el.span(
            rx.el.span(title, class_name="list-title"),
            rx.el.span(words, class_name="field-hint"),
            *more,
            class_name="grow kind-check",
        ),
        class_name="check",
    )
