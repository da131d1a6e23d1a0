"""How our own tokens look: a prefix that says whose they are, 30 random characters, and a checksum (SECURITY.md 1)."""

from __future__ import annotations

import hashlib
import secrets
import zlib

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM_CHARS = 30
_CHECK_CHARS = 6
_SHOWN_OF_RANDOM = 4


def make_token(prefix: str) -> str:
    """Return a new token, such as `bb_...`; 178 random bits."""
    random_part = "".join(secrets.choice(ALPHABET) for _ in range(_RANDOM_CHARS))
    return f"{prefix}_{random_part}{checksum(random_part)}"


def is_well_formed(token: str, prefix: str) -> bool:
    """Say whether the token may be one of ours: a mistyped one is told without a query."""
    head, _, rest = token.partition("_")
    known = len(rest) == _RANDOM_CHARS + _CHECK_CHARS and set(rest) <= set(ALPHABET)
    return head == prefix and known and checksum(rest[:_RANDOM_CHARS]) == rest[_RANDOM_CHARS:]


def shown_prefix(token: str) -> str:
    """Return the beginning by which people tell their tokens apart."""
    return token[: token.index("_") + 1 + _SHOWN_OF_RANDOM]


def checksum(random_part: str) -> str:
    """Return the CRC-32 of the random part in base 62."""
    number = zlib.crc32(random_part.encode())
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = ALPHABET[digit] + digits
    return digits.rjust(_CHECK_CHARS, "0")


def hash_token(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
