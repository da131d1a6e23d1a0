"""The dialog that makes a test of a conversation."""

from __future__ import annotations

import reflex as rx

from babble_app.components.dialogs import name_dialog
from babble_app.states.keeping import KeepState


def keep_dialog() -> rx.Component:
    """Ask for the test's name."""
    return name_dialog(
        rx.el.p(
            "What you said, what the model answered and what came of it is kept. The test runs by itself on every new "
            "version, without asking a model: it fails when the agent does anything else.",
            class_name="field-hint",
        ),
        is_open=KeepState.open,
        title="Keep as test",
        field_label="Name",
        label="Keep as test",
        value=KeepState.suggestion,
        problem=KeepState.problem,
        on_submit=KeepState.keep_test,
        on_close=KeepState.cancel,
    )
