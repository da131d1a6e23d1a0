"""How each model fares behind each key: who is left alone for a while, and how long answers take.

A model that fails is left alone for a time that grows with each failure in a row (a circuit breaker: Nygard, "Release It!", 2007).
After it one call at a time may try: its success closes the circuit, its failure opens it for longer.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from babble_app.errors import (
    ModelAnswerInvalidError,
    ModelTimeoutError,
    ProviderKeyRefusedError,
    ProviderRateLimitedError,
    ProviderUnavailableError,
)
from babble_app.llm.failures import FilteredError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from babble_app.llm.route import Candidate

K = TypeVar("K")
V = TypeVar("V")

FIRST_COOLDOWN_SECONDS = 2.0
LONGEST_COOLDOWN_SECONDS = 300.0
LONGEST_ASKED_SECONDS = 3600.0
"""A provider that asks for more with Retry-After is tried again by then."""
KEPT_CALLS = 100
MOST_MODELS = 2_000
"""Models behind keys that are remembered; the longest known are forgotten first."""
_TELLING = (
    ProviderRateLimitedError,
    ProviderUnavailableError,
    ModelTimeoutError,
    ModelAnswerInvalidError,
)


@dataclass(frozen=True)
class Latency:
    """How long the last calls took, in seconds."""

    calls: int = 0
    p50: float = 0.0
    p95: float = 0.0

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Latency:
        """Sum up what was measured (nearest rank)."""
        if not seconds:
            return cls()
        ordered = sorted(seconds)
        last = len(ordered) - 1
        return cls(len(ordered), ordered[round(0.5 * last)], ordered[round(0.95 * last)])


@dataclass(eq=False)
class Circuit:
    """Whether somebody may be asked."""

    failures: int = 0
    """In a row."""
    closed_until: float = 0.0
    """No calls before this time of the clock."""
    trouble: str = ""
    """Code of the last failure."""
    probe: Visit | None = None
    """The one call that tries whether it is better."""

    def blocks(self, now: float) -> bool:
        """Whether no call may be made now."""
        return now < self.closed_until or (self.failures > 0 and self.probe is not None)

    def open(self, code: str, now: float, asked_seconds: float | None) -> None:
        """Let no calls through for a while."""
        wait = min(FIRST_COOLDOWN_SECONDS * 2.0**self.failures, LONGEST_COOLDOWN_SECONDS)
        if asked_seconds is not None:
            wait = min(asked_seconds, LONGEST_ASKED_SECONDS)
        self.failures = min(self.failures + 1, 20)
        self.closed_until, self.trouble = now + wait, code

    def close(self) -> None:
        """Forget the troubles."""
        self.failures, self.closed_until, self.trouble = 0, 0.0, ""


@dataclass(eq=False)
class Record:
    """What is known of one model behind one key."""

    circuit: Circuit = field(default_factory=Circuit)
    first_tokens: deque[float] = field(default_factory=lambda: deque[float](maxlen=KEPT_CALLS))
    totals: deque[float] = field(default_factory=lambda: deque[float](maxlen=KEPT_CALLS))


@dataclass(eq=False)
class Visit:
    """One call as the breaker sees it; exactly one of `good`, `bad` and `leave` ends it."""

    admitted: bool
    """Whether it may be made; where nobody else is left it is made anyway."""
    _record: Record
    _key_circuit: Circuit
    _clock: Callable[[], float]

    def good(self, *, first_token_seconds: float | None, total_seconds: float | None) -> None:
        """Note an answer; the total is None for one that was not read to its end."""
        if first_token_seconds is not None:
            self._record.first_tokens.append(first_token_seconds)
        if total_seconds is not None:
            self._record.totals.append(total_seconds)
        self._record.circuit.close()
        self._key_circuit.close()
        self.leave()

    def bad(self, error: BaseException) -> None:
        """Note a failure; errors that are the request's own fault say nothing about the model."""
        now = self._clock()
        if isinstance(error, ProviderKeyRefusedError):
            self._key_circuit.open(error.code, now, None)
        elif isinstance(error, _TELLING) and not isinstance(error, FilteredError):
            asked = getattr(error, "retry_after_seconds", None)
            self._record.circuit.open(error.code, now, asked)
        self.leave()

    def leave(self) -> None:
        """Make room for the next probe."""
        for circuit in (self._record.circuit, self._key_circuit):
            if circuit.probe is self:
                circuit.probe = None


class Health:
    """The process's memory of how models fare."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with everybody in good health."""
        self._clock = clock
        self._records: dict[tuple[str, str], Record] = {}
        self._keys: dict[str, Circuit] = {}

    def trouble(self, candidate: Candidate) -> str:
        """Return the code of the failure for which the model is left alone; empty when it may be asked."""
        now = self._clock()
        record = self._records.get((candidate.health_key, candidate.info.id))
        circuits = (self._keys.get(candidate.health_key), record.circuit if record else None)
        return next((one.trouble for one in circuits if one and one.blocks(now)), "")

    def enter(self, candidate: Candidate) -> Visit:
        """Announce a call; it is the probe where one is due."""
        now = self._clock()
        record = self._record(candidate)
        key = _remember(self._keys, candidate.health_key, Circuit)
        circuits = (record.circuit, key)
        admitted = not any(circuit.blocks(now) for circuit in circuits)
        visit = Visit(admitted, record, key, self._clock)
        if admitted:
            for circuit in circuits:
                circuit.probe = visit if circuit.failures else None
        return visit

    def first_token(self, candidate: Candidate) -> Latency:
        """Return how long the model's first tokens took lately."""
        return Latency.of(self._record(candidate).first_tokens)

    def total(self, candidate: Candidate) -> Latency:
        """Return how long the model's whole answers took lately."""
        return Latency.of(self._record(candidate).totals)

    def _record(self, candidate: Candidate) -> Record:
        return _remember(self._records, (candidate.health_key, candidate.info.id), Record)


def _remember(known: dict[K, V], key: K, make: Callable[[], V]) -> V:
    found = known.get(key)
    if found is None:
        if len(known) >= MOST_MODELS:
            del known[next(iter(known))]
        found = known[key] = make()
    return found
