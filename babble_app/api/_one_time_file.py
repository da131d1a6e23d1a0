"""Answers with a file that is made for one download."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import FileResponse

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


class OneTimeFile(FileResponse):
    """Sends the file and deletes it, also when the reader goes away in the middle."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file."""
        # Without the extension we read the file here; a server that is handed the path opens it only after we return.
        try:
            await super().__call__({**scope, "extensions": {}}, receive, send)
        finally:
            self._delete()

    def _delete(self) -> None:
        Path(self.path).unlink(missing_ok=True)
