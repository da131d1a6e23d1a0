"""Which models of a route a request may go to, and in which order: rules over what is known of models and how they fare."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

from babble_app.llm import tokens
from babble_app.llm.reasons import cheapest_words, name_of, price_words, trouble_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from babble_app.llm.health import Health
    from babble_app.llm.route import Candidate, Route
    from babble_app.schemas.models import ModelRequest

NEEDS_NO_EYES = frozenset({"triage", "summarize", "rephrase", "judge", "persona"})
"""Tasks about words: a picture in the conversation does not matter to them."""
ANSWER_TOKENS = 1_000
"""Room for the answer where the request sets no limit."""


@dataclass(frozen=True)
class Passed:
    """A model that is not asked, or only if all others fail."""

    candidate: Candidate
    reason: str
    """What the request needs, or what the model lacks; part of the line that says why another answered."""


@dataclass(frozen=True)
class Ranking:
    """The order in which models are asked."""

    ready: tuple[Candidate, ...]
    cooling: tuple[Candidate, ...] = ()
    """They failed lately: asked last."""
    passed: tuple[Passed, ...] = ()


def rank(
    request: ModelRequest,
    route: Route,
    health: Health,
    *,
    count: Callable[[ModelRequest], int] | None = None,
) -> Ranking:
    """Order a route's models for a request; the route's own order stays among those that fit.

    A need that no model meets passes nobody over: the provider, or the agent that asks, knows better what to do then. A limit
    of the price holds always.
    """
    fitting = route.affordable
    passed = [
        Passed(one, price_words(one, route)) for one in route.candidates if one not in fitting
    ]
    if len(fitting) == 1:
        return Ranking(ready=fitting, passed=tuple(passed))
    for lacks in (_lacks_eyes, _lacks_tools, _lacks_context(count or prompt_tokens)):
        reasons = {one: lacks(request, one, route) for one in fitting}
        able = tuple(one for one in fitting if not reasons[one])
        if able:
            passed += [Passed(one, reasons[one]) for one in fitting if reasons[one]]
            fitting = able
    return by_health(route, health, fitting, passed)


def by_health(
    route: Route, health: Health, fitting: Sequence[Candidate], passed: Sequence[Passed] = ()
) -> Ranking:
    """Put those of the fitting models last that failed lately."""
    troubles = {one: health.trouble(one) for one in fitting}
    cooling = tuple(one for one in fitting if troubles[one])
    late = [Passed(one, f"{name_of(one, route)} {trouble_words(troubles[one])}") for one in cooling]
    ready = tuple(one for one in fitting if not troubles[one])
    return Ranking(ready, cooling, (*passed, *late))


def cheapest_first(route: Route, among: Collection[str]) -> Route:
    """Return the route with those of its models in front that `among` names, the cheapest first; unknown prices come last."""

    def rank_of(one: Candidate) -> tuple[bool, float]:
        price = one.info.output_usd_per_million
        return one.info.id not in among, inf if price is None else price

    ordered = tuple(sorted(route.candidates, key=rank_of))
    why = cheapest_words(ordered[0], route.name)
    return replace(route, candidates=ordered, why_first=why or route.why_first)


def _lacks_eyes(request: ModelRequest, candidate: Candidate, route: Route) -> str:
    del route
    if candidate.info.sees_images or request.task in NEEDS_NO_EYES:
        return ""
    return "needs vision" if any(message.images for message in request.messages) else ""


def _lacks_tools(request: ModelRequest, candidate: Candidate, route: Route) -> str:
    del route
    return "needs tools" if request.tools and not candidate.info.calls_tools else ""


def _lacks_context(
    count: Callable[[ModelRequest], int],
) -> Callable[[ModelRequest, Candidate, Route], str]:
    counted: list[int] = []

    def lacks(request: ModelRequest, candidate: Candidate, route: Route) -> str:
        window = candidate.info.context_tokens
        if window is None or most_prompt_tokens(request) + _room(request) <= window:
            return ""
        if not counted:  # about 1 ms for 10,000 characters: only where it may matter
            counted.append(count(request) + _room(request))
        if counted[0] <= window:
            return ""
        return f"{name_of(candidate, route)}'s context of {_thousands(window)} is too small"

    return lacks


def prompt_tokens(request: ModelRequest) -> int:
    """Estimate the tokens of messages and tools; takes about 1 ms for 10,000 characters."""
    return tokens.count_messages(request.messages) + sum(
        tokens.count(tool.description) + tokens.count(str(tool.parameters))
        for tool in request.tools
    )


def most_prompt_tokens(request: ModelRequest) -> int:
    """Return what `prompt_tokens` cannot exceed, at once: no vocabulary makes more tokens than there are bytes."""
    tools = sum(_bytes(tool.description) + _bytes(str(tool.parameters)) for tool in request.tools)
    return tools + sum(
        _bytes(message.text)
        + tokens.TOKENS_PER_MESSAGE
        + tokens.TOKENS_PER_IMAGE * len(message.images)
        + sum(_bytes(str(call.arguments)) for call in message.tool_calls)
        for message in request.messages
    )


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else 4 * len(text)


def _room(request: ModelRequest) -> int:
    return request.max_output_tokens or ANSWER_TOKENS


def _thousands(window: int) -> str:
    return f"{window // 1000}k" if window >= 1000 else str(window)


def reasons_before(winner: Candidate, route: Route, passed: Sequence[Passed]) -> list[str]:
    """Return why those did not answer that the route prefers to `winner`."""
    at = route.candidates.index(winner)
    return [one.reason for one in passed if route.candidates.index(one.candidate) < at]
