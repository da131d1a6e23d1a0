"""The dialog in which tests are taken in from a file."""

from __future__ import annotations

import reflex as rx

from babble_app.components.dialogs import modal
from babble_app.components.text_file import text_file
from babble_app.states.test_suite import MAX_CHARS, SuiteState


def import_dialog() -> rx.Component:
    """Ask for a file, or for its text."""
    return modal(
        rx.el.form(
            rx.el.div(
                rx.el.p(
                    "Tests that were exported from an agent are added; one with the name of another takes its place.",
                    class_name="muted",
                ),
                text_file(
                    label="Choose a YAML file",
                    accept=".yaml,.yml,text/yaml",
                    max_chars=MAX_CHARS,
                    on_text=SuiteState.take_file,
                ),
                rx.el.label(
                    rx.el.span("Or paste its text", class_name="field-label"),
                    rx.el.textarea(
                        name="text",
                        key=SuiteState.chosen,
                        default_value=SuiteState.text,
                        rows="10",
                        spell_check=False,
                        class_name="textarea mono",
                    ),
                    class_name="field",
                ),
                rx.cond(
                    SuiteState.problem != "",
                    rx.el.p(SuiteState.problem, role="alert", class_name="field-error"),
                ),
                class_name="dialog-body stack",
            ),
            rx.el.div(
                rx.el.button(
                    "Cancel", type="button", on_click=SuiteState.close_import, class_name="button"
                ),
                rx.el.button(
                    "Import",
                    type="submit",
                    disabled=SuiteState.busy,
                    class_name="button button--primary",
                ),
                class_name="dialog-foot",
            ),
            on_submit=SuiteState.import_tests,
            class_name="dialog-form",
        ),
        open=SuiteState.importing,
        wide=True,
        title="Import tests",
        on_close=SuiteState.close_import,
    )
