"""Log in or register: two native forms, because only a real answer of the server can set the cookie."""

from __future__ import annotations

from typing import Any, Literal

import reflex as rx

from babble_app.components.icons import brand_mark
from babble_app.components.native import native_form
from babble_app.components.parts import notice
from babble_app.components.password_field import password_field
from babble_app.states.login import LoginState


@rx.page(route="/login", title="Log in · Babble", on_load=LoginState.load)
def login() -> rx.Component:
    """The only page for people we do not know yet."""
    return rx.el.main(
        rx.el.div(_pitch(), class_name="login-pitch"),
        rx.el.div(
            rx.el.h1(
                rx.cond(LoginState.form == "login", "Log in", "Make an account"),
                class_name="page-title",
            ),
            _tabs(),
            rx.cond(LoginState.problem != "", notice("bad", LoginState.problem, role="alert")),
            rx.cond(LoginState.form == "login", _login_form(), _register_form()),
            class_name="login-panel",
        ),
        class_name="login",
    )


def _pitch() -> rx.Component:
    return rx.fragment(
        rx.el.p(brand_mark(28), "Babble", class_name="brand login-brand"),
        rx.el.p("Say what the agent should do. Watch it being written.", class_name="login-claim"),
        rx.el.pre(
            rx.el.code(*(rx.el.span(line) for line in _EXAMPLE.splitlines())),
            class_name="login-example",
            aria_label="An agent as Babble writes it",
        ),
        rx.el.p(
            "Then talk to it beside its code, change it by asking, and go back to any version.",
            class_name="muted",
        ),
    )


_EXAMPLE = """\
say("Hello! I am Nora from the bike shop.")
loop:
    call = talk("Find out what is wrong with the bike.", False)
until "the customer names a part":
    part = call.ask("Which part?", example={"part": "chain"})
    say(f"We will look at the {part['part']} today.")
"""


def _tabs() -> rx.Component:
    return rx.el.nav(
        _tab("login", "Log in"), _tab("register", "Register"), aria_label="Forms", class_name="tabs"
    )


def _tab(form: str, label: str) -> rx.Component:
    return rx.el.button(
        label,
        type="button",
        on_click=LoginState.choose_form(form),
        aria_current=rx.cond(LoginState.form == form, "page", "false"),
        class_name="tab",
    )


def _login_form() -> rx.Component:
    return native_form(
        _next(),
        _text_field("Email", "email", "email", LoginState.email, "username"),
        password_field("Password", "password", "current-password"),
        rx.el.button("Log in", type="submit", class_name="button button--primary button--wide"),
        action="/auth/login",
        class_name="stack",
        key="login",
    )


def _register_form() -> rx.Component:
    return native_form(
        _next(),
        rx.cond(
            (LoginState.registration == "invite") | (LoginState.registration == "closed"),
            notice("warn", "New accounts are made by this server's administrator. Ask for yours."),
        ),
        _text_field("Email", "email", "email", LoginState.email, "username"),
        _text_field("Name (optional)", "name", "text", LoginState.name, "name", required=False),
        password_field(
            "Password",
            "password",
            "new-password",
            hint="At least 10 characters; not a common password and not your email.",
            min_length=10,
        ),
        rx.el.button(
            "Make the account",
            type="submit",
            class_name="button button--primary button--wide",
        ),
        action="/auth/register",
        class_name="stack",
        key="register",
    )


def _next() -> rx.Component:
    return rx.el.input(type="hidden", name="next", value=LoginState.next_path, read_only=True)


def _text_field(
    label: str,
    name: str,
    kind: Literal["email", "text"],
    value: Any,
    autocomplete: str,
    *,
    required: bool = True,
) -> rx.Component:
    return rx.el.label(
        rx.el.span(label, class_name="field-label"),
        rx.el.input(
            type=kind,
            name=name,
            default_value=value,
            key=value,
            required=required,
            max_length=254,
            auto_complete=autocomplete,
            class_name="input",
        ),
        class_name="field",
    )
