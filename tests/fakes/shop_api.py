"""A shop's API on a real socket: says how many of a part are left to whoever has its key, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "shop-secret-canary"


class ShopApi:
    """`GET /parts/<part>`, with `X-Key`; a part called `none` is not there."""

    def __init__(self) -> None:
        """Answer on a free port from when the block is entered."""
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> ShopApi:
        """Begin to answer."""
        threading.Thread(target=self._server.serve_forever, args=(0.05,)).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                shop.asked.append(self.path)
                if self.headers.get("X-Key") != KEY:
                    self._send(401, {"error": "no key"})
                elif self.path.startswith("/parts/none"):
                    self._send(404, {"error": "no such part"})
                else:
                    self._send(200, {"left": 7, "next": ["2026-12-04", "2026-12-11"]})

            def _send(self, status: int, body: dict[str, Any]) -> None:
                raw = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        return Handler
