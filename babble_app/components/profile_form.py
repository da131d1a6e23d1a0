"""The dialog in which a kind of work is made or changed."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.dialogs import dialog_foot, modal
from babble_app.components.parts import problem_text
from babble_app.components.profile_fields import check, is_wrong, problem_of, text_field
from babble_app.components.profile_models import models_field, price_fields
from babble_app.components.rule_form import rules_field
from babble_app.states.profile_form import ProfileFormState
from babble_app.states.profiles import ProfilesState

MAKES = (("text", "Text"), ("image", "Pictures"), ("video", "Videos"))
TOOLS = (
    ("code", "Code", "Calculates with small programs instead of guessing."),
    ("web", "Web", "Searches the web and reads pages, with sources."),
    ("deep", "Deep search", "Several searches, read and put together; slower and dearer."),
    ("think", "Thinking", "A place for notes before it answers."),
)


def profile_form() -> rx.Component:
    """Ask what the work is, who does it, and how."""
    return modal(
        rx.el.form(
            rx.el.div(
                text_field("Name", "name", ProfileFormState.name, placeholder="Release notes"),
                text_field(
                    "What it is for",
                    "description",
                    ProfileFormState.description,
                    hint="One line, shown where it is picked.",
                ),
                _makes(),
                models_field(),
                text_field(
                    "Instructions",
                    "instructions",
                    ProfileFormState.instructions,
                    hint="Told to the model before every message.",
                    rows=5,
                ),
                rx.el.div(
                    price_fields(),
                    rules_field(),
                    _tools(),
                    _numbers(),
                    _manners(),
                    hidden=ProfileFormState.makes != "text",
                    class_name="kind-text stack",
                ),
                rx.cond(is_wrong(""), problem_text(ProfileFormState.problems[""])),
                class_name="dialog-body stack",
            ),
            rx.cond(
                ProfileFormState.problems,
                rx.el.p(
                    "Not saved yet: see the marked fields.", class_name="field-error kind-refused"
                ),
            ),
            dialog_foot(ProfileFormState.close_form, "Save", type="submit"),
            on_submit=ProfileFormState.save_profile,
            class_name="dialog-form",
        ),
        open=ProfileFormState.open,
        wide=True,
        title=rx.cond(ProfileFormState.id == "", "New kind of work", "Edit the kind of work"),
        on_close=ProfileFormState.close_form,
    )


def _makes() -> rx.Component:
    def option(makes: str, words: str) -> rx.Component:
        return rx.el.button(
            words,
            type="button",
            aria_pressed=rx.cond(ProfileFormState.makes == makes, "true", "false"),
            on_click=ProfileFormState.pick_makes(makes),
            class_name="segmented-option",
        )

    return rx.el.div(
        rx.el.span("Makes", class_name="field-label"),
        rx.el.div(
            *[option(*one) for one in MAKES],
            role="group",
            aria_label="Makes",
            class_name="segmented",
        ),
        class_name="field",
    )


def _tools() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("Tools", class_name="field-label"),
        *[_tool(*one) for one in TOOLS],
        problem_of("tools"),
        class_name="fallbacks",
    )


def _tool(name: str, title: str, words: str) -> rx.Component:
    tools: Any = ProfileFormState.tools
    missing = rx.cond(
        ProfilesState.web_missing != "",
        rx.el.span(
            "Not set up on this server: ",
            rx.el.code(ProfilesState.web_missing),
            class_name="kind-missing",
        ),
    )
    return check(
        f"tool-{name}",
        tools.contains(name),
        title,
        words,
        missing if name in {"web", "deep"} else rx.fragment(),
    )


def _numbers() -> rx.Component:
    return rx.el.div(
        text_field(
            "Temperature",
            "temperature",
            ProfileFormState.temperature,
            hint="0 is strict, 1 is free; empty: as the model likes.",
            input_mode="decimal",
            max_length=20,
        ),
        text_field(
            "Most tokens of an answer",
            "max_output_tokens",
            ProfileFormState.max_output_tokens,
            hint="Empty: no limit of your own.",
            input_mode="numeric",
            max_length=20,
        ),
        text_field(
            "Answers are given again for",
            "cache_minutes",
            ProfileFormState.cache_minutes,
            hint="Minutes; 0: never; empty: 60, and 30 within a conversation.",
            input_mode="numeric",
            max_length=20,
        ),
        class_name="tests-figures",
    )


def _manners() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("When it must be quick", class_name="field-label"),
        check(
            "racing",
            ProfileFormState.racing,
            "Ask two at once, the faster answers",
            "The first two models; both are paid for what they wrote.",
        ),
        check(
            "hedging",
            ProfileFormState.hedging,
            "Ask a second when the first is slow",
            "Slower than it usually is.",
        ),
        class_name="fallbacks",
    )
