"""The kinds of work in the settings: those that come with Babble, and the person's own."""

from __future__ import annotations

import reflex as rx

from babble_app.components.dialogs import confirm_dialog
from babble_app.components.icons import icon
from babble_app.components.parts import empty, how_many, row_act, settings_section, skeleton_list
from babble_app.components.profile_form import profile_form
from babble_app.states.profile_form import ProfileFormState
from babble_app.states.profiles import ProfileRow, ProfilesState


def profile_sections() -> list[rx.Component]:
    """Return the section and its dialogs."""
    return [_section(), profile_form(), _delete_dialog()]


def _section() -> rx.Component:
    return settings_section(
        "Kinds of work",
        "What a chat can be for: which models answer, with which tools, and how. Pick one below the box of a chat.",
        rx.cond(
            how_many(ProfilesState.builtin) > 0,
            rx.fragment(_own(), _built_in()),
            skeleton_list(3),
        ),
        id="kinds-of-work",
    )


def _own() -> rx.Component:
    new = rx.el.button(
        icon("plus", 16),
        "New kind of work",
        type="button",
        on_click=ProfileFormState.open_new,
        class_name="button kinds-new",
    )
    return rx.cond(
        how_many(ProfilesState.own) > 0,
        rx.fragment(
            rx.el.ul(
                rx.foreach(ProfilesState.own, _own_row),
                aria_label="Your kinds of work",
                class_name="list",
            ),
            new,
        ),
        empty(
            "None of your own yet",
            rx.el.p("Make one from nothing, or begin with a copy of one that comes with Babble."),
            new,
        ),
    )


def _built_in() -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            icon("chevron-right", 14),
            f"{how_many(ProfilesState.builtin)} that come with Babble",
        ),
        rx.el.ul(
            rx.foreach(ProfilesState.builtin, _built_in_row),
            aria_label="Kinds of work that come with Babble",
            class_name="list",
        ),
        class_name="folded kinds-built-in",
    )


def _own_row(row: ProfileRow) -> rx.Component:
    return _row(
        row,
        row_act("Edit", ProfileFormState.open_profile(row.id), row.name),
        row_act("Copy", ProfileFormState.copy_profile(row.id), row.name),
        row_act("Delete", ProfilesState.ask_delete(row.id), row.name),
    )


def _built_in_row(row: ProfileRow) -> rx.Component:
    return _row(row, row_act("Copy", ProfileFormState.copy_profile(row.id), row.name))


def _row(row: ProfileRow, *acts: rx.Component) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(row.name, class_name="list-title"),
            rx.cond(row.description != "", rx.el.p(row.description, class_name="kinds-about")),
            rx.el.p(row.models, class_name="list-note"),
            rx.el.p(row.uses, class_name="list-note"),
            class_name="list-main",
        ),
        rx.el.div(*acts, class_name="list-actions"),
        key=row.id,
        class_name="list-item kinds-row",
    )


def _delete_dialog() -> rx.Component:
    return confirm_dialog(
        rx.el.p("Chats that are for it go on with your default model, without its tools."),
        is_open=ProfilesState.leaving.id != "",
        title=f"Delete {ProfilesState.leaving.name}?",
        label="Delete",
        on_confirm=ProfilesState.delete_profile,
        on_close=ProfilesState.cancel_delete,
    )
