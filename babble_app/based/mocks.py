"""Answers network calls and actions of a test run without any network."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from babble_app.based.effects import ActionEffect, HttpEffect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.mocks import Mock

_DEFAULT: dict[str, Any] = {"ok": True, "mock": True}


def answer_from(mocks: Sequence[Mock], effect: HttpEffect | ActionEffect) -> dict[str, Any]:
    """Return the answer of the first mock that fits, else `{"ok": true, "mock": true}`."""
    found = next((mock for mock in mocks if fits(mock, effect)), None)
    kind = "http" if isinstance(effect, HttpEffect) else "action"
    if found is not None and found.error:
        return {"kind": kind, "error": found.error, "mocked": True}
    body = dict(_DEFAULT) if found is None else found.body
    if kind == "action":
        return {"kind": "action", "value": body, "mocked": True}
    status = 200 if found is None else found.status
    return {"kind": "http", "status": status, "body": body, "headers": {}, "mocked": True}


def fits(mock: Mock, effect: HttpEffect | ActionEffect) -> bool:
    """Whether the mock is for the call."""
    if isinstance(effect, ActionEffect):
        return mock.kind == "action" and fnmatchcase(effect.name, mock.name or "*")
    return (
        mock.kind == "http"
        and mock.method.upper() in {"", effect.method}
        and fnmatchcase(effect.url, mock.url or "*")
    )
