"""The dialog in which tests are taken in from a file."""

from __future__ import annotations

import reflex as rx

from babble_app.components.dialogs import modal
from babble_app.states.test_suite import SuiteState


def import_dialog() -> rx.Component:
    """Ask."""
    return modal(open=SuiteState.importing, title="Import tests", on_close=SuiteState.close_import)
