"""Takes keys and tokens out of text before it is logged or shown.

Providers echo keys in their refusals, and libraries put headers into their messages.
"""

from __future__ import annotations

import logging
import re

HIDDEN = "[hidden]"
SHORTEST_SECRET = 6
"""Shorter strings are not looked for literally: they would blacken half of every text."""

_PATTERNS = re.compile(
    r"""
    (?P<scheme>\b(?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{6,}   # an Authorization header
    | (?P<name>\b(?:x-api-key|api[_-]?key)["']?\s*[:=]\s*["']?)[^\s"',}]{6,}
    | \bsk-[A-Za-z0-9_*-]{6,}           # OpenAI, Anthropic, OpenRouter
    | \bgsk_[A-Za-z0-9]{6,}             # Groq
    | \bhf_[A-Za-z0-9]{6,}              # Hugging Face
    | \bbbk?_[A-Za-z0-9]{6,}            # our own tokens
    | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*  # a JWT
    """,
    re.VERBOSE | re.IGNORECASE,
)


def redact(text: str, *secrets: str) -> str:
    """Return `text` without the given secrets and without anything that looks like one."""
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, HIDDEN)
    return _PATTERNS.sub(_hide, text)


def _hide(match: re.Match[str]) -> str:
    return f"{match['scheme'] or match['name'] or ''}{HIDDEN}"


class RedactingFilter(logging.Filter):
    """A filter for log handlers: what they write holds no key, neither in the message nor in a traceback."""

    _formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; never drop it."""
        message = record.getMessage()
        clean = redact(message)
        if clean != message:
            record.msg, record.args = clean, ()
        if record.exc_info and not record.exc_text:
            record.exc_text = self._formatter.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        return True


def redact_logs(logger: logging.Logger | None = None) -> None:
    """Put the filter on every handler of `logger` (the root logger unless told), once."""
    for handler in (logger or logging.getLogger()).handlers:
        if not any(isinstance(each, RedactingFilter) for each in handler.filters):
            handler.addFilter(RedactingFilter())
