"""How a statement leaves the block it stands in (None means that it does not), and how a generator gives a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class Break:
    """A `break`."""


class Continue:
    """A `continue`."""


@dataclass(frozen=True, slots=True)
class Return:
    """A `return`."""

    value: Any
    given: bool
    """Whether a value was written; `return None` in a handler differs from `return`."""


class Yielded:
    """A value that a generator of the program gives to whoever iterates it."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


BREAK = Break()
CONTINUE = Continue()
