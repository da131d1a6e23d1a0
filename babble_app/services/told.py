"""A conversation as a caller without a session tells it: all that was said before, and the new message."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

Role: TypeAlias = Literal["user", "assistant"]
Said: TypeAlias = tuple[Role, str]
_DIGEST_BYTES = 24


@dataclass(frozen=True)
class Told:
    """What was said before in turns (two messages of one person in a row are one), and what is said now."""

    before: tuple[Said, ...]
    text: str
    context: str = ""
    """What else the caller says, as JSON; models are shown it as data."""


def told(messages: Iterable[Said], context: str = "") -> Told:
    """Put messages into turns; the last one is of the user."""
    turns: list[Said] = []
    for role, text in messages:
        if turns and turns[-1][0] == role:
            turns[-1] = role, f"{turns[-1][1]}\n\n{text}"
        else:
            turns.append((role, text))
    *before, (_, last) = turns
    return Told(tuple(before), last, context)


def digest_of(*whose: str) -> str:
    """Return the digest of a conversation in which nothing was said yet."""
    return _digest("\0".join(whose))


def digest_on(digest: str, role: Role, text: str) -> str:
    """Return the digest when one more thing was said; blanks do not count, as clients trim them."""
    return _digest(f"{digest}\0{role}\0{' '.join(text.split())}")


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=_DIGEST_BYTES).hexdigest()
