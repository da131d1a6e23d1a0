"""Ways of speaking that people ask for."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """A way of speaking; `{name}` in the greeting is the agent's name."""

    cue: re.Pattern[str]
    rule: str
    greeting: str


_STYLES = (
    Style(
        re.compile(r"\b(?:friendl\w+|warm\w*|nicer|kinder|cheerful|welcoming)\b", re.IGNORECASE),
        "Be warm and friendly.",
        "Hi there, and welcome! I'm {name}. What can I do for you today?",
    ),
    Style(
        re.compile(r"\b(?:short\w*|brief\w*|concise|terse)\b", re.IGNORECASE),
        "Keep every message to one short sentence.",
        "Hi, {name} here. How can I help?",
    ),
    Style(
        re.compile(r"\b(?:formal\w*|polite\w*|professional\w*)\b", re.IGNORECASE),
        "Be formal and polite.",
        "Good day. You are speaking with {name}. How may I assist you?",
    ),
)


def find_style(wish: str) -> Style | None:
    """Return the way of speaking that a wish asks for."""
    return next((style for style in _STYLES if style.cue.search(wish)), None)
