"""Who does a kind of work: its models in their order, and what they may cost."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.icons import icon
from babble_app.components.model_settings import model_option
from babble_app.components.profile_fields import check, problem_of, text_field
from babble_app.states.profile_form import ModelPlace, ProfileFormState
from babble_app.states.settings import SettingsState


def models_field() -> rx.Component:
    """Return the places of the order, each with the models that can be used now."""
    return rx.el.fieldset(
        rx.el.legend("Who answers, the preferred first", class_name="field-label"),
        rx.foreach(ProfileFormState.models, _place),
        problem_of("models"),
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
                rx.foreach(SettingsState.choices, model_option),
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


def _maker(name: Any) -> rx.Component:
    return rx.el.option(name, value=name, key=name)


def price_fields() -> rx.Component:
    """Ask what a model may cost, and whether the cheapest goes first."""
    return rx.el.fieldset(
        rx.el.legend("What it may cost", class_name="field-label"),
        text_field(
            "Most dollars for a million tokens",
            "max_usd_per_million",
            ProfileFormState.max_usd_per_million,
            hint="Of an answer. Dearer models are kept out, and those whose price nobody knows; empty: no limit.",
            input_mode="decimal",
            max_length=20,
        ),
        check(
            "cheapest_first",
            ProfileFormState.cheapest_first,
            "Ask the cheapest first",
            "Of the models above, the cheapest that can do what a message needs.",
        ),
        class_name="fallbacks",
    )
