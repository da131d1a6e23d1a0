"""Counts what a run uses, and stops it with its own code at each limit (BASED.md 8)."""

from __future__ import annotations

import sys
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, cast

from babble_app.based.machine.errors import HaltError
from babble_app.based.machine.memory import measure
from babble_app.based.machine.sets import FrozenSet, Set
from babble_app.based.machine.values import ITEM_BYTES, children

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_SCALARS = frozenset({type(None), bool, float})
_COLLECTIONS = frozenset({list, tuple, set, frozenset, dict, Set, FrozenSet, deque})
_PARTS_PER_STEP = 25
_CHARS_PER_STEP = 20_000
_AUDITED_PER_STEP = 10
_AUDIT_BYTES = 16_000_000
"""So much is made between two looks at what is still held."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one run may use."""

    steps: int = 100_000
    user_turns: int = 50
    model_calls: int = 60
    outside_calls: int = 100
    """Of the network and of services."""
    cpu_seconds: float = 20.0
    """Of the whole run since it was opened."""
    stretch_seconds: float = 5.0
    """Between two pauses."""
    held_bytes: int = 32_000_000
    """Of all values that the program holds at one time."""
    made_bytes: int = 512_000_000
    """Of all values ever made, freed or not."""
    text_chars: int = 200_000
    items: int = 100_000
    number_bits: int = 10_000
    recursion: int = 64
    nesting: int = 50
    """Of collections in one another."""
    transcript_chars: int = 200_000
    events: int = 5_000
    trace_chars: int = 2_000_000


