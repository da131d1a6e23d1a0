"""Passwords: what is accepted, and Argon2id (19 MiB, t=2, p=1: about 90 ms; SECURITY.md 1) in a thread."""

from __future__ import annotations

import asyncio
import unicodedata
import warnings
from importlib import resources
from typing import Any, cast

from babble_app.errors import ValidationFailedError

with warnings.catch_warnings():
    # passlib 1.7.4 imports the standard library's `crypt` and reads `argon2.__version__`; both are deprecated.
    warnings.filterwarnings("ignore", message="'crypt' is deprecated", category=DeprecationWarning)
    warnings.filterwarnings(
        "ignore", message=r"Accessing argon2\.__version__", category=DeprecationWarning
    )
    from passlib.context import CryptContext

    _CONTEXT: Any = CryptContext(
        schemes=["argon2"],
        argon2__type="ID",
        argon2__memory_cost=19 * 1024,
        argon2__time_cost=2,
        argon2__parallelism=1,
    )
    _CONTEXT.handler().get_backend()  # loads it now, while its warnings are caught

MIN_CHARS = 10
MAX_CHARS = 1024
_AT_ONCE = 2


class Passwords:
    """Hashes and verifies; two at once at most, so that a flood of log-ins takes neither memory nor all cores."""

    def __init__(self) -> None:
        """Hash nothing yet; the hash for unknown emails is made when it is first needed."""
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._dummy = ""

    async def hash(self, password: str) -> str:
        """Return what is stored of the password."""
        async with self._slots:
            return await asyncio.to_thread(self._hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Say whether the password is the one; without a hash (no such account) it takes as long and says no."""
        async with self._slots:
            if not self._dummy:
                self._dummy = await asyncio.to_thread(self._hash, "nobody's password")
            right = await asyncio.to_thread(
                self._verify, _normal(password)[:MAX_CHARS], password_hash or self._dummy
            )
        return right and password_hash is not None and is_possible(password)

    def needs_rehash(self, password_hash: str) -> bool:
        """Say whether the hash was made with other costs than today's."""
        return bool(_CONTEXT.needs_update(password_hash))

    def _hash(self, password: str) -> str:
        return cast("str", _CONTEXT.hash(_normal(password)))

    def _verify(self, password: str, password_hash: str) -> bool:
        return bool(_CONTEXT.verify(password, password_hash))


def check_password(password: str, email: str) -> None:
    """Accept a new password or raise ValidationFailedError with what to do."""
    problem = _problem(password, email)
    if problem:
        raise ValidationFailedError(problem, field="password")


def is_possible(password: str) -> bool:
    """Say whether anybody can have this password."""
    return len(password) <= MAX_CHARS


def _problem(password: str, email: str) -> str:
    if len(password) < MIN_CHARS:
        return f"The password needs at least {MIN_CHARS} characters; three or four words make a good one."
    if not is_possible(password):
        return f"The password may have at most {MAX_CHARS:,} characters."
    plain = password.strip().lower()
    name = email.partition("@")[0]
    if plain in {email, name}:
        return "The password must not be your email address."
    if len(set(plain)) < 4 or plain in _common():
        return "This password is among the first that are guessed; please choose another one."
    return ""


def _common() -> frozenset[str]:
    text = (
        resources.files("babble_app.services").joinpath("common_passwords.txt").read_text("utf-8")
    )
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def _normal(password: str) -> str:
    """Return one spelling for what different keyboards send for the same letters; no input makes the hash fail."""
    safe = password.encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{SYMBOL FOR NULL}")
    return unicodedata.normalize("NFC", safe)
