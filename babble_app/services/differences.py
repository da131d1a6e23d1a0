"""Comparing and merging programs outside of the event loop, one at a time.

Two texts of 200,000 characters that are alike in the worst way take seconds of CPU. In a pool of its own, whoever asks for
such a thing delays other comparisons, but neither log-ins nor anything else that needs a thread.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from babble_app.diffs import compare as comparing
from babble_app.diffs import merge as merging
from babble_app.diffs import pick as picking
from babble_app.errors import ValidationFailedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.diffs.merge import Merged
    from babble_app.schemas.agents import Diff

_pool = ThreadPoolExecutor(1, thread_name_prefix="compare")


async def compare(old: str, new: str) -> Diff:
    """Return what is different in `new`, seen from `old`."""
    return await asyncio.get_running_loop().run_in_executor(_pool, comparing.compare, old, new)


async def merge(base: str, yours: str, theirs: str) -> Merged:
    """Return `base` with the changes of both sides."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_pool, merging.merge, base, yours, theirs)


async def pick(old: str, new: str, numbers: Sequence[int]) -> tuple[str, int]:
    """Return `old` with the chosen hunks of its difference from `new`, and how many hunks there are.

    Raises:
        ValidationFailedError: a number is chosen twice or is no hunk's, or none is chosen.
    """
    count = len((await compare(old, new)).hunks)
    if not numbers:
        raise ValidationFailedError("Choose at least one change.", field="hunks")
    if len(set(numbers)) != len(numbers):
        raise ValidationFailedError("A change is chosen twice.", field="hunks")
    unknown = [number for number in numbers if not 1 <= number <= count]
    if unknown:
        message = f"There is no change {unknown[0]}: there are {count}, numbered from 1."
        raise ValidationFailedError(message, field="hunks")
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_pool, picking.pick, old, new, set(numbers)), count
