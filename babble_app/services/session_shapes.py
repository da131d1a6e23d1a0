"""A test conversation between its row and its shape, and what is held against before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babble_app.errors import ValidationFailedError
from babble_app.schemas.mocks import Mock
from babble_app.schemas.sessions import AgentSession, SessionState, TraceEvent
from babble_app.services.playback import USED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.services.playback import Playback
    from babble_app.store.tables.sessions import SessionRow

MAX_MOCKS = 50
MAX_MOCKS_CHARS = 200_000


def check_step(log: Sequence[dict[str, Any]], step: int, answer: dict[str, Any] | None) -> None:
    """Raise ValidationFailedError if nothing can go on from that step, with that answer."""
    last = len(log) if answer is None else len(log) - 1
    if not 0 <= step <= last:
        message = f"The conversation has {len(log)} steps; there is no step {step}."
        raise ValidationFailedError(message, field="step")
    if answer is not None and answer.get("kind") != log[step]["kind"]:
        message = f"Step {step} was answered by {log[step]['kind']!r}; the new answer must be of that kind."
        raise ValidationFailedError(message, field="answer")


def check_mocks(mocks: Sequence[Mock]) -> None:
    """Raise ValidationFailedError if these are more than a conversation may have."""
    if len(mocks) > MAX_MOCKS:
        message = f"A conversation has at most {MAX_MOCKS} mocks."
        raise ValidationFailedError(message, field="mocks")
    if sum(len(mock.model_dump_json()) for mock in mocks) > MAX_MOCKS_CHARS:
        message = f"The mocks have more than {MAX_MOCKS_CHARS:,} characters together."
        raise ValidationFailedError(message, field="mocks")


def dumped(mocks: Sequence[Mock]) -> list[dict[str, Any]]:
    """Return the mocks as a row keeps them."""
    return [mock.model_dump(mode="json", exclude_defaults=True) for mock in mocks]


def mocks_of(row: SessionRow) -> tuple[Mock, ...]:
    """Return what answers the conversation's calls."""
    return tuple(Mock.model_validate(mock) for mock in row.mocks)


def keep(row: SessionRow, playback: Playback) -> None:
    """Note in the row where the conversation stands."""
    row.log = list(playback.log)
    row.events = [event.model_dump(mode="json", exclude_defaults=True) for event in playback.events]
    row.status, row.line = playback.status, playback.line


def state_of(playback: Playback) -> SessionState:
    """Return where the program stands."""
    return SessionState(line=playback.line, status=playback.status)


def shape(row: SessionRow, playback: Playback | None) -> AgentSession:
    """Return the conversation; without a playback it has no steps, conditions and variables."""
    return AgentSession(
        id=row.id,
        agent_id=row.agent_id,
        version_id=row.version_id,
        program=row.program,
        model=row.model,
        events=tuple(TraceEvent.model_validate(event) for event in row.events),
        state=SessionState.model_validate({"line": row.line, "status": row.status}),
        steps=playback.steps() if playback else (),
        conditions=playback.conditions() if playback else (),
        variables=playback.variables if playback else {},
        mocks=mocks_of(row),
        log=tuple({key: value for key, value in one.items() if key != USED} for one in row.log),
        created_at=row.created_at,
    )
