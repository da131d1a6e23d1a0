"""Puts the machine together: all handlers, all names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.based.machine import (
    assignment,
    calls,
    classes,
    comprehensions,
    contexts,
    conversations,
    expressions,
    patterns,
    pythonic,
    speaking,
    statements,
)
from babble_app.based.machine.core import Machine

if TYPE_CHECKING:
    from babble_app.based.machine.limits import Limits

_HANDLERS = {
    **expressions.HANDLERS,
    **comprehensions.HANDLERS,
    **assignment.HANDLERS,
    **calls.HANDLERS,
    **statements.HANDLERS,
    **classes.HANDLERS,
    **contexts.HANDLERS,
    **patterns.HANDLERS,
    **conversations.HANDLERS,
}


def make_machine(*, seed: int = 0, limits: Limits | None = None) -> Machine:
    """Return a machine that has run nothing yet."""
    builtins = {**pythonic.make_builtins(), **speaking.make_builtins()}
    return Machine(_HANDLERS, builtins, seed=seed, limits=limits)
