"""A run's events folded into the stored answer: who gave it, and why."""

from __future__ import annotations

from babble_app.schemas.events import UsageCounted
from babble_app.schemas.usage import Usage
from babble_app.services.answers import Answer

USED = Usage(input_tokens=3, output_tokens=2)


def test_the_last_call_that_wrote_says_who_answered_and_why() -> None:
    answer = Answer(model="acme/chosen")

    answer.count(UsageCounted(usage=USED, model="acme/first", why="first: your default"))
    answer.count(UsageCounted(usage=USED, model="acme/other", why="other: first was rate-limited"))
    answer.count(UsageCounted(usage=USED))

    assert answer.model == "acme/other"
    assert answer.details()["why"] == "other: first was rate-limited"
    assert answer.usage == USED + USED + USED


def test_calls_that_only_prepare_leave_the_model_and_nothing_to_say() -> None:
    answer = Answer(model="acme/chosen")

    answer.count(UsageCounted(usage=USED))

    assert answer.model == "acme/chosen"
    assert "why" not in answer.details()
