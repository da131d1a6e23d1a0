"""A web site of somebody else with the widget in it, on a port and so an origin of its own: for `embed-demo` and the tests."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

_FOLDER = Path(__file__).parent / "host_site"
_PAGES = {
    "/": "index.html",
    "/strict": "index.html",
    "/spa": "index.html",
    "/tag": "tag.html",
    "/frame": "frame.html",
}
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_STRICT = (
    "default-src 'none'; script-src 'self' {babble}; style-src 'self'; connect-src {babble}; frame-src {babble}; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
)


@dataclass(frozen=True)
class Embedded:
    """What the site's pages show."""

    babble: str
    """Babble's address, `http://localhost:8000`."""
    token: str
    slug: str = ""
    """For the plain iframe."""


class HostSite:
    """The site; `serve_forever` in this thread, or `with HostSite() as site:` in another one."""

    embedded: Embedded
    """Set before the first page is asked for; an app's origins need the site's address first."""

    def __init__(self, port: int = 0) -> None:
        """Listen on this machine; port 0: any that is free."""
        self._server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, self))
        self.url = f"http://localhost:{self._server.server_port}"

    def serve_forever(self) -> None:
        """Serve until the process ends."""
        self._server.serve_forever()

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, site: HostSite, *arguments: Any) -> None:
        self._embedded = site.embedded
        super().__init__(*arguments)

    def do_GET(self) -> None:
        """Send a page or what belongs to it."""
        path = urlsplit(self.path).path
        page = "/spa" if path.startswith("/spa/") else path
        if path == "/config.js":
            facts = {"appToken": self._embedded.token, "apiUrl": self._embedded.babble}
            self._send(f"window.HOST = {json.dumps(facts)};", ".js")
        elif page in _PAGES:
            self._send(_filled(_PAGES[page], self._embedded), ".html", strict=path == "/strict")
        elif path in {"/page.js", "/page.css"}:
            self._send((_FOLDER / path[1:]).read_text(encoding="utf-8"), Path(path).suffix)
        elif path == "/favicon.ico":
            self._send("", ".html", HTTPStatus.NO_CONTENT)
        else:
            self._send("There is no such page.", ".html", HTTPStatus.NOT_FOUND)

    def _send(
        self, text: str, suffix: str, status: HTTPStatus = HTTPStatus.OK, *, strict: bool = False
    ) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{_TYPES[suffix]}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if strict:
            self.send_header(
                "Content-Security-Policy", _STRICT.format(babble=self._embedded.babble)
            )
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""


def _filled(name: str, embedded: Embedded) -> str:
    text = (_FOLDER / name).read_text(encoding="utf-8")
    values = {"babble": embedded.babble, "token": embedded.token, "slug": embedded.slug}
    for key, value in values.items():
        text = text.replace("{{" + key + "}}", value)
    return text
