"""The rules in the form of a kind of work: which messages go to other models, and who judges how hard they are."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.icons import icon
from babble_app.components.model_settings import model_option
from babble_app.components.parts import empty, how_many
from babble_app.components.profile_fields import problem_of
from babble_app.states.rule_drafts import LANGUAGES, TASKS, RuleDraft
from babble_app.states.rule_form import RuleFormState
from babble_app.states.settings import SettingsState


def rules_field() -> rx.Component:
    """Return the rules in their order, and the model that judges."""
    return rx.el.fieldset(
        rx.el.legend("Rules: other models for some messages", class_name="field-label"),
        rx.cond(how_many(RuleFormState.rules) > 0, _rules(), _none()),
        rx.el.span(RuleFormState.moved, role="status", class_name="visually-hidden"),
        problem_of("rules"),
        rx.cond(
            (how_many(RuleFormState.rules) > 0) | (RuleFormState.classifier != ""), _classifier()
        ),
        class_name="fallbacks",
    )


def _none() -> rx.Component:
    return empty(
        "Every message goes the same way",
        rx.el.p(
            "With a rule, some go elsewhere: those in German to a model that writes it well, long ones to one that reads much,"
            " hard ones to the strongest."
        ),
        _add(),
    )


def _rules() -> rx.Component:
    return rx.fragment(
        rx.el.span("The first rule that holds counts.", class_name="field-hint"),
        rx.el.ol(
            rx.foreach(RuleFormState.rules, _rule), aria_label="Rules", class_name="list kind-rules"
        ),
        rx.cond(RuleFormState.can_add, _add()),
    )


def _add() -> rx.Component:
    return rx.el.button(
        icon("plus", 16),
        "Add a rule",
        type="button",
        on_click=RuleFormState.add_rule,
        class_name="button button--small kinds-new",
    )


def _rule(rule: RuleDraft, at: Any) -> rx.Component:
    number = at + 1
    opened = RuleFormState.opened == rule.id
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.span(f"{number}. {rule.when}", class_name="list-title"),
                rx.el.p(
                    rx.cond(rule.asks != "", f"asks {rule.asks}", "asks nobody yet"),
                    class_name="list-note",
                ),
                class_name="list-main",
            ),
            _acts(rule, number, opened),
            class_name="kind-rule-head",
        ),
        rx.cond(
            rule.problem != "", rx.el.span(rule.problem, role="alert", class_name="field-error")
        ),
        # Out of sight, not out of the form: what was typed is saved with it.
        rx.el.div(
            _conditions(rule, number),
            _asked(rule, number),
            hidden=RuleFormState.opened != rule.id,
            class_name="kind-rule-fields stack",
        ),
        key=rule.id,
        class_name="kind-rule",
    )


def _acts(rule: RuleDraft, number: Any, opened: Any) -> rx.Component:
    return rx.el.div(
        _act("arrow-up", f"Move rule {number} up", RuleFormState.raise_rule(rule.id), number == 1),
        _act(
            "arrow-down",
            f"Move rule {number} down",
            RuleFormState.lower_rule(rule.id),
            number == how_many(RuleFormState.rules),
        ),
        rx.el.button(
            rx.cond(opened, "Close", "Edit"),
            rx.el.span(f" rule {number}", class_name="visually-hidden"),
            type="button",
            aria_expanded=rx.cond(opened, "true", "false"),
            on_click=RuleFormState.toggle_rule(rule.id),
            class_name="button button--quiet button--small",
        ),
        _act("x", f"Remove rule {number}", RuleFormState.drop_rule(rule.id)),
        class_name="list-actions",
    )


def _act(icon_name: str, label: Any, act: Any, useless: Any = None) -> rx.Component:
    """Return a button; where it is of no use it keeps the focus, so that the keyboard is not lost at the end of the list."""
    props: dict[str, Any] = {"aria_label": label, "title": label, "on_click": act}
    if useless is not None:
        props["aria_disabled"] = rx.cond(useless, "true", "false")
    return rx.el.button(
        icon(icon_name, 16),
        type="button",
        class_name="button button--quiet button--icon button--small",
        **props,
    )


def _conditions(rule: RuleDraft, number: Any) -> rx.Component:
    return rx.el.div(
        _choices(
            "For",
            rule.tasks,
            RuleFormState.pick_task,
            rule,
            number,
            options=_options(TASKS),
            free=("anything", "nothing else"),
        ),
        _choices(
            "Written in",
            rule.languages,
            RuleFormState.pick_language,
            rule,
            number,
            options=_options(LANGUAGES),
            free=("any language", "no other"),
        ),
        _difficulty(rule, number),
        _length("Longer than, in tokens", "longer", rule.longer, rule, number),
        _length("Shorter than, in tokens", "shorter", rule.shorter, rule, number),
        class_name="kind-conditions",
    )


def _asked(rule: RuleDraft, number: Any) -> rx.Component:
    return _choices(
        "Then ask",
        rule.models,
        RuleFormState.pick_rule_model,
        rule,
        number,
        options=[rx.foreach(SettingsState.choices, model_option)],
        free=("choose a model", "then the others"),
    )


def _choices(
    label: str,
    values: Any,
    pick: Any,
    rule: RuleDraft,
    number: Any,
    *,
    options: list[rx.Component],
    free: tuple[str, str],
) -> rx.Component:
    """Return a list box for each choice of a list, and one for another."""

    def one(value: Any, place: Any) -> rx.Component:
        def choose(chosen: Any) -> Any:
            return pick(rule.id, place, chosen)

        return rx.el.select(
            rx.el.option(rx.cond(place == 0, *free), value=""),
            *options,
            # What nobody lists now stays visible as the choice that it is.
            rx.cond(value != "", rx.el.option(value, value=value, hidden=True)),
            value=value,
            on_change=choose,
            aria_label=f"{label}, rule {number}, {place + 1}",
            key=place,
            class_name="select",
        )

    return rx.el.div(
        rx.el.span(label, class_name="field-label"),
        rx.foreach(values, one),
        class_name="field kind-choices",
    )


def _options(words: dict[Any, str]) -> list[rx.Component]:
    return [rx.el.option(text, value=name) for name, text in words.items()]


def _length(label: str, name: str, value: Any, rule: RuleDraft, number: Any) -> rx.Component:
    return rx.el.label(
        rx.el.span(label, class_name="field-label"),
        rx.el.input(
            name=f"{name}-{rule.id}",
            default_value=value,
            on_blur=lambda text: RuleFormState.write_length(rule.id, name, text),
            aria_label=f"{label}, rule {number}",
            placeholder="any length",
            auto_complete="off",
            input_mode="numeric",
            max_length=20,
            class_name="input",
        ),
        rx.el.span("The whole prompt: history, files and tools too.", class_name="field-hint"),
        class_name="field",
    )


def _difficulty(rule: RuleDraft, number: Any) -> rx.Component:
    return rx.el.label(
        rx.el.span("Judged", class_name="field-label"),
        rx.el.select(
            rx.el.option("easy or hard: not asked", value=""),
            rx.el.option("easy", value="easy"),
            rx.el.option("hard", value="hard"),
            value=rule.difficulty,
            on_change=lambda chosen: RuleFormState.pick_difficulty(rule.id, chosen),
            aria_label=f"Judged, rule {number}",
            class_name="select",
        ),
        rx.el.span("By the model that you choose below.", class_name="field-hint"),
        class_name="field",
    )


def _classifier() -> rx.Component:
    return rx.el.label(
        rx.el.span("Who judges how hard a message is", class_name="field-label"),
        rx.el.select(
            rx.el.option("nobody", value=""),
            rx.foreach(SettingsState.choices, model_option),
            rx.cond(
                RuleFormState.classifier != "",
                rx.el.option(RuleFormState.classifier, value=RuleFormState.classifier, hidden=True),
            ),
            value=RuleFormState.classifier,
            on_change=RuleFormState.pick_classifier,
            class_name="select",
        ),
        problem_of("classifier"),
        rx.el.span(
            "Choose a small and quick one: it has 3 seconds and 20 tokens, so one that thinks before it answers judges nothing."
            " It is asked only where a rule needs it; where it says nothing, no such rule holds.",
            class_name="field-hint",
        ),
        class_name="field",
    )
