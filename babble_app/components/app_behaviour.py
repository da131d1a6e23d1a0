"""How the app answers and within which limits: two forms."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.form_fields import field, text_field
from babble_app.components.parts import problem_text, settings_section, skeleton_list
from babble_app.states.app_behaviour import BehaviourState
from babble_app.states.app_money import MoneyView
from babble_app.states.choices import Kind, ModelChoice

_problems: Any = BehaviourState.problems


def answers_section() -> rx.Component:
    """Return kind of work, model and instructions."""
    return settings_section(
        "How it answers",
        "On top of what the agent's program says; of the plain assistant, all there is.",
        rx.cond(BehaviourState.loaded, _answers(), skeleton_list(1)),
    )


def limits_section() -> rx.Component:
    """Return what visitors may ask and cost, and how long their conversations are kept."""
    return settings_section(
        "Limits",
        "At 100 % of a cap, models that cost money answer no more until the day or month (UTC) is over; visitors are told politely.",
        rx.cond(BehaviourState.loaded, _limits(), skeleton_list(1)),
    )


def _answers() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            field(
                "Kind of work",
                "profile",
                rx.el.select(
                    rx.el.option("Anything", value=""),
                    rx.foreach(BehaviourState.kinds, _kind),
                    value=BehaviourState.profile,
                    on_change=BehaviourState.pick_profile,
                    class_name="select",
                ),
                _problems,
                hint="Its models, tools and manners.",
            ),
            field(
                "Model",
                "model",
                rx.el.select(
                    rx.el.option("As the kind of work, or your default", value=""),
                    rx.foreach(BehaviourState.models, _model),
                    # A model that nobody lists now stays visible as the choice that it is.
                    rx.cond(
                        BehaviourState.model != "",
                        rx.el.option(BehaviourState.model, value=BehaviourState.model, hidden=True),
                    ),
                    value=BehaviourState.model,
                    on_change=BehaviourState.pick_model,
                    class_name="select",
                ),
                _problems,
            ),
            class_name="app-pair",
        ),
        text_field(
            "Instructions",
            "instructions",
            BehaviourState.instructions,
            _problems,
            hint="Told to the model before every message; visitors neither see nor change them.",
            rows=5,
            placeholder="You help customers of a bike shop. Be brief. Never promise a price.",
        ),
        rx.el.div(rx.el.button("Save", type="submit", class_name="button")),
        on_submit=BehaviourState.save_answers,
        key=BehaviourState.shown,
        class_name="stack",
    )


def _limits() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            text_field(
                "Messages of one visitor in a minute",
                "rate_limit_per_minute",
                BehaviourState.rate,
                _problems,
                input_mode="numeric",
                max_length=9,
            ),
            text_field(
                "Keep conversations for (days)",
                "retention_days",
                BehaviourState.retention,
                _problems,
                hint="Empty: until you delete them.",
                input_mode="numeric",
                max_length=9,
            ),
            rx.foreach(BehaviourState.money, _cap),
            class_name="app-pair",
        ),
        rx.el.label(
            rx.el.input(
                type="checkbox", name="takes_files", default_checked=BehaviourState.takes_files
            ),
            rx.el.span(
                rx.el.span("Visitors may send files", class_name="list-title"),
                rx.el.span(
                    "They are read for the answer and kept with the conversation.",
                    class_name="field-hint",
                ),
                class_name="grow",
            ),
            class_name="check",
        ),
        rx.cond(_problems.contains(""), problem_text(_problems[""])),
        rx.el.div(rx.el.button("Save limits", type="submit", class_name="button")),
        on_submit=BehaviourState.save_limits,
        key=BehaviourState.shown,
        class_name="stack",
    )


def _cap(cap: MoneyView) -> rx.Component:
    return rx.el.div(
        text_field(
            cap.label,
            cap.field,
            cap.amount,
            _problems,
            hint=rx.cond(cap.words != "", cap.words, "Empty: no cap of its own."),
            input_mode="decimal",
            placeholder="5.00",
            max_length=20,
        ),
        rx.cond(cap.words != "", _bar(cap)),
        key=cap.field,
        class_name="stack stack--tight",
    )


def _bar(cap: MoneyView) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            class_name="progress-bar",
            style={"width": cap.width},
            custom_attrs={"data-state": cap.state},
        ),
        role="progressbar",
        aria_label=cap.label,
        custom_attrs={
            "aria-valuemin": 0,
            "aria-valuemax": 100,
            "aria-valuenow": cap.percent,
            "aria-valuetext": cap.words,
        },
        class_name="progress budget-bar",
    )


def _kind(kind: Kind) -> rx.Component:
    return rx.el.option(kind.name, value=kind.id, key=kind.id)


def _model(choice: ModelChoice) -> rx.Component:
    return rx.el.option(choice.title, value=choice.id, key=choice.id)
