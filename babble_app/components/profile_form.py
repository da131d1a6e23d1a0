"""The dialog in which a kind of work is made or changed."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.dialogs import dialog_foot, modal
from babble_app.components.icons import icon
from babble_app.components.parts import problem_text
from babble_app.states.profile_form import ModelPlace, ProfileFormState
from babble_app.states.profiles import ProfilesState
from babble_app.states.settings import ModelChoice, SettingsState

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
                _text("Name", "name", ProfileFormState.name, placeholder="Release notes"),
                _text(
                    "What it is for",
                    "description",
                    ProfileFormState.description,
                    hint="One line, shown where it is picked.",
                ),
                _makes(),
                _models(),
                _text(
                    "Instructions",
                    "instructions",
                    ProfileFormState.instructions,
                    hint="Told to the model before every message.",
                    rows=5,
                ),
                rx.el.div(
                    _tools(),
                    _numbers(),
                    _manners(),
                    hidden=ProfileFormState.makes != "text",
                    class_name="kind-text stack",
                ),
                rx.cond(_is_wrong(""), problem_text(ProfileFormState.problems[""])),
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


def _text(
    label: str, name: str, value: Any, *, hint: str = "", rows: int = 0, **props: Any
) -> rx.Component:
    """Return a field with its hint, and with what is wrong with it."""
    common: dict[str, Any] = {
        "name": name,
        "default_value": value,
        "auto_complete": "off",
        "aria_invalid": _is_wrong(name),
        **props,
    }
    control = (
        rx.el.textarea(rows=str(rows), class_name="textarea", **common)
        if rows
        else rx.el.input(class_name="input", **common)
    )
    return rx.el.label(
        rx.el.span(label, class_name="field-label"),
        control,
        rx.cond(
            _is_wrong(name),
            _problem(name),
            rx.el.span(hint, class_name="field-hint") if hint else rx.fragment(),
        ),
        class_name="field",
    )


def _is_wrong(name: str) -> Any:
    problems: Any = ProfileFormState.problems
    return problems.contains(name)


def _problem(name: str) -> rx.Component:
    return rx.cond(
        _is_wrong(name),
        rx.el.span(ProfileFormState.problems[name], role="alert", class_name="field-error"),
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


def _models() -> rx.Component:
    """Return the places of the order, each with the models that can be used now."""
    return rx.el.fieldset(
        rx.el.legend("Who answers, the preferred first", class_name="field-label"),
        rx.foreach(ProfileFormState.models, _place),
        _problem("models"),
        rx.match(
            ProfileFormState.makes,
            ("image", _no_makers(ProfileFormState.image_makers, "pictures")),
            ("video", _no_makers(ProfileFormState.video_makers, "videos")),
            rx.el.span("Whoever cannot be reached is passed over.", class_name="field-hint"),
        ),
        class_name="fallbacks",
    )


def _no_makers(makers: Any, what: str) -> rx.Component:
    return rx.cond(
        makers.length() == 0,
        rx.el.span(f"No model here makes {what} yet: add a key above.", class_name="field-hint"),
    )


def _place(place: ModelPlace) -> rx.Component:
    free = rx.match(
        ProfileFormState.makes,
        ("text", rx.cond(place.number == 0, "your default model", "then your default model")),
        rx.cond(place.number == 0, "whoever can", "then nobody else"),
    )
    return rx.el.div(
        rx.el.select(
            rx.el.option(free, value=""),
            rx.match(
                ProfileFormState.makes,
                ("image", rx.foreach(ProfileFormState.image_makers, _maker)),
                ("video", rx.foreach(ProfileFormState.video_makers, _maker)),
                rx.foreach(SettingsState.choices, _choice),
            ),
            # A model that nobody lists now stays visible as the choice that it is.
            rx.cond(place.model != "", rx.el.option(place.model, value=place.model, hidden=True)),
            value=place.model,
            on_change=lambda model: ProfileFormState.pick_model(place.number, model),
            aria_label=f"Model {place.number + 1}",
            class_name="select",
        ),
        rx.cond(
            (place.number > 0) & (place.model != ""),
            rx.el.button(
                icon("arrow-up", 16),
                type="button",
                aria_label=f"Ask {place.model} earlier",
                on_click=ProfileFormState.raise_model(place.number),
                class_name="button button--quiet button--icon",
            ),
        ),
        key=place.number,
        class_name="row kind-place",
    )


def _choice(choice: ModelChoice) -> rx.Component:
    return rx.el.option(choice.title, value=choice.id, key=choice.id)


def _maker(name: Any) -> rx.Component:
    return rx.el.option(name, value=name, key=name)


def _tools() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("Tools", class_name="field-label"),
        *[_tool(*one) for one in TOOLS],
        _problem("tools"),
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
    return _check(
        f"tool-{name}",
        tools.contains(name),
        title,
        words,
        missing if name in {"web", "deep"} else rx.fragment(),
    )


def _check(name: str, value: Any, title: str, words: str, *more: rx.Component) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", name=name, default_checked=value),
        rx.el.span(
            rx.el.span(title, class_name="list-title"),
            rx.el.span(words, class_name="field-hint"),
            *more,
            class_name="grow kind-check",
        ),
        class_name="check",
    )


def _numbers() -> rx.Component:
    return rx.el.div(
        _text(
            "Temperature",
            "temperature",
            ProfileFormState.temperature,
            hint="0 is strict, 1 is free; empty: as the model likes.",
            input_mode="decimal",
            max_length=20,
        ),
        _text(
            "Most tokens of an answer",
            "max_output_tokens",
            ProfileFormState.max_output_tokens,
            hint="Empty: no limit of your own.",
            input_mode="numeric",
            max_length=20,
        ),
        _text(
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
        _check(
            "racing",
            ProfileFormState.racing,
            "Ask two at once, the faster answers",
            "The first two models; both are paid for what they wrote.",
        ),
        _check(
            "hedging",
            ProfileFormState.hedging,
            "Ask a second when the first is slow",
            "Slower than it usually is.",
        ),
        class_name="fallbacks",
    )
