"""Visitors' conversations as the page shows them: plain values, ready to be painted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from babble_app.schemas.events import ToolAnswered
from babble_app.states.words import count_words

if TYPE_CHECKING:
    from babble_app.schemas.conversations import (
        ConversationMessage,
        ConversationSummary,
        Reason,
        Unanswered,
    )
    from babble_app.schemas.visits import ReplyCitation

ENDED = {
    "finished": "The agent's program has come to its end; the visitor can begin a new conversation.",
    "hung_up": "The agent ended the conversation.",
    "failed": "Something in the agent's program went wrong, and it cannot go on.",
    "limit": "The agent's program took too many steps and was ended.",
}
"""How a conversation ended that takes no further message, by the program's status."""
REASONS: dict[Reason, str] = {
    "failed": "the answer failed",
    "empty": "the answer was empty",
    "rated_down": "rated down",
    "unsure": "says it does not know",
    "handed_over": "a person had to go on",
}
_SHORT_ID = slice(4, 8)
_MARKUP = re.compile(r"[*_`#>|]+")


@dataclass(frozen=True)
class VisitRow:
    """A conversation in the list, or the head of the open one."""

    id: str = ""
    href: str = ""
    who: str = ""
    last: str = ""
    """The beginning of the newest message, with who wrote it."""
    at: str = ""
    facts: str = ""
    """`Version 3 · from https://shop.example · 4 messages`."""
    version: str = ""
    staging: bool = False
    human: str = ""
    """Who has taken over."""
    asked: bool = False
    """Whether the agent has asked for a person, and nobody has come."""
    waits: bool = False
    rated_down: bool = False
    answering: bool = False
    ended: str = ""
    """How it ended, in words; empty while it can go on."""


@dataclass(frozen=True)
class VisitSource:
    """A passage that an answer cites."""

    number: int
    place: str
    quote: str
    url: str = ""


@dataclass(frozen=True)
class VisitLine:
    """A message."""

    id: str
    by: str
    """`visitor`, `agent` or `person`."""
    name: str
    text: str
    at: str
    problem: str = ""
    """Why an answer is not whole, or not there."""
    rating: str = ""
    comment: str = ""
    tools: list[str] = field(default_factory=list[str])
    sources: list[VisitSource] = field(default_factory=list[VisitSource])


@dataclass(frozen=True)
class QuestionPlace:
    """A conversation in which a question was asked."""

    href: str
    label: str


@dataclass(frozen=True)
class QuestionRow:
    """A question that was not answered."""

    question: str
    times: str
    reasons: list[str]
    answer: str
    at: str
    places: list[QuestionPlace]


def visit_row(visit: ConversationSummary) -> VisitRow:
    """Return the conversation as the list shows it."""
    version = f"Version {visit.version_number}" if visit.version_number is not None else ""
    facts = [
        version or "Plain assistant",
        f"from {visit.origin}" if visit.origin else "",
        count_words(visit.messages, "message"),
    ]
    speaker = "Reply: " if visit.last_role == "assistant" else ""
    ended = "" if visit.human else ENDED.get(visit.status, "")
    return VisitRow(
        id=visit.id,
        href=place_of(visit.app_id, visit.id),
        who=who(visit),
        last=f"{speaker}{_plain(visit.last_text)}",
        at=visit.updated_at.isoformat(),
        facts=" · ".join(filter(None, facts)),
        version=version,
        staging=visit.channel == "staging",
        human=visit.human,
        asked=visit.human_asked and not visit.human,
        waits=visit.waits,
        rated_down=visit.rated_down,
        answering=visit.answering,
        ended=ended,
    )


def visit_line(message: ConversationMessage, visitor: str) -> VisitLine:
    """Return the message as the conversation shows it."""
    is_visitor = message.role == "user"
    return VisitLine(
        id=message.id,
        by="visitor" if is_visitor else "person" if message.human else "agent",
        name=visitor if is_visitor else message.human or "Agent",
        text=message.text,
        at=message.created_at.isoformat(),
        problem=_problem(message),
        rating=message.rating or "",
        comment=message.comment,
        tools=_tools(message),
        sources=[_source(one) for one in message.citations],
    )


def question_row(app_id: str, found: Unanswered) -> QuestionRow:
    """Return the question as the list shows it."""
    places = [
        QuestionPlace(place_of(app_id, one), f"Conversation {number}")
        for number, one in enumerate(found.conversation_ids, 1)
    ]
    return QuestionRow(
        question=found.question,
        times=f"asked {found.count} times" if found.count > 1 else "",
        reasons=[REASONS[one] for one in found.reasons],
        answer=_plain(found.answer),
        at=found.asked_at.isoformat(),
        places=places if len(places) > 1 else [QuestionPlace(places[0].href, "Open conversation")],
    )


def place_of(app_id: str, visit_id: str) -> str:
    """Return where the page shows the conversation."""
    return f"/apps/{app_id}/conversations?c={visit_id}"


def who(visit: ConversationSummary) -> str:
    """Return how the visitor is called: by the name that the host page signed, or by what is known."""
    if visit.visitor_name:
        return visit.visitor_name
    if visit.visitor.startswith("vis_"):
        return f"Visitor {visit.visitor[_SHORT_ID]}"
    return visit.visitor.removeprefix("user ") or "Unnamed visitor"


def _plain(text: str) -> str:
    """Return the text on one line, without Markdown's signs."""
    return " ".join(_MARKUP.sub("", text).split())


def _problem(message: ConversationMessage) -> str:
    match message.status:
        case "failed":
            return message.problem or "This answer failed."
        case "stopped":
            return "The visitor stopped this answer."
        case "interrupted":
            return "This answer was interrupted."
        case _:
            is_empty = message.role == "assistant" and not message.text.strip()
            return "The agent said nothing." if is_empty else ""


def _tools(message: ConversationMessage) -> list[str]:
    answered = [one for one in message.tools if isinstance(one, ToolAnswered)]
    return [
        f"{one.name}: {one.summary or 'done'}" if one.ok else f"{one.name} failed: {one.summary}"
        for one in answered
    ]


def _source(citation: ReplyCitation) -> VisitSource:
    page = f", page {citation.page}" if citation.page else ""
    is_web = urlsplit(citation.url).scheme in {"http", "https"}
    return VisitSource(
        number=citation.number,
        place=f"{citation.file}{page}",
        quote=citation.quote,
        url=citation.url if is_web else "",
    )
