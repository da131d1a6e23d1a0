"""The functions of an app that are HTTP calls: the list, and the dialogs over it."""

from __future__ import annotations

import reflex as rx

from babble_app.components.blocked_host import blocked_notice
from babble_app.components.dialogs import confirm_dialog
from babble_app.components.icons import icon
from babble_app.components.parts import empty, how_many, menu, menu_item, skeleton_list
from babble_app.components.tool_form import tool_form
from babble_app.components.tool_trial import tool_trial
from babble_app.states.app_tool_form import ToolFormState
from babble_app.states.app_tool_trial import ToolTrialState
from babble_app.states.app_tools import ToolRow, ToolsState


def tools_section() -> rx.Component:
    """Return the section with its dialogs."""
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2("HTTP tools", class_name="section-title"),
                rx.el.p(
                    "What the agent can look up or do at a server of yours, when a visitor's question needs it.",
                    class_name="section-note",
                ),
            ),
            rx.cond(how_many(ToolsState.rows) > 0, _new_button()),
            class_name="section-head",
        ),
        rx.cond(
            ToolsState.loaded,
            rx.cond(
                how_many(ToolsState.rows) > 0,
                rx.el.ul(
                    rx.foreach(ToolsState.rows, _row), aria_label="HTTP tools", class_name="list"
                ),
                _empty(),
            ),
            skeleton_list(1),
        ),
        tool_form(),
        tool_trial(),
        _remove_dialog(),
        class_name="section",
    )


def _new_button() -> rx.Component:
    return rx.el.button(
        icon("plus"),
        "Add a tool",
        type="button",
        on_click=ToolFormState.open_new,
        class_name="button button--primary",
    )


def _empty() -> rx.Component:
    return empty(
        "Let the agent look things up",
        rx.el.p(
            "A tool is an address of an API with a name, what it is for, and what it takes. The agent decides when to call it and"
            " tells the visitor what came of it: how many are in stock, where a parcel is, a ticket that was opened."
        ),
        rx.el.p(
            "Keys go into secret headers: they are encrypted, and neither you nor the model sees them again. You can try each"
            " tool here before a visitor does."
        ),
        _new_button(),
    )


def _row(row: ToolRow) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            icon("settings"),
            rx.el.div(
                rx.el.span(row.name, class_name="list-title mono"),
                rx.cond(row.description != "", rx.el.p(row.description, class_name="tool-words")),
                rx.el.span(
                    rx.el.code(row.method, " ", row.url, class_name="mono tool-url"),
                    rx.cond(row.takes != "", rx.el.span("takes ", row.takes)),
                    rx.cond(row.secrets != "", rx.el.span("secret: ", row.secrets)),
                    class_name="list-note tool-note",
                ),
                class_name="list-main",
            ),
            rx.el.div(
                rx.el.button(
                    icon("play", 16),
                    "Try",
                    rx.el.span(" ", row.name, class_name="visually-hidden"),
                    type="button",
                    on_click=ToolTrialState.open_trial(row.name),
                    class_name="button button--small",
                ),
                menu(
                    f"More for {row.name}",
                    menu_item("pencil", "Edit", on_click=ToolFormState.open_tool(row.name)),
                    menu_item(
                        "trash", "Remove…", danger=True, on_click=ToolsState.ask_removal(row.name)
                    ),
                ),
                class_name="list-actions",
            ),
            class_name="tool-head",
        ),
        blocked_notice(row.blocked_host, ToolsState.allow_host(row.blocked_host)),
        key=row.name,
        class_name="tool",
    )


def _remove_dialog() -> rx.Component:
    return confirm_dialog(
        rx.el.p(
            "The agent can no longer call ",
            rx.el.code(ToolsState.chosen.name, class_name="mono"),
            ". Its description and the values of its secret headers are deleted.",
        ),
        is_open=ToolsState.asks_removal,
        title=f"Remove “{ToolsState.chosen.name}”?",
        label="Remove",
        on_confirm=ToolsState.remove,
        on_close=ToolsState.cancel_removal,
    )
