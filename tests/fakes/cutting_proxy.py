"""A proxy that passes bytes on, and breaks connections off where it is told: what bad networks do to streams."""

from __future__ import annotations

import socket
import threading
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

_PIECE = 4096


class CuttingProxy:
    """Stands before the server at `url`; each connection ends after so many bytes of answers, the last ones never."""

    def __init__(self, url: str, cuts: Iterable[int]) -> None:
        parts = urlsplit(url)
        assert parts.hostname
        assert parts.port
        self._server = (parts.hostname, parts.port)
        self.cuts = deque(cuts)
        """Taken from, one a connection."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> CuttingProxy:
        """Listen."""
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take no further connections."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
                left = self.cuts.popleft() if self.cuts else None
                threading.Thread(target=_pass_on, args=(client, server, None), daemon=True).start()
                threading.Thread(target=_pass_on, args=(server, client, left), daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket, left: int | None) -> None:
    with suppress(OSError):
        while left is None or left > 0:
            piece = source.recv(_PIECE if left is None else min(left, _PIECE))
            if not piece:
                break
            target.sendall(piece)
            left = None if left is None else left - len(piece)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
