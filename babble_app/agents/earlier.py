"""Chooses which earlier messages a prompt holds: the newest always, older ones where they speak of the same, within a budget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from babble_app.retrieval.search import search
from babble_app.schemas.workspaces import FilePage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from babble_app.schemas.models import ModelMessage

ALL_TOKENS = 3_000
"""A conversation up to here is shown whole."""
OLDER_TOKENS = 1_500
"""Of older messages that speak of the same, beside the newest ones."""
NEWEST = 6
"""Messages, three exchanges, that are shown however long the conversation is."""
LONGEST_CHARS = 6_000
"""Of one message; the middle of a longer one is left out."""


@dataclass(frozen=True)
class _Exchange:
    """A question with its answer, as something that can be searched."""

    id: str
    name: str
    messages: tuple[ModelMessage, ...]

    @property
    def pages(self) -> tuple[FilePage, ...]:
        text = "\n".join(message.text for message in self.messages)
        return (FilePage(page=1, text=text[:LONGEST_CHARS]),)


def is_short(history: Sequence[ModelMessage]) -> bool:
    """Whether a conversation is shown whole without being counted."""
    return sum(len(message.text) for message in history) <= ALL_TOKENS


def choose_earlier(
    history: Sequence[ModelMessage], text: str, tokens: Callable[[str], int]
) -> tuple[ModelMessage, ...]:
    """Return the messages that a prompt about `text` holds, the oldest first."""
    messages = [_shortened(message) for message in history]
    if is_short(messages) or sum(tokens(message.text) for message in messages) <= ALL_TOKENS:
        return tuple(messages)
    # Whole exchanges only: providers refuse a conversation that begins with an answer.
    newest = _first_question(messages, len(messages) - NEWEST)
    room, kept = OLDER_TOKENS, set[int]()
    exchanges = _exchanges(messages[:newest])
    for passage in search(text, exchanges, limit=20):
        number = int(passage.document_id)
        cost = sum(tokens(message.text) for message in exchanges[number].messages)
        if number not in kept and cost <= room:
            kept.add(number)
            room -= cost
    older = [message for number in sorted(kept) for message in exchanges[number].messages]
    return (*older, *messages[newest:])


def _first_question(messages: Sequence[ModelMessage], start: int) -> int:
    """Return the place of the question at `start`, or of the next one."""
    places = range(max(start, 0), len(messages))
    return next((at for at in places if messages[at].role == "user"), len(messages))


def _exchanges(messages: Sequence[ModelMessage]) -> list[_Exchange]:
    starts = [at for at, message in enumerate(messages) if message.role == "user"]
    ends = [*starts[1:], len(messages)]
    return [
        _Exchange(str(number), "", tuple(messages[start:end]))
        for number, (start, end) in enumerate(zip(starts, ends, strict=False))
    ]


def _shortened(message: ModelMessage) -> ModelMessage:
    if len(message.text) <= LONGEST_CHARS:
        return message
    half = LONGEST_CHARS // 2
    text = f"{message.text[:half]}\n[… the middle is left out …]\n{message.text[-half:]}"
    return message.model_copy(update={"text": text})
