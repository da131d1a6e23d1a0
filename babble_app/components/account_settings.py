"""The personal part of the settings: appearance, name, password, logins, leaving."""

from __future__ import annotations

import reflex as rx

from babble_app.components.dialogs import confirm_dialog, dialog_foot, modal
from babble_app.components.icons import icon
from babble_app.components.native import download_link
from babble_app.components.parts import problem_text, settings_section, time_ago
from babble_app.components.password_field import password_field
from babble_app.states.account import AccountState, LoginRow


def account_sections() -> list[rx.Component]:
    """Return the sections and their dialogs."""
    return [
        _appearance(),
        _name(),
        _password(),
        _logins(),
        _leaving(),
        _everywhere_dialog(),
        _leave_dialog(),
    ]


def _appearance() -> rx.Component:
    return settings_section(
        "Appearance",
        "Kept with your account, for all your browsers.",
        rx.el.div(
            _theme("system", "monitor", "As the device"),
            _theme("light", "sun", "Light"),
            _theme("dark", "moon", "Dark"),
            role="group",
            aria_label="Theme",
            class_name="segmented",
        ),
    )


def _theme(theme: str, sign: str, label: str) -> rx.Component:
    return rx.el.button(
        icon(sign, 16),
        label,
        type="button",
        aria_pressed=rx.cond(AccountState.theme == theme, "true", "false"),
        on_click=AccountState.choose_theme(theme),
        class_name="segmented-option",
    )


def _name() -> rx.Component:
    return settings_section(
        "Name",
        rx.fragment("You log in as ", rx.el.strong(AccountState.email), "."),
        rx.el.form(
            rx.el.div(
                rx.el.input(
                    name="name",
                    default_value=AccountState.name,
                    key=AccountState.name,
                    required=True,
                    auto_complete="name",
                    aria_label="Name",
                    class_name="input",
                ),
                rx.el.button("Save", type="submit", class_name="button"),
                class_name="row",
            ),
            problem_text(AccountState.name_problem),
            on_submit=AccountState.save_name,
            class_name="stack stack--tight",
        ),
    )


def _password() -> rx.Component:
    return settings_section(
        "Password",
        "A change logs out all your other browsers.",
        rx.el.form(
            _whose_password(),
            password_field("Current password", "current", "current-password"),
            password_field(
                "New password",
                "new",
                "new-password",
                hint="At least 10 characters; not a common password and not your email.",
                min_length=10,
            ),
            problem_text(AccountState.password_problem),
            rx.el.div(rx.el.button("Change password", type="submit", class_name="button")),
            on_submit=AccountState.change_password,
            key=AccountState.password_saves,
            class_name="stack",
        ),
    )


def _whose_password() -> rx.Component:
    """Tell password managers which account the fields beside it are of."""
    return rx.el.input(
        name="username",
        type="email",
        value=AccountState.email,
        auto_complete="username",
        read_only=True,
        hidden=True,
    )


def _logins() -> rx.Component:
    return settings_section(
        "Logins",
        "Where you are logged in now.",
        rx.el.ul(rx.foreach(AccountState.logins, _login), class_name="list"),
        rx.el.div(
            rx.el.button(
                "Sign out everywhere",
                type="button",
                on_click=AccountState.open_dialog("everywhere"),
                class_name="button",
            )
        ),
    )


def _login(row: LoginRow) -> rx.Component:
    return rx.el.li(
        icon("monitor"),
        rx.el.div(
            rx.el.span(row.browser, class_name="list-title"),
            rx.el.span(
                rx.el.span(row.address, class_name="mono"),
                rx.el.span("since ", time_ago(row.since)),
                rx.el.span("last seen ", time_ago(row.seen_at)),
                class_name="list-note",
            ),
            class_name="list-main",
        ),
        rx.el.div(
            rx.el.button(
                "Log out",
                rx.el.span(" ", row.browser, class_name="visually-hidden"),
                type="button",
                on_click=AccountState.end_login(row.id),
                class_name="button button--small button--quiet",
            ),
            class_name="list-actions",
        ),
        key=row.id,
        class_name="list-item",
    )


def _leaving() -> rx.Component:
    return settings_section(
        "Your data",
        "Everything you own here, as a zip: chats, files, agents with all versions.",
        rx.el.div(
            download_link(
                icon("download"),
                "Export",
                href="/api/auth/export",
                name="babble-export.zip",
                class_name="button",
            ),
            rx.el.button(
                icon("trash"),
                "Delete account…",
                type="button",
                on_click=AccountState.open_dialog("leave"),
                class_name="button button--quiet text-bad",
            ),
            class_name="row row--wrap",
        ),
    )


def _everywhere_dialog() -> rx.Component:
    return confirm_dialog(
        rx.el.p(
            "All your browsers are logged out, this one too, and all access tokens of scripts end."
        ),
        is_open=AccountState.dialog == "everywhere",
        title="Sign out everywhere?",
        label="Sign out everywhere",
        on_confirm=AccountState.end_all_logins,
        on_close=AccountState.close_dialog,
    )


def _leave_dialog() -> rx.Component:
    return modal(
        rx.el.form(
            rx.el.div(
                rx.el.p(
                    "This deletes your account with all workspaces, files, chats, agents and keys."
                    " It cannot be undone."
                ),
                _whose_password(),
                password_field("Your password", "password", "current-password"),
                problem_text(AccountState.leave_problem),
                class_name="dialog-body stack",
            ),
            dialog_foot(AccountState.close_dialog, "Delete my account", danger=True, type="submit"),
            on_submit=AccountState.delete_account,
        ),
        open=AccountState.dialog == "leave",
        title="Delete your account?",
        on_close=AccountState.close_dialog,
    )
