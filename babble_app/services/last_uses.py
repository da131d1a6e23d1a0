"""When credentials were used last: noted at most once a minute for each, by the batching writer, without anybody waiting."""

from __future__ import annotations

import time
from logging import getLogger
from typing import TYPE_CHECKING

from babble_app.errors import BabbleError

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime
    from babble_app.store.writer import Operation

logger = getLogger(__name__)

NOTE_EVERY_SECONDS = 60.0
_MOST_KNOWN = 10_000


class LastUses:
    """Which credentials were noted in the last minute."""

    def __init__(self) -> None:
        """Nothing was used."""
        self._noted: dict[str, float] = {}

    def is_due(self, credential_id: str) -> bool:
        """Say whether the use is to be noted; who is told so notes it."""
        at = time.monotonic()
        if at - self._noted.get(credential_id, -NOTE_EVERY_SECONDS) < NOTE_EVERY_SECONDS:
            return False
        if len(self._noted) >= _MOST_KNOWN:
            self._noted.clear()
        self._noted[credential_id] = at
        return True


def note(rt: Runtime, credential_id: str, operation: Operation) -> None:
    """Let the operation be carried out in the background, if none was for the credential in the last minute."""
    if rt.last_uses.is_due(credential_id):
        rt.start_task(_write(rt, operation), f"note the use of {credential_id}")


async def _write(rt: Runtime, operation: Operation) -> None:
    try:
        await rt.writer.write([operation])
    except BabbleError as error:
        logger.warning("the use of a credential was not noted: %s", error.code)
