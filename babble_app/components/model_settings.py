"""Settings: the default model, and which are asked when it cannot answer."""

from __future__ import annotations

import reflex as rx

from babble_app.components.parts import settings_section
from babble_app.states.settings import Fallback, ModelChoice, SettingsState


def default_model_section() -> rx.Component:
    """Return the section."""
    return settings_section(
        "Default model",
        "Answers in every chat that names no other.",
        rx.el.select(
            rx.el.option(
                rx.cond(
                    SettingsState.server_model != "",
                    f"What this server prefers ({SettingsState.server_model})",
                    "What this server prefers",
                ),
                value="",
            ),
            rx.foreach(SettingsState.choices, model_option),
            # A model that its provider does not list now stays visible as the choice that it is.
            rx.cond(
                SettingsState.default_model != "",
                rx.el.option(
                    SettingsState.default_model, value=SettingsState.default_model, hidden=True
                ),
            ),
            value=SettingsState.default_model,
            on_change=SettingsState.choose_model,
            aria_label="Default model",
            class_name="select",
        ),
        rx.el.fieldset(
            rx.el.legend("If it cannot answer, ask", class_name="field-label"),
            rx.foreach(SettingsState.fallbacks, _fallback),
            class_name="fallbacks",
        ),
    )


def _fallback(row: Fallback) -> rx.Component:
    return rx.el.select(
        rx.el.option(rx.cond(row.number == 0, "nobody else", "then nobody else"), value=""),
        rx.foreach(SettingsState.choices, model_option),
        # As above: it is the choice, whether or not its provider lists it now.
        rx.cond(row.model != "", rx.el.option(row.model, value=row.model, hidden=True)),
        value=row.model,
        on_change=lambda model: SettingsState.choose_fallback(row.number, model),
        aria_label=row.label,
        key=row.number,
        class_name="select",
    )


def model_option(choice: ModelChoice) -> rx.Component:
    """Return a model that can be used now as a choice of a list box."""
    return rx.el.option(choice.title, value=choice.id, key=choice.id)
