"""The rules of a route: which of its models a request goes to first, because of what it is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from babble_app.llm.choice import most_prompt_tokens, prompt_tokens
from babble_app.llm.language import NAMES, find_language

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from babble_app.llm.route import Route
    from babble_app.schemas.models import ModelMessage, ModelRequest
    from babble_app.schemas.profiles import Difficulty, Language, RouteRule

    Judge = Callable[[ModelRequest], Awaitable[Difficulty | None]]

FAILS = ""
"""Instead of the words for a condition that holds."""


@dataclass(frozen=True)
class Decisions:
    """What was decided for the requests of one client, which serves one wish of a person.

    What goes on from a request (a tool's result, a mistake to put right) stays with the models that it began with: half of the
    work by a weaker model, or another language in Babble's own words, is no reason to change.
    """

    _made: list[tuple[ModelRequest, Route]] = field(
        default_factory=list["tuple[ModelRequest, Route]"]
    )

    async def route_for(self, request: ModelRequest, route: Route, judge: Judge) -> Route:
        """Return the route as it was decided before, else as the rules have it now."""
        for earlier, decided in reversed(self._made):
            if _goes_on_from(earlier, request):
                return decided
        decided = await follow(route, request, judge)
        self._made.append((request, decided))
        return decided


def _goes_on_from(earlier: ModelRequest, request: ModelRequest) -> bool:
    begun = earlier.messages
    return earlier.task == request.task and request.messages[: len(begun)] == begun


async def follow(route: Route, request: ModelRequest, judge: Judge) -> Route:
    """Return the route with the models of the first rule that holds in front; as it is where none does.

    The judge is asked when a rule needs it of which all else holds, and once.
    """
    facts, judged = _Facts(request), list["Difficulty | None"]()
    for rule in route.rules:
        words = _why(rule, facts)
        if words is None:
            continue
        if rule.difficulty is not None:
            judged = judged or [await judge(request)]
            if judged[0] != rule.difficulty:
                continue
            words.append(f"judged {rule.difficulty}")
        return _with_first(route, rule, ", ".join(words))
    return route


def _why(rule: RouteRule, facts: _Facts) -> list[str] | None:
    """Say what holds of all that the rule asks for but the difficulty; None where something does not."""
    words: list[str] = []
    for condition in _CONDITIONS:
        said = condition(rule, facts)
        if said == FAILS:
            return None
        if said is not None:
            words.append(said)
    return words


def _with_first(route: Route, rule: RouteRule, why: str) -> Route:
    places = {name: place for place, name in enumerate(rule.models)}
    ordered = sorted(route.candidates, key=lambda one: places.get(one.info.id, len(places)))
    return replace(route, candidates=tuple(ordered), why_first=why, chosen_by=rule)


@dataclass(frozen=True)
class _Facts:
    """What rules ask about a request; found out when the first one asks."""

    request: ModelRequest

    @cached_property
    def language(self) -> Language | None:
        return find_language(last_said(self.request.messages))

    @cached_property
    def tokens(self) -> int:
        return prompt_tokens(self.request)

    def is_longer_than(self, tokens: int) -> bool:
        return most_prompt_tokens(self.request) > tokens and self.tokens > tokens


def last_said(messages: Sequence[ModelMessage]) -> str:
    """Return the newest message of the user's."""
    return next((one.text for one in reversed(messages) if one.role == "user"), "")


def _task(rule: RouteRule, facts: _Facts) -> str | None:
    """Return words for the condition, `FAILS`, or None where the rule has no such condition; so do the others below."""
    if not rule.tasks:
        return None
    return f"task: {facts.request.task}" if facts.request.task in rule.tasks else FAILS


def _language(rule: RouteRule, facts: _Facts) -> str | None:
    if not rule.languages:
        return None
    known = facts.language
    return f"written in {NAMES[known]}" if known in rule.languages and known else FAILS


def _longer(rule: RouteRule, facts: _Facts) -> str | None:
    if rule.longer_than_tokens is None:
        return None
    return "long prompt" if facts.is_longer_than(rule.longer_than_tokens) else FAILS


def _shorter(rule: RouteRule, facts: _Facts) -> str | None:
    if rule.shorter_than_tokens is None:
        return None
    return FAILS if facts.is_longer_than(rule.shorter_than_tokens - 1) else "short prompt"


_CONDITIONS = (_task, _language, _longer, _shorter)
