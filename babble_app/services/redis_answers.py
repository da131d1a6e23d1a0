"""Answers of models in Redis, for all processes together."""

from __future__ import annotations

import asyncio
import os
import time
from hashlib import blake2b
from logging import getLogger
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from babble_app.services.answer_store import MAX_VALUE_BYTES
from babble_app.services.vault import working_key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

logger = getLogger(__name__)
T = TypeVar("T")

REDIS_SECONDS = 0.25
"""How long Redis may take; a cache that is slower than that is none."""
FORGET_SECONDS = 3.0
"""Forgetting goes through all keys: a million takes 1.6 s."""
LOST_SECONDS = 5.0
"""For how long a Redis that did not answer is not asked."""
_NONCE_BYTES = 12


class _Commands(Protocol):
    """The part of redis-py that is used; its own types are incomplete."""

    async def get(self, name: str) -> bytes | None: ...

    async def set(self, name: str, value: bytes, *, px: int) -> object: ...

    async def unlink(self, name: bytes) -> int: ...

    def scan_iter(self, *, match: str, count: int) -> AsyncIterator[bytes]: ...

    async def aclose(self) -> None: ...


class RedisAnswers:
    """Answers in Redis, encrypted, each for its own place: who reads or writes there reads and forges nothing.

    A Redis that is lost has no answers: it is asked again after a while, and told then what was to be forgotten.
    """

    def __init__(
        self,
        url: str,
        master_key: bytes,
        *,
        seconds: float = REDIS_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        # One try more, at once: after a restart each connection of the pool is dead, and says so only when it is used.
        retry = Retry(NoBackoff(), 1)
        client = Redis.from_url(url, retry=retry)  # pyright: ignore[reportUnknownMemberType] - untyped options
        self._redis = cast("_Commands", client)
        self._cipher = AESGCM(working_key(master_key, "babble cached answers"))
        self._seconds = seconds
        self._clock = clock
        self._lost = False
        self._ask_at = 0.0
        self._to_forget: set[str] = set()

    async def get(self, namespace: str, key: str) -> bytes | None:
        """Return what is kept, None when there is nothing or Redis does not answer."""
        sealed = await self._ask(namespace, lambda: self._redis.get(_name(namespace, key)))
        if sealed is None:
            return None
        nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, ciphertext, _place(namespace, key))
        except (InvalidTag, ValueError):  # another master key's, or no answer of ours
            return None

    async def set(self, namespace: str, key: str, value: bytes, seconds: float) -> None:
        """Keep `value`, if Redis answers."""
        if len(value) > MAX_VALUE_BYTES:
            return
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, value, _place(namespace, key))
        milliseconds = max(1, round(seconds * 1000))
        await self._ask(
            namespace,
            lambda: self._redis.set(_name(namespace, key), sealed, px=milliseconds),
        )

    async def forget(self, namespace: str) -> None:
        """Remove everything of the namespace: now, or before it is next used."""
        self._to_forget.add(namespace)
        await self.get(namespace, "")

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def _ask(self, namespace: str, command: Callable[[], Awaitable[T]]) -> T | None:
        now = self._clock()
        if self._lost:
            if now < self._ask_at:
                return None
            self._ask_at = (
                now + LOST_SECONDS
            )  # one asks whether it is back; the others do not wait for that
        try:
            if namespace in self._to_forget:
                async with asyncio.timeout(FORGET_SECONDS):
                    await self._remove(namespace)
            async with asyncio.timeout(self._seconds):
                answer = await command()
        except (RedisError, OSError, TimeoutError) as error:
            self._lose(error)
            return None
        if self._lost:
            self._lost = False
            logger.info("Redis answers again")
        return answer

    def _lose(self, error: Exception) -> None:
        self._ask_at = self._clock() + LOST_SECONDS
        if not self._lost:
            self._lost = True
            # Not its text: that may hold the address with its password.
            logger.warning("Redis does not answer (%s): no answers are kept", type(error).__name__)

    async def _remove(self, namespace: str) -> None:
        async for name in self._redis.scan_iter(match=f"{_name(namespace, '')}*", count=1000):
            await self._redis.unlink(name)
        self._to_forget.discard(namespace)


def _name(namespace: str, key: str) -> str:
    """Return Redis' key; of whom it is cannot be read from it."""
    return f"babble:answer:{blake2b(namespace.encode(), digest_size=16).hexdigest()}:{key}"


def _place(namespace: str, key: str) -> bytes:
    return f"{namespace}|{key}".encode()
