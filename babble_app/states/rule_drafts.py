"""A rule of a kind of work as it is being written: what the form shows of it, reads and says in words."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from babble_app.errors import ValidationFailedError
from babble_app.llm.language import NAMES
from babble_app.schemas.profiles import RouteRule
from babble_app.services.route_rules import MAX_MODELS, clean_rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from babble_app.schemas.models import Task
    from babble_app.schemas.profiles import Difficulty, Language

TASKS: dict[Task, str] = {
    "answer": "an answer in the chat",
    "build": "a new agent",
    "change": "a change of an agent",
    "triage": "finding out what is wanted",
    "talk": "an agent's talk",
    "ask": "an agent's question to a model",
    "summarize": "an agent's summary",
    "rephrase": "an agent's rewording",
    "persona": "a user played in a test",
    "judge": "a judgement in a test",
}
LANGUAGES = dict(sorted(NAMES.items(), key=lambda one: one[1]))
DIFFICULTIES: dict[Difficulty, str] = {"easy": "easy", "hard": "hard"}
LENGTHS = {"longer": "longer than", "shorter": "shorter than"}
_NO_NUMBER = "A length is a whole number of tokens, such as 4000."
_UNSAID = "No message yet: say when it holds."


@dataclass(frozen=True)
class RuleDraft:
    """A rule as it is being written."""

    id: int
    """Names its fields in the form; stays while others come and go."""
    tasks: list[str] = field(default_factory=lambda: [""])
    """Those chosen and one free place, as in the two lists below."""
    languages: list[str] = field(default_factory=lambda: [""])
    models: list[str] = field(default_factory=lambda: [""])
    longer: str = ""
    shorter: str = ""
    difficulty: str = ""
    when: str = _UNSAID
    """For which messages, in words."""
    asks: str = ""
    """Who is asked then, in words."""
    problem: str = ""


def draft_of(number: int, rule: RouteRule) -> RuleDraft:
    """Return a stored rule as the form shows it."""
    return RuleDraft(
        id=number,
        tasks=[*rule.tasks, ""],
        languages=[*rule.languages, ""],
        models=[*rule.models, ""][:MAX_MODELS],
        longer=str(rule.longer_than_tokens or ""),
        shorter=str(rule.shorter_than_tokens or ""),
        difficulty=rule.difficulty or "",
    )


def read_rule(draft: RuleDraft, form: Mapping[str, Any]) -> tuple[RuleDraft, RouteRule | None]:
    """Return the draft with what the form says, and its rule; None where it cannot be used, as the draft says then."""
    typed = {name: str(form.get(f"{name}-{draft.id}") or "").strip()[:20] for name in LENGTHS}
    draft = replace(draft, **typed, problem="")
    try:
        rule = RouteRule(
            models=_chosen(draft.models),
            tasks=cast("tuple[Task, ...]", _chosen(draft.tasks)),
            languages=cast("tuple[Language, ...]", _chosen(draft.languages)),
            longer_than_tokens=_tokens(draft.longer),
            shorter_than_tokens=_tokens(draft.shorter),
            difficulty=cast("Difficulty | None", draft.difficulty or None),
        )
        clean_rule(rule, "This rule")
    except ValidationFailedError as error:
        return replace(draft, problem=str(error)), None
    return draft, rule


def when_words(draft: RuleDraft) -> str:
    """Say for which messages the rule holds."""
    words = [
        _any_of("for", [TASKS[cast("Task", task)] for task in _chosen(draft.tasks)]),
        _any_of(
            "written in", [LANGUAGES[cast("Language", one)] for one in _chosen(draft.languages)]
        ),
        f"longer than {draft.longer} tokens" if draft.longer else "",
        f"shorter than {draft.shorter} tokens" if draft.shorter else "",
        f"judged {draft.difficulty}" if draft.difficulty else "",
    ]
    said = ", ".join(filter(None, words))
    return f"{said[0].upper()}{said[1:]}" if said else _UNSAID


def ask_words(draft: RuleDraft) -> str:
    """Say who is asked where the rule holds."""
    return ", then ".join(_chosen(draft.models))


def picked(places: Sequence[str], place: int, chosen: str) -> list[str]:
    """Put a choice at its place, and return each choice once with a free place behind."""
    if not 0 <= place < len(places):
        return list(places)
    return [*_chosen([*places[:place], chosen, *places[place + 1 :]]), ""]


def _chosen(places: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, places)))


def _any_of(beginning: str, names: Sequence[str]) -> str:
    return f"{beginning} {' or '.join(names)}" if names else ""


def _tokens(text: str) -> int | None:
    try:
        return int(text.replace(",", "")) if text else None
    except ValueError:
        raise ValidationFailedError(_NO_NUMBER, field="rules") from None
