"""What a session remembers, blocking or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from babble_app.sdk.shapes import SessionEvent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from babble_app.sdk.calls import Question
    from babble_app.sdk.shapes import BrainEvent

_Q = TypeVar("_Q", bound="Question")


class Conversation:
    """A conversation's id, and what goes with each of its messages."""

    def __init__(
        self, session_id: str = "", *, context: Mapping[str, Any] | None = None, user: str = ""
    ) -> None:
        self.id = session_id
        """Empty until the conversation has begun."""
        self.context = dict(context or {})
        """Goes with every message; what a message brings itself comes on top."""
        self.user = user

    def complete(self, question: _Q) -> _Q:
        """Return the question as part of this conversation."""
        context = {**self.context, **(question.get("context") or {})}
        own = {"session_id": self.id, "user": self.user}
        # The keys are those of the type.
        return cast("_Q", {**own, **question, "context": context})

    def note(self, event: BrainEvent) -> None:
        """Keep the id that the server gave the conversation."""
        if isinstance(event, SessionEvent):
            self.id = event.session_id
