"""Visitors' conversations with apps, as host apps, widgets and owners see them."""

from __future__ import annotations

from typing import Literal

from babble_app.schemas.apps import Channel, PageTool
from babble_app.schemas.base import Schema, Timestamp
from babble_app.schemas.sessions import SessionStatus

Rating = Literal["up", "down"]
VisitStatus = Literal["new"] | SessionStatus
"""`new`: nothing has been said, the program has not run."""


class VisitorMessage(Schema):
    """A visitor's message with what came along."""

    text: str
    context: str = ""
    """What the page or program says of itself, as JSON; shown to models as data."""
    tools: tuple[PageTool, ...] = ()
    """What the page can do for the agent."""
    streamed: bool = True
    """Whether whoever asks reads the answer as it comes."""


class ReplyUsage(Schema):
    """What an answer took."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None


class ReplyCitation(Schema):
    """A passage that an answer rests on."""

    number: int
    file: str
    page: int | None = None
    quote: str = ""
    url: str = ""


class ChatReply(Schema):
    """A whole answer to a visitor."""

    response: str
    session_id: str
    message_id: str
    agent_version: int | None = None
    model: str = ""
    cached: bool = False
    usage: ReplyUsage = ReplyUsage()
    citations: tuple[ReplyCitation, ...] = ()
    ended: bool = False
    """Whether the program has come to its end; a further message needs a new session."""
    human: bool = False
    """Whether a person will go on: one has taken over, or was asked for."""


class VisitMessage(Schema):
    """A message of a visitor's conversation."""

    id: str
    role: Literal["user", "assistant"]
    text: str
    status: str = "done"
    human: str = ""
    """The name of the person who wrote it, where it was no agent."""
    citations: tuple[ReplyCitation, ...] = ()
    rating: Rating | None = None
    comment: str = ""
    created_at: Timestamp


class Visit(Schema):
    """A visitor's conversation, as the app's owner sees it."""

    id: str
    """Of the session, and of the chat that it is."""
    app_id: str
    visitor: str = ""
    visitor_name: str = ""
    channel: Channel = "production"
    origin: str = ""
    version_id: str | None = None
    version_number: int | None = None
    title: str = ""
    status: VisitStatus = "waiting"
    human: str = ""
    """Who has taken over."""
    human_asked: bool = False
    """Whether the program handed over to a person, and nobody has come yet."""
    created_at: Timestamp
    updated_at: Timestamp


class VisitorSession(Schema):
    """A conversation, as its visitor and the host app see it."""

    session_id: str
    title: str = ""
    """The beginning of the first message."""
    user: str = ""
    """The host app's own name of the visitor, or `vis_...` of a browser."""
    ended: bool = False
    human: str = ""
    """The name of the person who has taken over."""
    created_at: Timestamp
    updated_at: Timestamp


class GivenFile(Schema):
    """A file that a visitor gave to a conversation."""

    id: str
    name: str


class OpenedSession(Schema):
    """A conversation that was just begun."""

    session_id: str
    greeting: str = ""
    """What the agent says first; it is the first message."""
    messages: tuple[VisitMessage, ...] = ()
    ended: bool = False
