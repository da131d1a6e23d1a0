"""What answers the next message: the chat's kind of work, and the model where one is chosen."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.popover import popover
from babble_app.states.choices import ChoicesState, Kind, ModelChoice


def kind_picker() -> rx.Component:
    """Say what the chat is for, and pick something else."""
    return popover(
        rx.el.fieldset(
            rx.el.legend("Kind of work", class_name="field-label"),
            rx.foreach(ChoicesState.kinds, _kind),
            class_name="kinds",
        ),
        rx.el.div(
            rx.el.p(_who_answers(), role="status", class_name="kinds-note"),
            rx.el.a(
                "Make one of your own in Settings",
                href="/settings/#kinds-of-work",
                class_name="link",
            ),
            class_name="kinds-foot",
        ),
        label=rx.cond(ChoicesState.kind.id == "", "Kind of work", ChoicesState.kind.name),
        title="Kind of work",
        side="top",
    )


def _kind(kind: Kind) -> rx.Component:
    def pick(_: Any) -> Any:
        return ChoicesState.pick_profile(kind.id)

    return rx.el.label(
        rx.el.input(
            type="radio",
            name="kind-of-work",
            value=kind.id,
            checked=ChoicesState.kind.id == kind.id,
            on_change=pick,
        ),
        rx.el.span(
            rx.el.span(kind.name, class_name="list-title"),
            rx.el.span(kind.description, class_name="faint"),
            class_name="grow",
        ),
        class_name="check",
        key=kind.id,
    )


def _who_answers() -> Any:
    """Say in a sentence who will answer, and why."""
    kind = ChoicesState.kind
    by = rx.cond(kind.prefers != "", f" by {kind.prefers}", "")
    return rx.match(
        kind.makes,
        ("image", f"Every message becomes a picture{by}, whichever model is chosen beside."),
        ("video", f"Every message becomes a video{by}, whichever model is chosen beside."),
        rx.cond(
            ChoicesState.model != "",
            f"The chosen model ({ChoicesState.model}) answers; the kind of work still sets its tools.",
            rx.cond(
                kind.prefers != "",
                f"The first that is set up here answers: {kind.prefers}, else your default.",
                "Your default model answers.",
            ),
        ),
    )


def model_picker() -> rx.Component:
    """Let the kind of work decide, or choose the model."""
    return rx.el.select(
        rx.el.option(_nobody_chosen(), value=""),
        rx.foreach(ChoicesState.models, _model),
        value=ChoicesState.model,
        on_change=ChoicesState.pick_model,
        aria_label="Model",
        title="Model for the next message",
        class_name="select composer-select",
    )


def _nobody_chosen() -> Any:
    kind = ChoicesState.kind
    return rx.match(
        kind.makes,
        ("image", "Picture models"),
        ("video", "Video models"),
        rx.cond(
            kind.prefers != "",
            "Its own models",
            f"Default ({ChoicesState.default_model})",
        ),
    )


def _model(choice: ModelChoice) -> rx.Component:
    return rx.el.option(choice.title, value=choice.id)
