"""What happens between a call and its result, without any input or output of its own.

A flow is a generator: it yields what shall be done next and is sent the outcome. `carriers.py` carries it out, blocking or not, so
there is one truth about repeating, resuming and reading for both clients.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import ValidationError

from babble_app.sdk.errors import (
    BrainError,
    ConnectionFailedError,
    InvalidAnswerError,
    ModelUnavailableError,
    RateLimitedError,
    UnreachableError,
    error_of,
    error_of_event,
)
from babble_app.sdk.retries import read_retry_after
from babble_app.sdk.shapes import (
    Answer,
    CitationEvent,
    DeltaEvent,
    DoneEvent,
    SessionEvent,
    Shape,
    StateEvent,
    ToolEvent,
)
from babble_app.sdk.sse import Decoder

if TYPE_CHECKING:
    from babble_app.sdk.calls import Call
    from babble_app.sdk.retries import Timeouts, Tries
    from babble_app.sdk.shapes import BrainEvent
    from babble_app.sdk.sse import Frame

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Open:
    """Send the request; the outcome is a Reply. An answer that is still open is left."""

    call: Call[Any]
    connect_seconds: float
    read_seconds: float


@dataclass(frozen=True, slots=True)
class Read:
    """Take the next bytes of the answer; the outcome is empty at its end."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Leave the answer and wait."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Emit(Generic[T]):
    """Hand this to the caller."""

    result: T


@dataclass(frozen=True, slots=True)
class Reply:
    """The head of an answer; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]


Step = Open | Read | Wait
Outcome = Reply | bytes | BrainError | None
Flow = Generator[Step | Emit[T], Outcome, None]
_Part = Generator[Step | Emit[Any], Outcome, T]

_OK = range(200, 300)
_UNAVAILABLE = 503
_EVENTS: dict[str, type[Shape]] = {
    "session": SessionEvent,
    "delta": DeltaEvent,
    "tool": ToolEvent,
    "citation": CitationEvent,
    "state": StateEvent,
}


class _Failure(Shape):
    """The data of an `error` event."""

    code: str = "internal"
    detail: str = ""
    retryable: bool = False


def fetch(call: Call[T], timeouts: Timeouts, tries: Tries) -> Flow[T]:
    """Emit the result of one call."""
    while True:
        try:
            yield from _open(call, timeouts, tries)
            result = call.read((yield from _read_all(tries)))
        except BrainError as error:
            wait = tries.wait_seconds(error, may_repeat=_may_repeat(call, error))
        else:
            yield Emit(result)
            return
        yield Wait(wait)


def follow(call: Call[None], timeouts: Timeouts, tries: Tries) -> Flow[BrainEvent]:
    """Emit the events of an answer to its end; a stream that breaks off is taken up behind its last event."""
    reading = _Reading()
    while True:
        try:
            yield from _open(reading.resumed(call), timeouts, tries)
            failure = yield from _follow_once(reading, tries)
        except BrainError as error:
            wait = tries.wait_seconds(error, may_repeat=_may_repeat(call, error))
        else:
            if failure:
                raise failure
            return
        yield Wait(wait)


class _Reading:
    """How far a stream was read."""

    def __init__(self) -> None:
        self.last_id = ""

    def resumed(self, call: Call[None]) -> Call[None]:
        if not self.last_id:
            return call
        return replace(call, headers={**call.headers, "Last-Event-ID": self.last_id})


def _open(call: Call[Any], timeouts: Timeouts, tries: Tries) -> _Part[None]:
    """Send the request; return when a good answer begins."""
    left = tries.left_seconds()
    read_seconds = left if call.slow else min(left, timeouts.idle)
    reply = _good((yield Open(call, min(left, timeouts.connect), read_seconds)))
    assert isinstance(reply, Reply)
    if reply.status not in _OK:
        raise error_of(
            reply.status,
            (yield from _read_all(tries)),
            request_id=reply.headers.get("x-request-id", ""),
            retry_after_seconds=read_retry_after(reply.headers.get("retry-after", "")),
        )
    asked_for = call.headers.get("Accept", "")
    if asked_for and not reply.headers.get("content-type", "").startswith(asked_for):
        message = "What came is no stream of a Babble server. Look at base_url."
        raise InvalidAnswerError(message)


def _read_all(tries: Tries) -> _Part[bytes]:
    pieces: list[bytes] = []
    while piece := _good((yield Read())):
        assert isinstance(piece, bytes)
        tries.left_seconds()
        pieces.append(piece)
    return b"".join(pieces)


def _follow_once(reading: _Reading, tries: Tries) -> _Part[BrainError | None]:
    """Emit events as they come; return when the last one came, with the failure that it tells of."""
    decoder = Decoder()
    while piece := _good((yield Read())):
        assert isinstance(piece, bytes)
        tries.left_seconds()
        for frame in decoder.feed(piece):
            if frame.event == "error":
                failure = _read_shape(_Failure, frame)
                return error_of_event(failure.code, failure.detail, retryable=failure.retryable)
            if (event := _read_event(frame)) is not None:
                yield Emit(event)
            tries.went_on()
            reading.last_id = frame.id or reading.last_id
            if frame.event == "done":
                return None
    raise ConnectionFailedError("The answer broke off.")


def _read_event(frame: Frame) -> BrainEvent | None:
    """Return the event; None for one that a newer server has."""
    if frame.event == "done":
        return DoneEvent(answer=_read_shape(Answer, frame))
    shape = _EVENTS.get(frame.event)
    # The table holds the classes of events only.
    return _read_shape(shape, frame) if shape else None  # pyright: ignore[reportReturnType]


_S = TypeVar("_S", bound=Shape)


def _read_shape(shape: type[_S], frame: Frame) -> _S:
    try:
        return shape.model_validate_json(frame.data)
    except ValidationError as error:
        message = f"The server sent a {frame.event} event that this version cannot read."
        raise InvalidAnswerError(message) from error


def _may_repeat(call: Call[Any], error: BrainError) -> bool:
    if isinstance(error, ModelUnavailableError):
        # The server has tried again and elsewhere, and would give the same answer for the same key.
        return False
    refused = isinstance(error, RateLimitedError | UnreachableError)
    return call.repeatable or refused or error.status == _UNAVAILABLE


def _good(outcome: Outcome) -> Reply | bytes | None:
    if isinstance(outcome, BrainError):
        raise outcome
    return outcome
