"""Visitors' conversations as the app's owner handles them: found, read, taken over, exported."""

from __future__ import annotations

from typing import Literal

from babble_app.schemas.apps import Channel
from babble_app.schemas.base import Schema, Timestamp
from babble_app.schemas.events import ToolAnswered, ToolCalled
from babble_app.schemas.visits import Rating, Visit, VisitMessage

Reason = Literal["failed", "empty", "rated_down", "unsure", "handed_over"]
"""Why a question counts as unanswered: the answer failed, was empty, was rated down, said that it does not know, or a person had
to go on."""


class ConversationFilter(Schema):
    """Which conversations are meant; what is left out does not matter."""

    channel: Channel | None = None
    version: int | None = None
    """Number of the agent's version that runs."""
    rating: Rating | None = None
    """Some answer is rated so."""
    waiting: bool = False
    """Only those in which a visitor waits for a person."""
    search: str = ""
    """Stands in a message, or in the visitor's name."""


class ConversationSummary(Visit):
    """A conversation in a list."""

    messages: int = 0
    last_text: str = ""
    """Its beginning."""
    last_role: Literal["user", "assistant", ""] = ""
    rated_down: bool = False
    answering: bool = False
    """Whether an answer is being made."""

    @property
    def waits(self) -> bool:
        """Whether the visitor waits for a person: nobody has come, or has not answered the last message."""
        return self.human_asked if not self.human else self.last_role == "user"


class ConversationPage(Schema):
    """Some conversations, the last touched first."""

    items: tuple[ConversationSummary, ...] = ()
    next: str = ""
    """What `after` gets for the next ones; empty: there are no more."""


class ConversationMessage(VisitMessage):
    """A message with what only the owner sees of it."""

    model: str = ""
    problem: str = ""
    """Why the answer failed."""
    tools: tuple[ToolCalled | ToolAnswered, ...] = ()


class Conversation(Schema):
    """A conversation with its newest messages, oldest first."""

    about: ConversationSummary
    messages: tuple[ConversationMessage, ...] = ()
    has_earlier: bool = False
    """Whether there are messages before these."""


class Unanswered(Schema):
    """A question that visitors asked and that was not answered, or not well."""

    question: str
    """As it was asked last."""
    count: int
    reasons: tuple[Reason, ...]
    answer: str = ""
    """The beginning of what was answered last."""
    conversation_ids: tuple[str, ...]
    """Where, the last first; at most ten."""
    asked_at: Timestamp
    """Last."""


class VisitNews(Schema):
    """Something that a visitor hears from a person of the owner's, or about one."""

    message: VisitMessage | None = None
    person: str = ""
    """Who has taken over; empty: the agent answers."""
    asked: bool = False
    """Whether a person was asked for, and nobody has come yet."""
