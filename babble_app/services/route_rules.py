"""The rules of a profile as they are stored: checked one by one, and refused in words that say which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from babble_app.errors import ValidationFailedError
from babble_app.llm.classifier import JUDGED
from babble_app.schemas.models import Task
from babble_app.schemas.profiles import Difficulty, Language
from babble_app.services.names import clean_model

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from babble_app.schemas.profiles import RouteRule

MAX_RULES = 8
MAX_MODELS = 4
MAX_TOKENS = 10_000_000


def clean_rules(rules: Sequence[RouteRule]) -> list[dict[str, Any]]:
    """Return the rules as they are stored, what is not given left out.

    Raises:
        ValidationFailedError: a rule cannot be used, or there are too many.
    """
    if len(rules) > MAX_RULES:
        raise _refused(f"A profile has at most {MAX_RULES} rules.")
    return [clean_rule(rule, f"Rule {number}") for number, rule in enumerate(rules, 1)]


def check_judged(rules: Sequence[dict[str, Any]], classifier: str) -> None:
    """Refuse stored rules that ask how hard a question is where no model judges that."""
    if not classifier and any("difficulty" in rule for rule in rules):
        message = "A rule asks how hard a question is. Choose a small model as the classifier, which judges that."
        raise ValidationFailedError(message, field="classifier")


def clean_rule(rule: RouteRule, which: str) -> dict[str, Any]:
    """Return one rule as it is stored; a refusal begins with `which`.

    Raises:
        ValidationFailedError: it cannot be used.
    """
    models = [clean_model(model, field="rules") for model in rule.models]
    models = list(dict.fromkeys(model for model in models if model))
    if not 1 <= len(models) <= MAX_MODELS:
        raise _refused(f"{which} names 1 to {MAX_MODELS} models, which are asked first.")
    _check_known(rule.tasks, get_args(Task), f"{which}: there is no task")
    _check_known(rule.languages, get_args(Language), f"{which}: Babble does not recognise language")
    if rule.difficulty is not None:
        _check_known([rule.difficulty], get_args(Difficulty), f"{which}: there is no difficulty")
        if rule.tasks and JUDGED.isdisjoint(rule.tasks):
            judged = ", ".join(sorted(JUDGED))
            raise _refused(f"{which} can never hold: only these tasks are judged: {judged}.")
    _check_lengths(rule, which)
    conditions = {
        "tasks": list(dict.fromkeys(rule.tasks)),
        "languages": list(dict.fromkeys(rule.languages)),
        "longer_than_tokens": rule.longer_than_tokens,
        "shorter_than_tokens": rule.shorter_than_tokens,
        "difficulty": rule.difficulty,
    }
    given = {name: value for name, value in conditions.items() if value not in ([], None)}
    if not given:
        raise _refused(
            f"{which} has no condition. Say when it holds: by task, language, length or difficulty."
        )
    return {"models": models, **given}


def _check_known(values: Collection[str], known: Sequence[str], problem: str) -> None:
    for value in values:
        if value not in known:
            raise _refused(f"{problem} {value[:40]!r}; there are {', '.join(known)}.")


def _check_lengths(rule: RouteRule, which: str) -> None:
    longer, shorter = rule.longer_than_tokens, rule.shorter_than_tokens
    for tokens in (longer, shorter):
        if tokens is not None and not 1 <= tokens <= MAX_TOKENS:
            raise _refused(f"{which}: a length in tokens is a number from 1 to {MAX_TOKENS:,}.")
    if longer is not None and shorter is not None and shorter - longer < 2:
        message = f"{which} can never hold: nothing is longer than {longer:,} and shorter than {shorter:,} tokens."
        raise _refused(message)


def _refused(message: str) -> ValidationFailedError:
    return ValidationFailedError(message, field="rules")
