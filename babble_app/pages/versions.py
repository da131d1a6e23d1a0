"""The history of an agent: all its versions, the difference between any two, and going back to one."""

from __future__ import annotations

import reflex as rx

from babble_app.components.app_shell import app_shell
from babble_app.components.comparison import comparison
from babble_app.components.parts import empty, problem_text, skeleton_list
from babble_app.components.publish_bar import publish_bar
from babble_app.components.version_details import version_details
from babble_app.components.version_list import revert_dialog, version_list
from babble_app.states.version_dialogs import CLOSE_VERSION_DIALOGS
from babble_app.states.versions import VersionsState


@rx.page(
    route="/agent/[agent_id]/versions",
    title="Versions · Babble",
    on_load=[VersionsState.load, *CLOSE_VERSION_DIALOGS],
)
@app_shell
def versions() -> rx.Component:
    """Show the history of the agent that the address names."""
    return rx.el.div(
        rx.match(
            VersionsState.status,
            ("ready", _history()),
            ("missing", _missing()),
            rx.el.div(skeleton_list(), class_name="page"),
        ),
        class_name="page page--flush",
    )


def _history() -> rx.Component:
    return rx.el.div(
        rx.el.section(
            rx.el.h1(VersionsState.agent_name, class_name="page-title history-title"),
            publish_bar(),
            problem_text(VersionsState.problem),
            version_list(in_canvas=False),
            class_name="history-list",
        ),
        rx.el.section(
            comparison(VersionsState.restore), aria_label="Difference", class_name="history-diff"
        ),
        revert_dialog(VersionsState.revert),
        version_details(),
        class_name="history",
    )


def _missing() -> rx.Component:
    return rx.el.div(
        empty(
            "This agent does not exist",
            rx.el.p("It was deleted, or the address belongs to somebody else's agent."),
            rx.el.a("Go to your workspaces", href="/", class_name="button button--primary"),
        ),
        class_name="page",
    )
