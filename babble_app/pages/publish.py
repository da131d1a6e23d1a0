"""One app's page: its tabs, pausing, renaming, deleting."""

from __future__ import annotations

import reflex as rx

from babble_app.components import app_tabs
from babble_app.components.app_shell import app_shell
from babble_app.components.app_tab import AppTab
from babble_app.components.dialogs import confirm_dialog, name_dialog
from babble_app.components.icons import icon
from babble_app.components.parts import empty, menu, menu_item, notice, skeleton_list
from babble_app.components.tab_list import tab, tab_list
from babble_app.discovery import declared
from babble_app.states.app_page import FIRST_TAB, AppState

TABS = sorted(declared(app_tabs, "TAB", AppTab), key=lambda one: one.place)


@rx.page(
    route="/apps/[app_id]",
    title="Publish · Babble",
    on_load=[AppState.load, *(event for one in TABS for event in one.on_load)],
)
@app_shell
def publish() -> rx.Component:
    """Show the app that the address names."""
    return rx.el.div(
        rx.match(
            AppState.status,
            ("ready", _app()),
            ("missing", _missing()),
            skeleton_list(),
        ),
        class_name="page app-page",
    )


def _app() -> rx.Component:
    panels = [(one.name, _panel(one)) for one in TABS]
    first = next(panel for name, panel in panels if name == FIRST_TAB)
    return rx.fragment(
        _head(),
        rx.cond(
            AppState.app.paused,
            notice("warn", "Paused: visitors are told to come back later, and nothing is asked."),
        ),
        tab_list(
            *[_tab(one) for one in TABS], label="Parts of the app", class_name="tabs app-tabs"
        ),
        rx.match(AppState.tab, *panels, first),
        _rename_dialog(),
        _delete_dialog(),
    )


def _tab(one: AppTab) -> rx.Component:
    return tab(
        one.title,
        selected=AppState.tab == one.name,
        on_click=[AppState.pick_tab(one.name), *one.on_load],
    )


def _panel(one: AppTab) -> rx.Component:
    return rx.el.div(one.panel(), role="tabpanel", aria_label=one.title)


def _head() -> rx.Component:
    app = AppState.app
    return rx.el.div(
        rx.el.div(
            rx.el.h1(app.name, class_name="page-title"),
            rx.el.p(
                rx.cond(
                    app.agent != "",
                    rx.fragment(
                        "Agent ",
                        rx.el.a(
                            app.agent_name, href=f"/agent/{app.agent}/versions", class_name="link"
                        ),
                    ),
                    "The plain assistant",
                ),
                class_name="page-note",
            ),
        ),
        rx.el.div(
            rx.el.a(
                icon("chat", 16),
                "Conversations",
                href=f"/apps/{app.id}/conversations",
                class_name="button",
            ),
            rx.el.a(
                icon("external", 16),
                "Open",
                href=f"/embed/{app.slug}",
                target="_blank",
                class_name="button",
                title="What visitors see, in a tab of its own",
            ),
            rx.cond(
                app.paused,
                rx.el.button(
                    icon("play", 16),
                    "Resume",
                    type="button",
                    on_click=AppState.resume,
                    class_name="button button--primary",
                ),
                rx.el.button(
                    icon("pause", 16),
                    "Pause",
                    type="button",
                    on_click=AppState.pause,
                    class_name="button",
                ),
            ),
            menu(
                "More for this app",
                menu_item("pencil", "Rename", on_click=AppState.open_dialog("rename")),
                menu_item("trash", "Delete…", danger=True, on_click=AppState.open_dialog("delete")),
                trigger_class="button button--icon",
            ),
            class_name="row row--wrap",
        ),
        class_name="page-head",
    )


def _missing() -> rx.Component:
    return empty(
        "There is no such app",
        rx.el.p("It was deleted, or the address is not quite right."),
        rx.el.a("All apps", href="/apps/", class_name="button"),
    )


def _rename_dialog() -> rx.Component:
    return name_dialog(
        is_open=AppState.dialog == "rename",
        title="Rename the app",
        field_label="Name",
        label="Rename",
        value=AppState.app.name,
        problem=AppState.problem,
        on_submit=AppState.rename,
        on_close=AppState.close_dialog,
    )


def _delete_dialog() -> rx.Component:
    return confirm_dialog(
        rx.el.p(
            "This deletes ",
            rx.el.strong(AppState.app.contents),
            ". Pages that show it will show nothing. Its agent stays. It cannot be undone.",
        ),
        is_open=AppState.dialog == "delete",
        title=f"Delete “{AppState.app.name}”?",
        label="Delete everything",
        on_confirm=AppState.delete,
        on_close=AppState.close_dialog,
    )
