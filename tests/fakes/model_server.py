"""A scripted model server on a real socket, speaking the wires of OpenAI, Ollama and Anthropic.

In a test: `with ModelServer(rules=[Rule("Hello", user="^hi")]) as server:` and `server.url` (OpenAI's base address is
`server.url + "/v1"`). By hand, for browser tests and benchmarks:

    python -m tests.fakes.model_server --port 0 --script answers.json
    python -m tests.fakes.model_server --port 0 --brain demo

prints one line, `listening on http://127.0.0.1:<port>`, and serves until it is ended. `tests/fakes/script.py` describes
scripts. With `--brain demo` the offline demo model answers, as if it were a real one behind a real socket.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import threading
import time
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes import anthropic_frames, ollama_frames, openai_frames
from tests.fakes.delivery import deliver
from tests.fakes.script import Incoming, Script

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.script import AnswerSource, Rule

STOP_SECONDS = 5.0


class ModelServer:
    """A server in a thread of its own; it remembers what it was asked."""

    def __init__(
        self,
        *,
        rules: list[Rule] | None = None,
        queue: list[AnswerSource] | None = None,
        script: Script | None = None,
        port: int = 0,
    ) -> None:
        self.script = script or Script(rules=rules or [], queue=queue or [])
        self.requests: list[Incoming] = []
        self.embedded: list[dict[str, Any]] = []
        """What was asked for as embeddings."""
        self.hung_up = threading.Event()
        """Set when a client left before its answer was whole."""
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="model-server", daemon=True)

    @property
    def url(self) -> str:
        """The address, without a path."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def openai_url(self) -> str:
        """The base address for OpenAI's wire."""
        return f"{self.url}/v1"

    def __enter__(self) -> ModelServer:
        """Start, and wait until it listens."""
        self._thread.start()
        if not self._ready.wait(STOP_SECONDS):
            message = "the model server did not start"
            raise RuntimeError(message)
        return self

    def __exit__(self, *_: object) -> None:
        """Drop what is open, and stop."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        runner = web.AppRunner(
            self._app(), handler_cancellation=True, shutdown_timeout=0.1, access_log=None
        )
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self._port)
        await site.start()
        self._port = runner.addresses[0][1]
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=64 * 2**20)
        for prefix in ("/v1", ""):
            app.router.add_post(f"{prefix}/chat/completions", self._answers(openai_frames))
            app.router.add_post(f"{prefix}/embeddings", self._embed_openai)
        app.router.add_post("/api/embed", self._embed_ollama)
        app.router.add_post("/api/chat", self._answers(ollama_frames))
        app.router.add_post("/v1/messages", self._answers(anthropic_frames))
        app.router.add_get("/v1/models", self._list_openai)
        app.router.add_get("/v1/key", self._list_openai)
        app.router.add_get("/api/tags", self._list_ollama)
        app.router.add_post("/api/show", self._show)
        return app

    def _answers(self, wire: ModuleType) -> Callable[[web.Request], Any]:
        async def answer(request: web.Request) -> web.StreamResponse:
            headers = {**request.headers, "X-Peer-Port": _peer_port(request)}
            incoming: Incoming = wire.read(await request.json(), headers)
            self.requests.append(incoming)
            chosen = await self.script.answer(incoming)
            try:
                return await deliver(request, wire, incoming, chosen, self.script.tokens_per_second)
            except (asyncio.CancelledError, ConnectionError):
                self.hung_up.set()
                raise

        return answer

    async def _embed_openai(self, request: web.Request) -> web.Response:
        if refused := self._refuse_key(request):
            return refused
        self.embedded.append(body := await request.json())
        rows = [
            {"object": "embedding", "index": number, "embedding": _vector(text)}
            for number, text in enumerate(body["input"])
        ]
        usage = {"prompt_tokens": 7, "total_tokens": 7}
        # Not in order: clients go by the index.
        return web.json_response({"data": rows[::-1], "model": body["model"], "usage": usage})

    async def _embed_ollama(self, request: web.Request) -> web.Response:
        self.embedded.append(body := await request.json())
        vectors = [_vector(text) for text in body["input"]]
        return web.json_response({"model": body["model"], "embeddings": vectors})

    async def _list_openai(self, request: web.Request) -> web.Response:
        if refused := self._refuse_key(request):
            return refused
        rows = [{"id": name, "object": "model"} for name in self.script.models]
        return web.json_response({"object": "list", "data": rows})

    async def _list_ollama(self, request: web.Request) -> web.Response:  # noqa: ARG002 - aiohttp's
        rows = [{"name": name, "model": name} for name in self.script.models]
        return web.json_response({"models": rows})

    async def _show(self, request: web.Request) -> web.Response:
        name = (await request.json())["model"]
        abilities = ["embedding"] if "embed" in name else ["completion", "tools"]
        if "vision" in name:
            abilities.append("vision")
        sizes = {"general.architecture": "fake", "fake.context_length": 32_768}
        return web.json_response({"capabilities": abilities, "model_info": sizes})

    def _refuse_key(self, request: web.Request) -> web.Response | None:
        """Refuse keys that hold the word `wrong`, repeating them as providers do."""
        key = request.headers.get("Authorization") or request.headers.get("x-api-key") or ""
        if "wrong" not in key:
            return None
        message = f"Incorrect API key provided: {key}"
        return web.json_response(openai_frames.refusal(401, message), status=401)


def _vector(text: object) -> list[float]:
    """Return a vector that says how long the text is."""
    length = float(len(str(text)))
    return [length, 0.5, -0.25]


def _peer_port(request: web.Request) -> str:
    """Name the connection: tests see by it whether connections are used again."""
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return str(peer[1]) if peer else ""


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--script", type=Path, help="a JSON file, see tests/fakes/script.py")
    parser.add_argument("--brain", choices=["demo"], help="let the offline demo model answer")
    parser.add_argument("--tokens-per-second", type=float, default=None)
    options = parser.parse_args()
    document = json.loads(options.script.read_text()) if options.script else {}
    script = Script.from_json(document)
    if options.brain:
        from tests.fakes.brain import demo_rule  # noqa: PLC0415 - loads the product

        script.rules.append(demo_rule())
    if options.tokens_per_second is not None:
        script.tokens_per_second = options.tokens_per_second
    with ModelServer(script=script, port=options.port) as server:
        sys.stdout.write(f"listening on {server.url}\n")
        sys.stdout.flush()
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    _main()
