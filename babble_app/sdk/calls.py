"""The server's routes as values: what is sent, and how the answer is read."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypedDict, TypeVar
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError

from babble_app.sdk.errors import InvalidAnswerError
from babble_app.sdk.shapes import Answer, Message, Opening, SessionFacts, Stats, UploadedFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from babble_app.sdk.shapes import Rating

T = TypeVar("T")


class Question(TypedDict, total=False):
    """What may come along with a message."""

    session_id: str
    """Of an earlier answer; without it a new session begins."""
    context: Mapping[str, Any] | None
    """What your program knows, as JSON of at most 32 KiB; the model sees it as data, never as instructions."""
    user: str
    """Who asks, in your words: an id of your own."""
    idempotency_key: str
    """Equal for equal questions that shall be answered, and paid for, once within a day; made up for each call otherwise."""


class StreamQuestion(Question, total=False):
    """The same, where the answer is followed."""

    tools: Sequence[Mapping[str, Any]]
    """`{"name", "description", "parameters"}`: what your program can do for the agent; it asks for it with a `wanted` event."""


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request and what its answer means."""

    method: str
    path: str
    read: Callable[[bytes], T]
    """Makes the result of a successful answer's body."""
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    file: tuple[str, bytes] | None = None
    repeatable: bool = True
    """Whether it does no harm to send it again when nobody knows if it arrived."""
    slow: bool = False
    """Whether a model is asked: nothing may come for as long as the whole call may take."""


def ask(message: str, question: Question) -> Call[Answer]:
    """Put a question and take the whole answer."""
    body, headers = _question(message, question)
    return Call("POST", "/api/v1/chat", _reader(Answer), body=body, headers=headers, slow=True)


def stream(message: str, question: StreamQuestion) -> Call[None]:
    """Put a question and follow the answer."""
    body, headers = _question(message, question)
    headers["Accept"] = "text/event-stream"
    return Call("POST", "/api/v1/chat/stream", _nothing, body=body, headers=headers)


def open_session(context: Mapping[str, Any] | None, user: str) -> Call[Opening]:
    """Begin a conversation."""
    body = _given(context=context, user=user)
    path = "/api/v1/sessions"
    return Call("POST", path, _reader(Opening), body=body, headers=_keyed(""), slow=True)


def list_sessions(user: str, limit: int) -> Call[tuple[SessionFacts, ...]]:
    """List conversations, the last touched first."""
    query = _texts(user=user, limit=limit)
    return Call("GET", "/api/v1/sessions", _reader(tuple[SessionFacts, ...]), query=query)


def list_messages(session_id: str, *, limit: int, before: str) -> Call[tuple[Message, ...]]:
    """Read what was said, the oldest of them first."""
    query = _texts(limit=limit, before=before)
    path = f"{_session(session_id)}/messages"
    return Call("GET", path, _reader(tuple[Message, ...]), query=query)


def clear(session_id: str) -> Call[None]:
    """Delete what was said; the conversation may go on from its beginning."""
    return Call("DELETE", _session(session_id), _nothing)


def stop(session_id: str) -> Call[None]:
    """End the answer that is being made."""
    return Call("POST", f"{_session(session_id)}/stop", _nothing)


def upload(session_id: str, file: Path | str | bytes, name: str) -> Call[UploadedFile]:
    """Give a file to a session.

    Raises:
        ValueError: bytes came without a name.
    """
    content = file if isinstance(file, bytes) else Path(file).read_bytes()
    name = name or ("" if isinstance(file, bytes) else Path(file).name)
    if not name:
        message = "Bytes need a name, such as name='menu.pdf'."
        raise ValueError(message)
    path = f"{_session(session_id)}/files"
    return Call("POST", path, _reader(UploadedFile), file=(name, content), repeatable=False)


def send_tool_result(session_id: str, call_id: str, result: Any, *, ok: bool) -> Call[None]:
    """Answer a tool call that was `wanted`."""
    words = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
    body = {"call_id": call_id, "ok": ok, "result": words}
    path = f"{_session(session_id)}/tool-results"
    # Sent again, it would find nobody who waits.
    return Call("POST", path, _nothing, body=body, repeatable=False)


def rate(message_id: str, rating: Rating, comment: str) -> Call[None]:
    """Say whether an answer was good."""
    path = f"/api/v1/messages/{quote(message_id, safe='')}/feedback"
    return Call("POST", path, _nothing, body=_given(rating=rating, comment=comment))


def get_stats(since: datetime | None, until: datetime | None) -> Call[Stats]:
    """Read the app's figures."""
    query = _texts(since=since and since.isoformat(), until=until and until.isoformat())
    return Call("GET", "/api/v1/stats", _reader(Stats), query=query)


def _question(
    message: str, question: Question | StreamQuestion
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the body and the headers."""
    given = _given(**question)
    headers = _keyed(given.pop("idempotency_key", ""))
    return {"message": message, **given}, headers


def _given(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}


def _texts(**values: Any) -> dict[str, str]:
    return {key: str(value) for key, value in _given(**values).items()}


def _keyed(key: str) -> dict[str, str]:
    """Name the request, so that however often it is sent it is carried out, and paid for, once."""
    return {"Idempotency-Key": key or secrets.token_urlsafe(18)}


def _session(session_id: str) -> str:
    return f"/api/v1/sessions/{quote(session_id, safe='')}"


def _nothing(_: bytes) -> None:
    return None


def _reader(shape: type[T]) -> Callable[[bytes], T]:
    adapter = TypeAdapter(shape)

    def read(body: bytes) -> T:
        try:
            return adapter.validate_python(json.loads(body))
        except (ValueError, ValidationError) as error:
            message = "What came is no answer of a Babble server. Look at base_url."
            raise InvalidAnswerError(message) from error

    return read
