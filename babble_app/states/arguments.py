"""Whether an event brings what its handler takes: a socket can send anything, and Reflex passes it on as it is."""

from __future__ import annotations

import inspect
from functools import cache
from typing import TYPE_CHECKING, Any, cast, get_origin, get_type_hints

from reflex_base.registry import RegistrationContext

if TYPE_CHECKING:
    from collections.abc import Callable

    from reflex.event import Event

_CHECKED = (str, int, bool, dict)
"""Types of arguments that are held to; our handlers take no others."""


def arguments_fit(event: Event) -> bool:
    """Return whether the handler can be called with the event's payload."""
    payload = cast("object", event.payload)
    registered = RegistrationContext.get().event_handlers.get(event.name)
    if registered is None or not isinstance(payload, dict):
        return False
    payload = cast("dict[str, object]", payload)  # JSON has no other keys
    signature, kinds = _expected(registered.handler.fn)
    try:
        signature.bind(None, **payload)
    except TypeError:
        return False
    return all(_fits(value, kinds.get(name)) for name, value in payload.items())


def _fits(value: object, kind: type | None) -> bool:
    # Exactly: Python counts True among the integers.
    return kind is None or type(value) is kind


@cache
def _expected(function: Callable[..., Any]) -> tuple[inspect.Signature, dict[str, type]]:
    """Return the handler's signature, and the type of each argument whose type is checked."""
    hints = {name: get_origin(hint) or hint for name, hint in get_type_hints(function).items()}
    kinds = {name: hint for name, hint in hints.items() if hint in _CHECKED}
    return inspect.signature(function), kinds
