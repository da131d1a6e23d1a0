"""A password field that can show what was typed."""

from __future__ import annotations

import reflex as rx

from babble_app.components.local_modules import local_module


class PasswordField(rx.Component):
    """A labelled field; the typed text stays in the browser until its form is sent."""

    library = local_module(__name__, "password_field.jsx")
    tag = "PasswordField"

    label: rx.Var[str]
    name: rx.Var[str]
    auto_complete: rx.Var[str]
    hint: rx.Var[str]
    min_length: rx.Var[int]
    optional: rx.Var[bool]


def password_field(
    label: str,
    name: str,
    auto_complete: str,
    *,
    hint: str = "",
    min_length: int = 0,
    optional: bool = False,
) -> rx.Component:
    """Return the field with its label and hint."""
    return PasswordField.create(
        label=label,
        name=name,
        auto_complete=auto_complete,
        hint=hint,
        min_length=min_length,
        optional=optional,
    )
