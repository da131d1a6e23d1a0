"""The frame around every page that needs a login: sidebar (a drawer on phones), top bar, toasts, skip link."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import reflex as rx

from babble_app.components.drawer import drawer
from babble_app.components.icons import brand_mark, icon
from babble_app.components.native import jump_link, native_form
from babble_app.components.parts import ThemeSync, Toaster, how_many
from babble_app.states.shell import ChatLink, ShellState
from babble_app.states.toasts import ToastState


def app_shell(page: Callable[[], rx.Component]) -> Callable[[], rx.Component]:
    """Put the page, an element of class `page`, into the frame."""

    @wraps(page)
    def framed() -> rx.Component:
        return rx.el.div(
            jump_link("Skip to content", to="main", class_name="skip-link"),
            _sidebar(),
            rx.el.div(
                _topbar(),
                _budget_line(),
                rx.el.main(page(), id="main", tab_index=-1, class_name="main"),
                class_name="stage",
            ),
            ThemeSync.create(theme=ShellState.theme),
            Toaster.create(toasts=ToastState.toasts, on_dismiss=ToastState.dismiss),
            class_name="shell",
        )

    return framed


def _sidebar() -> rx.Component:
    return drawer(
        rx.el.div(
            rx.el.a(brand_mark(), "Babble", href="/", class_name="brand"),
            rx.el.button(
                icon("x"),
                type="button",
                aria_label="Close the menu",
                custom_attrs={"popoverTarget": "sidebar", "popoverTargetAction": "hide"},
                class_name="button button--quiet button--icon sidebar-close",
            ),
            class_name="sidebar-head",
        ),
        rx.el.nav(
            rx.el.ul(
                rx.el.li(_link("folder", "Workspaces", "/", ShellState.router.url.path == "/")),
                rx.el.li(
                    _link("globe", "Apps", "/apps/", ShellState.router.url.path.startswith("/apps"))
                ),
                class_name="sidebar-list",
            ),
            rx.cond(ShellState.waiting > 0, _waiting_link()),
            rx.cond(ShellState.here_workspace_id != "", _workspace_links()),
            aria_label="Main",
            class_name="sidebar-scroll",
        ),
        _foot(),
        class_name="sidebar",
        id="sidebar",
    )


def _waiting_link() -> rx.Component:
    """Lead to the visitors who wait for a person."""
    return rx.el.ul(
        rx.el.li(
            rx.el.a(
                icon("agent"),
                rx.el.span("Waiting for a person", class_name="truncate grow"),
                rx.el.span(ShellState.waiting, class_name="badge badge--warn"),
                href=ShellState.waiting_href,
                class_name="sidebar-link",
            )
        ),
        class_name="sidebar-list",
    )


def _workspace_links() -> rx.Component:
    home = f"/workspace/{ShellState.here_workspace_id}"
    return rx.fragment(
        rx.el.div("Workspace", class_name="sidebar-title"),
        rx.el.ul(
            rx.el.li(
                _link(
                    "files",
                    rx.el.span(ShellState.here_workspace_name, class_name="truncate"),
                    home,
                    ShellState.router.url.path.contains(home),
                )
            ),
            class_name="sidebar-list",
        ),
        rx.el.div("Chats", class_name="sidebar-title"),
        rx.cond(
            how_many(ShellState.chat_links) > 0,
            rx.el.ul(rx.foreach(ShellState.chat_links, _chat_link), class_name="sidebar-list"),
            rx.el.p("No chats here yet.", class_name="sidebar-note"),
        ),
    )


def _chat_link(chat: ChatLink) -> rx.Component:
    href = f"/chat/{chat.id}"
    return rx.el.li(
        rx.el.a(
            icon("chat", 16),
            rx.el.span(chat.title, class_name="truncate grow"),
            rx.cond(
                chat.running,
                rx.el.span(
                    rx.el.span("is answering", class_name="visually-hidden"),
                    class_name="dot dot--live",
                ),
            ),
            href=href,
            title=chat.title,
            aria_current=rx.cond(ShellState.router.url.path.contains(href), "page", "false"),
            class_name="sidebar-link",
        ),
        key=chat.id,
    )


def _link(sign: str, label: Any, href: Any, here: Any) -> rx.Component:
    return rx.el.a(
        icon(sign),
        label,
        href=href,
        aria_current=rx.cond(here, "page", "false"),
        class_name="sidebar-link",
    )


def _foot() -> rx.Component:
    return rx.el.div(
        _link("chart", "Usage", "/usage/", ShellState.router.url.path.contains("/usage")),
        _link(
            "settings", "Settings", "/settings/", ShellState.router.url.path.contains("/settings")
        ),
        _link(
            "info",
            "Based language",
            "/help/based/",
            ShellState.router.url.path.contains("/help"),
        ),
        rx.el.div(
            rx.el.span(ShellState.initial, class_name="avatar", aria_hidden="true"),
            rx.el.span(ShellState.person, class_name="truncate grow", title=ShellState.email),
            native_form(
                rx.el.button(
                    icon("log-out"),
                    type="submit",
                    aria_label="Log out",
                    title="Log out",
                    class_name="button button--quiet button--icon",
                ),
                action="/auth/logout",
            ),
            class_name="row sidebar-person",
        ),
        class_name="sidebar-foot",
    )


def _budget_line() -> rx.Component:
    alert = ShellState.budget_alert
    return rx.cond(
        alert.state != "",
        rx.el.div(
            icon("warning"),
            rx.el.p(alert.words, " ", rx.el.a("See usage", href="/usage/", class_name="link")),
            role="status",
            custom_attrs={"data-state": alert.state},
            class_name="budget-line",
        ),
    )


def _topbar() -> rx.Component:
    return rx.el.header(
        rx.el.button(
            icon("menu"),
            type="button",
            aria_label="Open the menu",
            custom_attrs={"popoverTarget": "sidebar"},
            class_name="button button--quiet button--icon topbar-menu",
        ),
        rx.el.nav(
            rx.el.ol(
                # Settings stand beside the workspaces, not in them.
                rx.cond(
                    (ShellState.here_workspace_id != "") | (ShellState.here_title == ""),
                    rx.el.li(rx.el.a("Workspaces", href="/", class_name="crumb")),
                ),
                rx.cond(ShellState.here_workspace_id != "", rx.el.li(_workspace_crumb())),
                rx.cond(
                    ShellState.here_title != "",
                    rx.el.li(
                        rx.el.span(ShellState.here_title, aria_current="page", class_name="crumb")
                    ),
                ),
                class_name="crumbs",
            ),
            aria_label="Where you are",
            class_name="grow",
        ),
        class_name="topbar",
    )


def _workspace_crumb() -> rx.Component:
    return rx.el.a(
        ShellState.here_workspace_name,
        href=f"/workspace/{ShellState.here_workspace_id}",
        aria_current=rx.cond(ShellState.here_title == "", "page", "false"),
        class_name="crumb",
    )
