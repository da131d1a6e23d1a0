"""The rules of a kind of work as they are being written: which messages go to other models, and who judges how hard they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import reflex as rx

from babble_app.services.route_rules import MAX_MODELS, MAX_RULES
from babble_app.states.rule_drafts import (
    DIFFICULTIES,
    LANGUAGES,
    LENGTHS,
    TASKS,
    RuleDraft,
    ask_words,
    draft_of,
    picked,
    read_rule,
    when_words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reflex.state import BaseState

    from babble_app.schemas.profiles import Profile, RouteRule


class RuleFormState(rx.State):
    """The rules in the form of a kind of work."""

    rules: list[RuleDraft] = []
    """The first one that holds counts."""
    opened: int = 0
    """Whose fields are shown; 0: no rule's."""
    classifier: str = ""
    moved: str = ""
    """Tells those who do not see the list where a rule went."""
    can_add: bool = True
    _last: int = 0

    @rx.event
    def add_rule(self) -> None:
        """Begin another one, behind the others."""
        if len(self.rules) < MAX_RULES:
            self._last += 1
            self.opened = self._last
            self._put([*self.rules, RuleDraft(self._last)])

    @rx.event
    def drop_rule(self, number: int) -> None:
        """Take it out."""
        self._put([rule for rule in self.rules if rule.id != number])

    @rx.event
    def toggle_rule(self, number: int) -> None:
        """Show its fields, or only its words."""
        self.opened = 0 if self.opened == number else number

    @rx.event
    def raise_rule(self, number: int) -> None:
        """Look at it before the one above."""
        self._move(number, -1)

    @rx.event
    def lower_rule(self, number: int) -> None:
        """Look at it behind the one below."""
        self._move(number, 1)

    @rx.event
    def pick_task(self, number: int, place: int, chosen_name: str) -> None:
        """Let it hold for a task, at that place of its list; empty: take the place out."""
        if chosen_name in {"", *TASKS}:
            self._change(number, tasks=picked(self._rule(number).tasks, place, chosen_name))

    @rx.event
    def pick_language(self, number: int, place: int, chosen_name: str) -> None:
        """Let it hold for a language; as for tasks."""
        if chosen_name in {"", *LANGUAGES}:
            chosen = picked(self._rule(number).languages, place, chosen_name)
            self._change(number, languages=chosen)

    @rx.event
    def pick_rule_model(self, number: int, place: int, model: str) -> None:
        """Let it ask a model; as for tasks, and in this order."""
        chosen = picked(self._rule(number).models, place, model)
        self._change(number, models=chosen[:MAX_MODELS])

    @rx.event
    def pick_difficulty(self, number: int, chosen_name: str) -> None:
        """Let it hold for what is judged easy or hard; empty: for both."""
        if chosen_name in {"", *DIFFICULTIES}:
            self._change(number, difficulty=chosen_name)

    @rx.event
    def write_length(self, number: int, chosen_name: str, text: str) -> None:
        """Let it hold for longer or shorter prompts."""
        if chosen_name in LENGTHS:
            self._change(number, **{chosen_name: text.strip()[:20]})

    @rx.event
    def pick_classifier(self, model: str) -> None:
        """Let the model judge how hard a question is; empty: nobody."""
        self.classifier = model

    def _rule(self, number: int) -> RuleDraft:
        return next((rule for rule in self.rules if rule.id == number), RuleDraft(0))

    def _change(self, number: int, **changes: Any) -> None:
        self._put([replace(rule, **changes) if rule.id == number else rule for rule in self.rules])

    def _move(self, number: int, by: int) -> None:
        at = next((at for at, rule in enumerate(self.rules) if rule.id == number), -1)
        if at < 0 or not 0 <= at + by < len(self.rules):
            return
        rules = list(self.rules)
        rules.insert(at + by, rules.pop(at))
        self._put(rules)
        self.moved = f"It is rule {at + by + 1} of {len(rules)} now."

    def _put(self, rules: Sequence[RuleDraft]) -> None:
        self.rules = [replace(rule, when=when_words(rule), asks=ask_words(rule)) for rule in rules]
        self.can_add = len(rules) < MAX_RULES

    def _show(self, profile: Profile) -> None:
        self.reset()
        self._last = len(profile.rules)
        self._put([draft_of(number, rule) for number, rule in enumerate(profile.rules, 1)])
        self.classifier = profile.classifier

    def _read(self, form: Mapping[str, Any]) -> list[RouteRule] | None:
        read = [read_rule(rule, form) for rule in self.rules]
        self._put([draft for draft, _ in read])
        rules = [rule for _, rule in read if rule is not None]
        if len(rules) == len(read):
            return rules
        self.opened = next(draft.id for draft, rule in read if rule is None)
        return None


async def show_rules(state: BaseState, profile: Profile) -> None:
    """Begin the form with the rules of a kind of work."""
    form = await state.get_state(RuleFormState)
    form._show(profile)  # noqa: SLF001 - underscore: not callable from outside  # pyright: ignore[reportPrivateUsage]


async def read_rules(state: BaseState, form: Mapping[str, Any]) -> list[RouteRule] | None:
    """Return the rules as they were written; None where one cannot be used, which is said beside it."""
    drafts = await state.get_state(RuleFormState)
    return drafts._read(form)  # noqa: SLF001 - as above  # pyright: ignore[reportPrivateUsage]
