"""Takes keys and tokens out of text before it is logged or shown.

Providers echo keys in their refusals, and libraries put headers into their messages.
"""

from __future__ import annotations

import logging
import re

HIDDEN = "[hidden]"
MAX_MESSAGE_CHARS = 4_000
SHORTEST_SECRET = 6
"""Shorter strings are not looked for literally: they would blacken half of every text."""

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_EVENT = re.compile(r"(\bEvent\(name=.[\w.]{0,200}).*", re.DOTALL)
"""How Reflex logs an event that it has no handler for, as an older page may send: with its headers and a form's values."""
_PATTERNS = re.compile(
    r"""
    (?P<scheme>\b(?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{6,}   # an Authorization header
    | (?P<name>\b(?:x-api-key|api[_-]?key)["']?\s*[:=]\s*["']?)[^\s"',}]{6,}
    | (?P<cookie>\bbabble_session=)[^\s"',;]{6,}
    | \bsk-[A-Za-z0-9_*-]{6,}           # OpenAI, Anthropic, OpenRouter
    | \bgsk_[A-Za-z0-9]{6,}             # Groq
    | \bhf_[A-Za-z0-9]{6,}              # Hugging Face
    | \bbbk?_[A-Za-z0-9]{6,}            # our own tokens
    | \bbv_[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*)?  # a visitor's
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
    return f"{match['scheme'] or match['name'] or match['cookie'] or ''}{HIDDEN}"


class RedactingFilter(logging.Filter):
    """A filter for log handlers: what they write holds no key, and no line that somebody outside made up.

    Messages quote what callers sent; a line end in there would let them write entries of their own.
    """

    _formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; never drop it."""
        message = record.getMessage()
        clean = _one_line(redact(_EVENT.sub(rf"\1 {HIDDEN}", message)))
        if clean != message:
            record.msg, record.args = clean, ()
        if record.exc_info and not record.exc_text:
            record.exc_text = self._formatter.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        return True


def _one_line(message: str) -> str:
    """Write line ends and control characters by their escapes; cut what is very long."""
    if len(message) > MAX_MESSAGE_CHARS:
        message = f"{message[:MAX_MESSAGE_CHARS]}... ({len(message):,} characters)"
    return _CONTROL.sub(lambda match: ascii(match[0])[1:-1], message)


def redact_logs(logger: logging.Logger | None = None) -> None:
    """Put the filter on every handler of `logger` (unless told, of every logger that has handlers), once."""
    known = [logging.getLogger(), *map(logging.getLogger, logging.Logger.manager.loggerDict)]
    for each in [logger] if logger else known:
        for handler in each.handlers:
            if not any(isinstance(one, RedactingFilter) for one in handler.filters):
                handler.addFilter(RedactingFilter())
