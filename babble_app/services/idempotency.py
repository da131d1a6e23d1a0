"""A request that spends money and comes twice with the same Idempotency-Key is carried out once.

The answer is stored in the transaction that stores what the request brought about: there is no moment at which a crash leaves
the one without the other. A request that failed stores nothing and may be sent again with its key; so may one whose answer has come
to nothing since.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from logging import getLogger
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakValueDictionary

from sqlalchemy.exc import IntegrityError

from babble_app.errors import BabbleError, IdempotencyConflictError
from babble_app.schemas.base import Schema
from babble_app.store import idempotency as rows
from babble_app.store.tables.base import now
from babble_app.store.writer import carry_out

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlmodel.ext.asyncio.session import AsyncSession

    from babble_app.services.runtime import Runtime
    from babble_app.store.writer import Operation

logger = getLogger(__name__)
T = TypeVar("T", bound=Schema)

KEPT = timedelta(hours=24)
_SWEEP_SECONDS = 3600.0
_turns: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request that must be carried out once."""

    key: str
    fingerprint: str
    """Equal for the same request only."""


async def answer_once(
    rt: Runtime,
    owner_id: str,
    keyed: KeyedRequest | None,
    shape: type[T],
    work: Callable[[], Awaitable[T]],
    *,
    is_void: Callable[[T], Awaitable[bool]] | None = None,
) -> T:
    """Return the first answer to the request, or what `work` answers; equal requests wait for the first one.

    `work` stores its answer with `answered` or `keep`. Without a key it is just done. Where the first answer
    `is_void` by now, as its run has failed, the work is done anew.

    Raises:
        IdempotencyConflictError: the key came before with another request.
    """
    if keyed is None:
        return await work()
    async with _turns.setdefault((owner_id, keyed.key), asyncio.Lock()):
        if (answer := await _find_answer(rt, owner_id, keyed, shape)) is not None:
            if is_void is None or not await is_void(answer):
                return answer
            await _free(rt, owner_id, keyed, answer)
        try:
            return await work()
        except IntegrityError:
            # Another process was faster: what `work` did was rolled back together with its answer.
            if (answer := await _find_answer(rt, owner_id, keyed, shape)) is not None:
                return answer
            raise


def answered(owner_id: str, keyed: KeyedRequest | None, answer: Schema) -> list[Operation]:
    """Return what stores the answer; it goes into the transaction of the work itself."""
    if keyed is None:
        return []
    return rows.add_answer(
        owner_id,
        keyed.key,
        fingerprint=keyed.fingerprint,
        answer=answer.model_dump_json(),
        made_after=now() - KEPT,
    )


async def keep(db: AsyncSession, owner_id: str, keyed: KeyedRequest | None, answer: Schema) -> None:
    """Store the answer in a unit of work."""
    connection = await db.connection()
    await connection.run_sync(carry_out, answered(owner_id, keyed, answer))


async def forget_old_answers(rt: Runtime) -> None:
    """Delete what is older than a day, now and every hour."""
    while True:
        try:
            async with rt.database.unit_of_work() as db:
                await rows.delete_old_answers(db, now() - KEPT)
        except BabbleError as error:
            logger.warning("old answers stay for another hour: %s", error)
        await asyncio.sleep(_SWEEP_SECONDS)


async def _free(rt: Runtime, owner_id: str, keyed: KeyedRequest, answer: Schema) -> None:
    async with rt.database.unit_of_work() as db:
        await rows.delete_answer(db, owner_id, keyed.key, answer.model_dump_json())


async def _find_answer(rt: Runtime, owner_id: str, keyed: KeyedRequest, shape: type[T]) -> T | None:
    async with rt.database.reading() as db:
        row = await rows.find_answer(db, owner_id, keyed.key, now() - KEPT)
    if row is None:
        return None
    if row.fingerprint != keyed.fingerprint:
        message = (
            "This Idempotency-Key came with another request in the last 24 hours. "
            "Use a new key for each request."
        )
        raise IdempotencyConflictError(message)
    return shape.model_validate_json(row.answer)
