"""Messages as the chat page shows them: plain values, ready to be painted."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from babble_app.schemas.events import (
    Attempt,
    Citation,
    FileUse,
    ToolAnswered,
    ToolCalled,
    VersionSaved,
)
from babble_app.schemas.repeats import ANSWERED_BEFORE, find_known_since

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from babble_app.schemas.chats import Message
    from babble_app.schemas.usage import Usage


SMALLEST_SHOWN_USD = 0.0001


@dataclass(frozen=True)
class AttemptView:
    """A round of the builder, and what was wrong with the one before."""

    n: int
    of: int
    findings: list[str]


@dataclass(frozen=True)
class ToolView:
    """A tool call with its answer, once that is there."""

    call_id: str
    name: str
    arguments: str
    state: str
    """`running`, `ok` or `failed`."""
    summary: str = ""


@dataclass(frozen=True)
class SourceView:
    """A numbered passage of a file or of a web page."""

    number: int
    file_id: str
    file: str
    place: str
    """`page 3`, the host of a web page, or empty."""
    quote: str
    url: str = ""
    """Of a web page; only http and https are ever links."""


@dataclass(frozen=True)
class UseView:
    """A file of which the model was shown something."""

    file_id: str
    words: str
    """`menu.pdf p. 2-3`."""


@dataclass(frozen=True)
class VersionView:
    """A version that came of an answer."""

    agent_id: str
    version_id: str
    number: int
    title: str
    summary: str


@dataclass(frozen=True)
class MessageView:
    """A stored question or answer."""

    id: str
    run_id: str
    role: str
    text: str
    status: str = "done"
    reasoning: str = ""
    figures: str = ""
    """Model and tokens, for those who want to know."""
    why: str = ""
    """Why that model answered, where there was a choice."""
    repeated: str = ""
    """Of an answer that was given again: that it was."""
    repeated_at: str = ""
    """Since when it is known."""
    problem: str = ""
    raw: str = ""
    can_run_again: bool = False
    attempts: list[AttemptView] = field(default_factory=list[AttemptView])
    tools: list[ToolView] = field(default_factory=list[ToolView])
    sources: list[SourceView] = field(default_factory=list[SourceView])
    source_numbers: list[int] = field(default_factory=list[int])
    versions: list[VersionView] = field(default_factory=list[VersionView])
    used: list[UseView] = field(default_factory=list[UseView])
    proposal: str = ""
    """Id of the change that it proposed."""
    at: str = ""


def message_view(message: Message) -> MessageView:
    """Return what the page shows of a stored message."""
    repeated = message.why.startswith(ANSWERED_BEFORE)
    since = find_known_since(message.why) if repeated else None
    return MessageView(
        id=message.id,
        run_id=message.run_id or "",
        role=message.role,
        text=message.text,
        status=message.status,
        reasoning=message.reasoning,
        figures=figures(message.model, message.usage),
        why="" if repeated else message.why,
        repeated=ANSWERED_BEFORE if since else message.why if repeated else "",
        repeated_at=since.isoformat() if since else "",
        problem=message.problem.message if message.problem else "",
        raw=message.raw,
        can_run_again=message.role == "assistant" and message.status != "done",
        attempts=[attempt_view(item) for item in message.attempts],
        tools=tool_views(message.tools),
        sources=[source_view(item) for item in message.citations],
        source_numbers=[item.number for item in message.citations],
        versions=[version_view(item, said=message.text) for item in message.versions],
        used=use_views(message.context),
        proposal=message.proposal_id or "",
        at=message.created_at.isoformat(),
    )


def in_reading_order(messages: Iterable[Message]) -> list[Message]:
    """Put each answer behind its question: a question that waited in line was stored before the answer to the one ahead."""
    ordered: list[Message] = []
    for message in messages:
        place = len(ordered)
        if message.role == "assistant" and message.run_id:
            own = [at for at, other in enumerate(ordered) if other.run_id == message.run_id]
            place = own[-1] + 1 if own else place
        ordered.insert(place, message)
    return ordered


def attempt_view(attempt: Attempt) -> AttemptView:
    """Return a round with its findings in words."""
    findings = [f"Line {item.line}: {item.message}" for item in attempt.findings]
    return AttemptView(n=attempt.n, of=attempt.of, findings=findings)


def tool_views(events: Sequence[ToolCalled | ToolAnswered]) -> list[ToolView]:
    """Join calls and answers by their ids, in the order of the calls."""
    answers = {event.call_id: event for event in events if isinstance(event, ToolAnswered)}
    views: list[ToolView] = []
    for call in events:
        if not isinstance(call, ToolCalled):
            continue
        answer = answers.get(call.call_id)
        state = "running" if answer is None else "ok" if answer.ok else "failed"
        arguments = json.dumps(call.arguments, ensure_ascii=False, indent=1)
        summary = answer.summary if answer else ""
        views.append(ToolView(call.call_id, call.name, arguments, state, summary))
    return views


def source_view(citation: Citation) -> SourceView:
    """Return a passage with its place in words."""
    host = _host(citation.url)
    page = f"page {citation.page}" if citation.page else ""
    return SourceView(
        number=citation.number,
        file_id=citation.file_id,
        file=citation.file,
        place=host or page,
        quote=citation.quote,
        url=citation.url if host else "",
    )


def _host(url: str) -> str:
    """Return the host of a web address; empty for anything else."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    return host if parts.scheme in {"http", "https"} else ""


def use_views(context: Sequence[FileUse]) -> list[UseView]:
    """Return the files that the model was shown, with their pages in words."""
    return [UseView(item.file_id, item.words) for item in context]


def version_view(saved: VersionSaved, *, said: str = "") -> VersionView:
    """Return the card of a saved version; a summary that the answer's text begins with is not said twice."""
    return VersionView(
        agent_id=saved.agent_id,
        version_id=saved.version_id,
        number=saved.number,
        title=f"Version {saved.number} saved",
        summary="" if said.startswith(saved.summary) else saved.summary,
    )


def figures(model: str, usage: Usage) -> str:
    """Say in one line which model answered and what it used."""
    parts = [model] if model else []
    if usage.input_tokens or usage.output_tokens:
        parts.append(f"{usage.input_tokens:,} in, {usage.output_tokens:,} out")
    if usage.cost_usd:
        small = usage.cost_usd < SMALLEST_SHOWN_USD
        parts.append(f"under ${SMALLEST_SHOWN_USD}" if small else f"${usage.cost_usd:.4f}")
    return " · ".join(parts)