class Meter:
    """The use of one run so far."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.steps = 0
        self.user_turns = 0
        self.model_calls = 0
        self.outside_calls = 0
        self.transcript_chars = 0
        self.trace_chars = 0
        self.calls = 0
        self.shown_chars = 0
        self.held: Callable[[], Iterable[Any]] = tuple
        """Gives what the program holds; set by the machine."""
        self._made = 0
        self._fresh = 0
        self._cpu_seconds = 0.0
        self._cpu_start = time.thread_time()

    def resume(self) -> None:
        """Begin a new stretch of computing."""
        self._cpu_start = time.thread_time()

    def pause(self) -> None:
        """End a stretch of computing."""
        self._cpu_seconds += time.thread_time() - self._cpu_start

    def step(self, count: int = 1) -> None:
        """Count steps; look at the clock now and then."""
        self.steps += count
        if self.steps > self.limits.steps:
            _halt("R_LIMIT_STEPS", f"The program ran for more than {self.limits.steps:,} steps.")
        if not self.steps & 0xFF or count > 1:
            self.check_time()

    def check_time(self) -> None:
        """Stop a run that computes for too long."""
        limits = self.limits
        stretch = time.thread_time() - self._cpu_start
        if stretch > limits.stretch_seconds or self._cpu_seconds + stretch > limits.cpu_seconds:
            _halt("R_LIMIT_TIME", f"The program computed for {self._cpu_seconds + stretch:.0f} s.")

    def user_turn(self) -> None:
        """Count a message of the user before it is waited for."""
        self.user_turns += 1
        if self.user_turns > self.limits.user_turns:
            most = self.limits.user_turns
            _halt("R_LIMIT_TURNS", f"The conversation has more than {most} messages.")

    def model_call(self) -> None:
        """Count a call of the model before it is made."""
        self.model_calls += 1
        if self.model_calls > self.limits.model_calls:
            most = self.limits.model_calls
            _halt("R_LIMIT_MODEL_CALLS", f"The program called the model more than {most} times.")

    def outside_call(self) -> None:
        """Count a network call or an action before it is made."""
        self.outside_calls += 1
        if self.outside_calls > self.limits.outside_calls:
            most = self.limits.outside_calls
            _halt("R_LIMIT_CALLS", f"The program called the outside more than {most} times.")

    def transcript(self, text: str) -> None:
        """Count what is said."""
        self.transcript_chars += len(text)
        if self.transcript_chars > self.limits.transcript_chars:
            most = self.limits.transcript_chars
            _halt("R_LIMIT_TRANSCRIPT", f"The conversation is longer than {most:,} characters.")

    def event(self, count: int, chars: int) -> None:
        """Count what goes to the trace: the event to come is number `count`."""
        self.trace_chars += chars
        if count > self.limits.events:
            _halt("R_LIMIT_EVENTS", f"The trace has more than {self.limits.events:,} events.")
        if self.trace_chars > self.limits.trace_chars:
            most = self.limits.trace_chars
            _halt("R_LIMIT_EVENTS", f"The trace is longer than {most:,} characters.")

    def enter_call(self) -> None:
        """Count a function being called inside others."""
        self.calls += 1
        if self.calls > self.limits.recursion:
            most = self.limits.recursion
            _halt("R_LIMIT_RECURSION", f"Functions call each other more than {most} deep.")

    def leave_call(self) -> None:
        """Count its end."""
        self.calls -= 1

    def text(self, chars: int) -> None:
        """Refuse a text of so many characters before it is made."""
        if chars > self.limits.text_chars:
            _halt("R_LIMIT_SIZE", f"A text grew over {self.limits.text_chars:,} characters.")

    def items(self, count: int) -> None:
        """Refuse a collection of so many items before it is made."""
        if count > self.limits.items:
            _halt("R_LIMIT_SIZE", f"A collection grew over {self.limits.items:,} items.")

    def bits(self, count: int) -> None:
        """Refuse a number of so many bits before it is made."""
        if count > self.limits.number_bits:
            _halt("R_LIMIT_NUMBER", f"A number grew over {self.limits.number_bits:,} bits.")

    def range(self, count: int) -> None:
        """Refuse a range of so many numbers."""
        if count > self.limits.items:
            _halt("R_LIMIT_RANGE", f"A range has more than {self.limits.items:,} numbers.")

    def take(self, value: Any) -> Any:
        """Return a value that was just made, when it is within the limits."""
        kind = cast("type[Any]", type(value))  # any type of a value
        if kind is str:
            self.text(len(value))
            self.allocate(sys.getsizeof(value))
        elif kind is int:
            self.bits(value.bit_length())
        elif kind in _COLLECTIONS or issubclass(kind, (dict, tuple)):
            self.items(len(value))
            self.allocate((len(value) + 1) * ITEM_BYTES)
        return value

    def allocate(self, size: int) -> None:
        """Count bytes that values take; look at times how much is still held."""
        self._made += size
        self._fresh += size
        if self._made > self.limits.made_bytes:
            most = self.limits.made_bytes
            _halt("R_LIMIT_MEMORY", f"The program made values of more than {most:,} bytes.")
        if self._fresh > _AUDIT_BYTES:
            self._fresh = 0
            most = self.limits.held_bytes
            held, looked_at = measure(self.held(), most)
            self.step(looked_at // _AUDITED_PER_STEP)
            if held > most:
                _halt("R_LIMIT_MEMORY", f"The program holds values of more than {most:,} bytes.")

    def weigh(self, values: Iterable[Any], *, shown: bool = False) -> int:
        """Refuse values too large or too nested to be walked by Python itself (compared, printed, hashed).

        What is shared counts as often as it is met: `a = [a, a]` thirty times over is a billion items to a printer.

        Args:
            values: What will be walked.
            shown: Whether a text will be made of them; then their texts count too.

        Returns:
            About how many characters a text of them has.
        """
        level = list(values)
        parts = chars = 0
        for _ in range(self.limits.nesting + 1):
            below: list[Any] = []
            for value in level:
                kind = cast("type[Any]", type(value))
                if kind is str:
                    chars += len(value)
                elif kind is int:
                    chars += value.bit_length() // 3
                elif kind not in _SCALARS:
                    inner = children(value)
                    parts += len(inner)
                    if parts > self.limits.items:
                        most = self.limits.items
                        _halt("R_LIMIT_SIZE", f"A value has more than {most:,} parts.")
                    below.extend(inner)
            level = below
            if not level:
                break
        else:
            _halt("R_LIMIT_SIZE", f"A value is nested more than {self.limits.nesting} deep.")
        if shown:
            self.shown_chars = chars
            self.text(chars)
        if parts >= _PARTS_PER_STEP or chars >= _CHARS_PER_STEP:
            self.step(parts // _PARTS_PER_STEP + chars // _CHARS_PER_STEP)
        return chars + parts

    def show(self, text: str) -> str:
        """Count a text that an object of the program gave for itself while a larger text is made."""
        self.shown_chars += len(text)
        self.text(self.shown_chars)
        return text


def _halt(code: str, message: str) -> NoReturn:
    raise HaltError(code, message)
