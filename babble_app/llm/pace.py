"""How often a streamed answer is read: each read costs a way through all of the client, whether it brings one token or ten.

The first reads come at once. Then a reader rests until the next beat of a clock that all share, and takes what has come by then: with
50 tokens a second that halves the reads, and what all of them brought is stored in one commit.
"""

from __future__ import annotations

import asyncio

REST_SECONDS = 0.035
FREE_READS = 6
"""A short answer comes as it is sent, to its end."""


class Pace:
    """Of one answer."""

    def __init__(self) -> None:
        """Begin before the first read."""
        self._reads = 0

    async def rest(self) -> None:
        """Wait after a read until it is time for the next one."""
        self._reads += 1
        if self._reads > FREE_READS:
            now = asyncio.get_running_loop().time()
            await asyncio.sleep(REST_SECONDS - now % REST_SECONDS)
