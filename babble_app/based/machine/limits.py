"""Counts what a run uses, and stops it with its own code at each limit (BASED.md 8)."""

from __future__ import annotations

import sys
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from babble_app.based.machine.errors import HaltError
from babble_app.based.machine.values import children

if TYPE_CHECKING:
    from collections.abc import Iterable

_SCALARS = frozenset({type(None), bool, int, float, str})
_NODES_PER_STEP = 50


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one run may use."""

    steps: int = 100_000
    user_turns: int = 50
    model_calls: int = 60
    cpu_seconds: float = 5.0
    """Between two pauses."""
    allocated_bytes: int = 32_000_000
    """Of all texts and collections ever made, freed or not."""
    text_chars: int = 200_000
    items: int = 100_000
    number_bits: int = 10_000
    recursion: int = 64
    nesting: int = 50
    """Of collections in one another."""
    transcript_chars: int = 200_000
    events: int = 5_000


class Meter:
    """The use of one run so far."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.steps = 0
        self.user_turns = 0
        self.model_calls = 0
        self.transcript_chars = 0
        self.allocated = 0
        self.calls = 0
        self._cpu_start = time.thread_time()

    def resume(self) -> None:
        """Begin a new stretch of computing."""
        self._cpu_start = time.thread_time()

    def step(self, count: int = 1) -> None:
        """Count steps; look at the clock now and then."""
        self.steps += count
        if self.steps > self.limits.steps:
            raise HaltError(
                "R_LIMIT_STEPS", f"The program ran for more than {self.limits.steps:,} steps."
            )
        if not self.steps & 0xFF or count > 1:
            self.check_time()

    def check_time(self) -> None:
        """Stop a run that computes for too long."""
        if time.thread_time() - self._cpu_start > self.limits.cpu_seconds:
            raise HaltError(
                "R_LIMIT_TIME", f"The program computed for more than {self.limits.cpu_seconds:g} s."
            )

    def user_turn(self) -> None:
        """Count a message of the user before it is waited for."""
        self.user_turns += 1
        if self.user_turns > self.limits.user_turns:
            raise HaltError(
                "R_LIMIT_TURNS",
                f"The conversation has more than {self.limits.user_turns} messages.",
            )

    def model_call(self) -> None:
        """Count a call of the model before it is made."""
        self.model_calls += 1
        if self.model_calls > self.limits.model_calls:
            raise HaltError(
                "R_LIMIT_MODEL_CALLS",
                f"The program called the model more than {self.limits.model_calls} times.",
            )

    def transcript(self, text: str) -> None:
        """Count what is said."""
        self.transcript_chars += len(text)
        if self.transcript_chars > self.limits.transcript_chars:
            raise HaltError(
                "R_LIMIT_TRANSCRIPT",
                f"The conversation is longer than {self.limits.transcript_chars:,} characters.",
            )

    def enter_call(self) -> None:
        """Count a function being called inside others."""
        self.calls += 1
        if self.calls > self.limits.recursion:
            raise HaltError(
                "R_LIMIT_RECURSION",
                f"Functions call each other more than {self.limits.recursion} deep.",
            )

    def leave_call(self) -> None:
        """Count its end."""
        self.calls -= 1

    def text(self, chars: int) -> None:
        """Refuse a text of so many characters before it is made."""
        if chars > self.limits.text_chars:
            raise HaltError(
                "R_LIMIT_SIZE", f"A text grew over {self.limits.text_chars:,} characters."
            )

    def items(self, count: int) -> None:
        """Refuse a collection of so many items before it is made."""
        if count > self.limits.items:
            raise HaltError("R_LIMIT_SIZE", f"A collection grew over {self.limits.items:,} items.")

    def bits(self, count: int) -> None:
        """Refuse a number of so many bits before it is made."""
        if count > self.limits.number_bits:
            raise HaltError(
                "R_LIMIT_NUMBER", f"A number grew over {self.limits.number_bits:,} bits."
            )

    def range(self, count: int) -> None:
        """Refuse a range of so many numbers."""
        if count > self.limits.items:
            raise HaltError(
                "R_LIMIT_RANGE", f"A range has more than {self.limits.items:,} numbers."
            )

    def take(self, value: Any) -> Any:
        """Return a value that was just made, when it is within the limits."""
        kind = cast("type[Any]", type(value))  # any type of a value
        if kind is str:
            self.text(len(value))
            self._allocate(sys.getsizeof(value))
        elif kind is int:
            self.bits(value.bit_length())
        elif kind in {list, tuple, set, frozenset, dict}:
            self.items(len(value))
            self._allocate(sys.getsizeof(value))
        return value

    def _allocate(self, size: int) -> None:
        self.allocated += size
        if self.allocated > self.limits.allocated_bytes:
            raise HaltError(
                "R_LIMIT_SIZE",
                f"The program made values of more than {self.limits.allocated_bytes:,} bytes.",
            )

    def weigh(self, values: Iterable[Any]) -> None:
        """Refuse values too large or too nested to be walked by Python itself (compared, printed, hashed).

        What is shared counts as often as it is met: `a = [a, a]` thirty times over is a billion items to a printer.
        """
        level: deque[Any] = deque(value for value in values if type(value) not in _SCALARS)
        count = 0
        for _ in range(self.limits.nesting):
            if not level:
                self.step(count // _NODES_PER_STEP)
                return
            below: deque[Any] = deque()
            for value in level:
                inner = children(value)
                count += len(inner)
                if count > self.limits.items:
                    raise HaltError(
                        "R_LIMIT_SIZE", f"A value has more than {self.limits.items:,} parts."
                    )
                below.extend(item for item in inner if type(item) not in _SCALARS)
            level = below
        if level:
            raise HaltError(
                "R_LIMIT_SIZE", f"A value is nested more than {self.limits.nesting} deep."
            )
