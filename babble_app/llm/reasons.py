"""Says in a few words why a model was passed over, and in one line why another answered."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from babble_app.errors import BudgetExhaustedError
from babble_app.llm.prices import dollars, nano

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from babble_app.errors import BabbleError
    from babble_app.llm.route import Candidate, Route

_TROUBLES = {
    "provider_rate_limited": "was rate-limited",
    "provider_unavailable": "was not reachable",
    "provider_key_refused": "refused the key",
    "model_timeout": "took too long",
    "model_answer_invalid": "gave no usable answer",
    "context_too_large": "had too small a context",
    "model_unavailable": "did not take the request",
    "budget_exhausted": "was over budget",
    "price_unknown": "has no known price",
}


def trouble_words(code: str) -> str:
    """Say what happened to a model, as the end of a sentence that begins with its name."""
    return _TROUBLES.get(code, "failed")


def name_of(candidate: Candidate, route: Route) -> str:
    """Return the model's name without its provider, where that tells the route's models apart."""
    short = candidate.info.id.partition("/")[2]
    ids = {other.info.id for other in route.candidates}
    namesakes = [one for one in ids if one.partition("/")[2] == short]
    return short if len(namesakes) == 1 else candidate.info.id


def price_words(candidate: Candidate, route: Route) -> str:
    """Say why the route's limit keeps the model out; empty where it does not."""
    if route.max_usd_per_million is None or route.affords(candidate):
        return ""
    price = candidate.info.output_usd_per_million
    limit = _short_dollars(route.max_usd_per_million)
    name = name_of(candidate, route)
    if price is None:
        return f"{name} has no known price, the limit is {limit} a million tokens"
    return f"{name} was too dear: {_short_dollars(price)} a million tokens, the limit is {limit}"


def cheapest_words(candidate: Candidate, among: str) -> str:
    """Say that the model is the cheapest `among` others, and what it costs; empty where nobody knows its price."""
    price = candidate.info.output_usd_per_million
    if price is None:
        return ""
    return f"cheapest of {among}: {_short_dollars(price)} a million tokens"


def _short_dollars(usd: float) -> str:
    return dollars(nano(usd)).removesuffix(".00")


def rule_words(winner: Candidate, route: Route, *, in_race: bool = False) -> str:
    """Return what held of the request, where a rule preferred the winner; in a race also where it preferred who lost."""
    rule = route.chosen_by
    if rule is None:
        return ""
    if winner.info.id in rule.models:
        return route.why_first
    return (
        f"{name_of(route.candidates[0], route)} was preferred ({route.why_first})"
        if in_race
        else ""
    )


def why_line(candidate: Candidate, route: Route, reasons: Iterable[str]) -> str:
    """Return the one line; empty where there was nothing to choose."""
    said = list(dict.fromkeys(reason for reason in reasons if reason))
    if not said:
        return ""
    via = f" (through {candidate.via})" if candidate.via else ""
    return f"{name_of(candidate, route)}{via}: {'; '.join(said)}"


def joined_failure(failed: Sequence[tuple[str, BabbleError]]) -> BabbleError:
    """Return the error that helps most when all have failed; where there were several, it names what was tried.

    What may pass by itself goes before what will not, and the last before earlier ones: nobody has to add money or another key
    if waiting is enough.
    """
    errors = [error for _, error in failed]
    tried = [error for error in errors if not isinstance(error, BudgetExhaustedError)]
    passing = [error for error in tried if error.retryable]
    chosen = (passing or tried or errors)[-1]
    if len(failed) == 1:
        return chosen
    story = "; ".join(f"{name} {trouble_words(error.code)}" for name, error in failed)
    joined = copy(chosen)
    joined.args = (f"No model answered: {story}. {chosen}",)
    return joined
