"""How a run stops before its end; a program's own `try` catches none of these."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babble_app.schemas.sessions import SessionStatus


class StopRunError(Exception):
    """Base of what a program cannot catch."""


class EndRunError(StopRunError):
    """The program asked to end."""

    def __init__(self, status: SessionStatus) -> None:
        super().__init__(status)
        self.status: SessionStatus = status


class HaltError(StopRunError):
    """The run cannot go on; `code` is `R_...`, `R_LIMIT_...` for limits."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
