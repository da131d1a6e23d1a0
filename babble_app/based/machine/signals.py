"""How a statement leaves the block it stands in; None means that it does not."""

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


BREAK = Break()
CONTINUE = Continue()
