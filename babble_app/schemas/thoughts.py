"""What the brain answers, in the form that Companion-style programs know."""

from __future__ import annotations

from babble_app.schemas.base import Schema
from babble_app.schemas.events import Citation
from babble_app.schemas.usage import Usage


class ThoughtFacts(Schema):
    """How an answer came about."""

    conversation_id: str
    message_id: str = ""
    """The answer's; empty where the question was refused."""
    run_id: str = ""
    model: str = ""
    """`provider/name` that answered."""
    why: str = ""
    """One line: why that model, where there was a choice."""
    cached: bool = False
    usage: Usage = Usage()
    citations: tuple[Citation, ...] = ()
    error: str = ""
    """The code of what went wrong; `response` then says it in words, after what had arrived."""
    retryable: bool = False


class Thought(Schema):
    """An answer."""

    response: str
    metadata: ThoughtFacts
    success: bool
