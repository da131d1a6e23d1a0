"""Puts the machine together: all handlers, all names."""

from __future__ import annotations

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


def make_machine(*, seed: int = 0) -> Machine:
    """Return a machine that has run nothing yet."""
    return Machine(_HANDLERS, {**pythonic.make_builtins(), **speaking.make_builtins()}, seed=seed)
