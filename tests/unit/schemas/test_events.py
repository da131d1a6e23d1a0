"""The events of a run: their names are a contract, and each comes back from the wire as it was."""

from __future__ import annotations

from typing import get_args

import pytest

from babble_app.schemas.events import LAST_EVENTS, FileUse, RunEvent, run_event_adapter

NAMES = {
    "run.started",
    "text.delta",
    "reasoning.delta",
    "program.delta",
    "attempt",
    "tool.called",
    "tool.answered",
    "citation",
    "version.saved",
    "state",
    "message.done",
    "run.failed",
    "run.stopped",
}
# Fields that clients read (API.md); further ones may be there.
FIELDS = {
    "text.delta": {"text"},
    "reasoning.delta": {"text"},
    "program.delta": {"text"},
    "attempt": {"n", "of", "findings"},
    "version.saved": {"agent_id", "version_id", "number"},
    "message.done": {"message_id", "text", "usage", "model"},
    "run.failed": {"code", "message", "retryable"},
}
KINDS = {kind.model_fields["type"].default: kind for kind in get_args(get_args(RunEvent)[0])}


def test_the_names_are_those_of_the_contract() -> None:
    assert set(KINDS) == NAMES
    assert set(LAST_EVENTS) <= NAMES


@pytest.mark.parametrize(("name", "fields"), FIELDS.items(), ids=list(FIELDS))
def test_the_fields_of_the_contract_are_there(name: str, fields: set[str]) -> None:
    assert fields <= set(KINDS[name].model_fields)


def test_an_unknown_event_is_refused() -> None:
    with pytest.raises(ValueError, match=r"run\.vanished"):
        run_event_adapter.validate_python({"type": "run.vanished"})


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        ((), "menu.pdf"),
        ((2,), "menu.pdf p. 2"),
        ((2, 3), "menu.pdf p. 2-3"),
        ((1, 2, 3, 7, 9, 10), "menu.pdf p. 1-3, 7, 9-10"),
    ],
)
def test_pages_that_follow_each_other_are_written_as_one_range(
    pages: tuple[int, ...], words: str
) -> None:
    assert FileUse(file_id="fil_1", file="menu.pdf", pages=pages).words == words
