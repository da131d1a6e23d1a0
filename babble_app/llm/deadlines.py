"""How long and how much: deadlines and the size cap of one answer.

Providers and libraries time each read, so a drip of one token a second or a stall in the middle never ends there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babble_app.settings import Settings


@dataclass(frozen=True)
class Deadlines:
    """The limits of one call, in seconds and characters."""

    first_token_seconds: float = 60.0
    """From the call to the first piece, all retries included."""
    idle_seconds: float = 30.0
    """From one piece to the next; keep-alive comments are no pieces."""
    total_seconds: float = 600.0
    max_chars: int = 400_000
    """Of text, reasoning and tool arguments together."""

    @classmethod
    def from_settings(cls, settings: Settings) -> Deadlines:
        """Read the limits that the operator chose."""
        return cls(
            first_token_seconds=settings.first_token_timeout_seconds,
            idle_seconds=settings.idle_timeout_seconds,
            total_seconds=settings.total_timeout_seconds,
            max_chars=settings.max_answer_chars,
        )

    @property
    def whole_seconds(self) -> float:
        """For an answer that comes in one piece: it shows no sign of life before its end."""
        return min(self.total_seconds, self.first_token_seconds + 2 * self.idle_seconds)

    @property
    def max_bytes(self) -> int:
        """Most bytes read for one JSON document: JSON may take six for a character."""
        return 1_000_000 + 6 * self.max_chars
