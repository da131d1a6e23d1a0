"""Conversations of an app's visitors: read while they go on, taken over, searched, kept as tests; and what was not answered."""

from __future__ import annotations

import reflex as rx

from babble_app.components.app_shell import app_shell
from babble_app.components.dialogs import confirm_dialog
from babble_app.components.icons import icon
from babble_app.components.native import download_link
from babble_app.components.parts import empty, how_many, menu, menu_item
from babble_app.components.tab_list import tab, tab_list
from babble_app.components.unanswered_list import unanswered_list
from babble_app.components.visit_list import visit_list
from babble_app.components.visit_talk import visit_talk
from babble_app.states.visit import VisitState
from babble_app.states.visits import VisitsState


@rx.page(
    route="/apps/[app_id]/conversations",
    title="Conversations · Babble",
    on_load=VisitsState.load,
)
@app_shell
def conversations() -> rx.Component:
    """Show the list beside the open conversation, on phones one after the other; or the unanswered questions."""
    return rx.el.div(
        rx.cond(
            VisitsState.status == "missing",
            empty(
                "There is no such app",
                rx.el.p("It was deleted, or the address is not quite right."),
                rx.el.a("All workspaces", href="/", class_name="button"),
            ),
            rx.fragment(
                _head(),
                rx.cond(
                    VisitsState.view == "unanswered",
                    unanswered_list(),
                    rx.el.div(
                        visit_list(),
                        visit_talk(),
                        custom_attrs={
                            "data-open": rx.cond(
                                (VisitState.visit.id != "") | VisitState.missing, "true", "false"
                            )
                        },
                        class_name="visits-panes",
                    ),
                ),
            ),
        ),
        confirm_dialog(
            rx.el.p(
                "This erases all that was said in those that are listed, for the visitors too. It cannot be undone."
            ),
            is_open=VisitsState.erasing > 0,
            title=f"Erase {VisitsState.erasing} conversations?",
            label="Erase",
            on_confirm=VisitsState.erase_all,
            on_close=VisitsState.keep_all,
        ),
        class_name="page page--flush visits",
    )


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.h1(
            rx.el.a(VisitsState.app_name, href=f"/apps/{VisitsState.app}", class_name="link"),
            rx.el.span(" conversations", class_name="visually-hidden"),
            class_name="visits-title truncate",
        ),
        tab_list(
            _tab("talks", "Conversations"),
            _tab("unanswered", "Unanswered"),
            label="What is shown",
            class_name="tabs visits-tabs",
        ),
        menu(
            "More for these conversations",
            _download("jsonl", "Download as JSON"),
            _download("csv", "Download as CSV"),
            rx.cond(
                how_many(VisitsState.rows) > 0,
                menu_item(
                    "trash", "Erase those listed…", danger=True, on_click=VisitsState.ask_erase_all
                ),
            ),
        ),
        class_name="visits-head",
    )


def _tab(name: str, title: str) -> rx.Component:
    return tab(title, selected=VisitsState.view == name, on_click=VisitsState.pick_view(name))


def _download(ending: str, label: str) -> rx.Component:
    return download_link(
        icon("download", 16),
        label,
        href=f"/api/apps/{VisitsState.app}/conversations.{ending}{VisitsState.query}",
        name=f"conversations.{ending}",
        role="menuitem",
        class_name="menu-item",
    )
