"""A server on a real socket that speaks `/api/v1` as apps do, and fails as it is told: what the SDK's tests call.

`with BrainServer(faults=[Fault(status=429)]) as server:` spoils the first request; each request takes one fault, None lets it pass.
It answers every message with its words behind `You said:`, one event a word.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

START_SECONDS = 10.0
TOKEN = "bb_test"
_DROP = 0


@dataclass(frozen=True)
class Fault:
    """How one request goes wrong."""

    status: int = _DROP
    """What is answered; 0: nothing, or a stream that breaks off."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: Mapping[str, Any] | bytes = field(default_factory=dict[str, Any])
    served: bool = False
    """Whether the request is carried out all the same, and only its answer is lost."""
    events: int | None = None
    """Of a stream: how many events come before it breaks off, in the middle of the next one."""
    clean: bool = False
    """Whether the stream ends as if that were all, as behind some proxies."""
    silent: bool = False
    """Whether the connection stays open and nothing comes."""


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: Any


class BrainServer:
    """A server in a thread of its own."""

    def __init__(
        self,
        *,
        faults: Iterable[Fault | None] = (),
        events: Iterable[tuple[str, Mapping[str, Any]]] = (),
    ) -> None:
        self.faults: deque[Fault | None] = deque(faults)
        self.events = list(events)
        """Sent in the middle of each streamed answer."""
        self.asked: list[Asked] = []
        self.paid: list[str] = []
        """The messages that were answered: more than once would be billed more than once."""
        self.left = threading.Event()
        """Set when a client left a stream before its end."""
        self._numbers = itertools.count(1)
        self._answers: dict[str, dict[str, Any]] = {}
        self._runs: dict[str, list[tuple[str, str, Mapping[str, Any]]]] = {}
        self._sessions: dict[str, list[dict[str, Any]]] = {}
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._port = 0
        self._thread = threading.Thread(target=self._run, name="brain-server", daemon=True)

    @property
    def url(self) -> str:
        """The address."""
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> BrainServer:
        """Start, and wait until it listens."""
        self._thread.start()
        assert self._ready.wait(START_SECONDS), "the server did not start"
        return self

    def __exit__(self, *_: object) -> None:
        """Drop what is open, and stop."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(START_SECONDS)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        app = web.Application()
        app.router.add_post("/api/v1/chat", self._take(self._chat))
        app.router.add_post("/api/v1/chat/stream", self._take(self._stream))
        app.router.add_post("/api/v1/sessions", self._take(self._open))
        app.router.add_get("/api/v1/sessions", self._take(self._list))
        app.router.add_get("/api/v1/sessions/{id}/messages", self._take(self._history))
        app.router.add_delete("/api/v1/sessions/{id}", self._take(self._clear))
        app.router.add_post("/api/v1/sessions/{id}/files", self._take(self._upload))
        app.router.add_post("/api/v1/sessions/{id}/{act:stop|tool-results}", self._take(_nothing))
        app.router.add_post("/api/v1/messages/{id}/feedback", self._take(_nothing))
        app.router.add_get("/api/v1/stats", self._take(_stats))
        runner = web.AppRunner(
            app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None
        )
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self._port = runner.addresses[0][1]
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()

    def _take(
        self, serve: Callable[[web.Request, Fault | None], Awaitable[web.StreamResponse]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def take(request: web.Request) -> web.StreamResponse:
            is_json = request.content_type == "application/json"
            body = await request.json() if is_json else await request.read()
            self.asked.append(
                Asked(request.method, request.path, request.headers, request.query, body)
            )
            if request.headers.get("Authorization") != f"Bearer {TOKEN}":
                return _problem(401, {"code": "invalid_token", "detail": "Unknown token."})
            fault = self.faults.popleft() if self.faults else None
            if fault is None or fault.served or fault.events is not None:
                answer = await serve(request, fault)
                if fault is None or fault.events is not None:
                    return answer
            return await _fail(request, fault)

        return take

    def _reply(self, body: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Answer a message, or as the first time when the key came before."""
        if key and key in self._answers:
            return self._answers[key]
        self.paid.append(body["message"])
        session_id = body.get("session_id") or f"s_{next(self._numbers)}"
        text = f"You said: {body['message']}"
        answer: dict[str, Any] = {
            "response": text,
            "session_id": session_id,
            "message_id": f"m_{next(self._numbers)}",
            "agent_version": 7,
            "model": "demo/based",
            "cached": False,
            "usage": {"input_tokens": 4, "output_tokens": 2, "cost_usd": 0.0},
            "citations": [],
            "ended": False,
            "added_in_a_later_version": True,
        }
        said = self._sessions.setdefault(session_id, [])
        said += [_message("user", body["message"]), _message("assistant", text)]
        self._answers[key] = answer
        return answer

    async def _chat(self, request: web.Request, _: Fault | None) -> web.StreamResponse:
        key = request.headers.get("Idempotency-Key", "")
        return web.json_response(self._reply(self.asked[-1].body, key))

    async def _stream(self, request: web.Request, fault: Fault | None) -> web.StreamResponse:
        last_id = request.headers.get("Last-Event-ID", "")
        run_id, _, number = last_id.partition(".")
        if not last_id:
            run_id, number = f"run_{next(self._numbers)}", "0"
            answer = self._reply(self.asked[-1].body, request.headers.get("Idempotency-Key", ""))
            self._runs[run_id] = list(self._events_of(run_id, answer))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        events = self._runs[run_id][int(number) :]
        try:
            return await _send_events(request, response, events, fault)
        except (asyncio.CancelledError, ConnectionError):
            self.left.set()
            raise

    def _events_of(
        self, run_id: str, answer: Mapping[str, Any]
    ) -> Iterable[tuple[str, str, Mapping[str, Any]]]:
        begun = {"session_id": answer["session_id"], "message_id": answer["message_id"]}
        words = answer["response"].split(" ")
        deltas = [
            ("delta", {"text": f"{' ' if at else ''}{word}"}) for at, word in enumerate(words)
        ]
        everything = [("session", begun), *self.events, *deltas, ("done", answer)]
        for number, (name, data) in enumerate(everything, 1):
            yield f"{run_id}.{number}", name, data

    async def _open(self, _: web.Request, __: Fault | None) -> web.StreamResponse:
        session_id = f"s_{next(self._numbers)}"
        greeting = _message("assistant", "Hello!")
        self._sessions[session_id] = [greeting]
        opening = {"session_id": session_id, "greeting": "Hello!", "messages": [greeting]}
        return web.json_response(opening, status=201)

    async def _list(self, _: web.Request, __: Fault | None) -> web.StreamResponse:
        at = "2026-12-01T00:00:00Z"
        times = {"created_at": at, "updated_at": at}
        return web.json_response([{"session_id": one, **times} for one in self._sessions])

    async def _history(self, request: web.Request, _: Fault | None) -> web.StreamResponse:
        messages = self._sessions.get(request.match_info["id"])
        if messages is None:
            return _problem(404, {"code": "not_found", "detail": "There is no such session."})
        return web.json_response(messages[-int(request.query.get("limit", "50")) :])

    async def _clear(self, request: web.Request, _: Fault | None) -> web.StreamResponse:
        self._sessions[request.match_info["id"]] = []
        return web.Response(status=204)

    async def _upload(self, _: web.Request, __: Fault | None) -> web.StreamResponse:
        return web.json_response({"id": "fil_1", "name": "menu.txt"}, status=201)


async def _send_events(
    request: web.Request,
    response: web.StreamResponse,
    events: list[tuple[str, str, Mapping[str, Any]]],
    fault: Fault | None,
) -> web.StreamResponse:
    whole = events if fault is None else events[: fault.events]
    for event_id, name, data in whole:
        await response.write(
            f"id: {event_id}\nevent: {name}\ndata: {json.dumps(data)}\n\n".encode()
        )
    if fault is None or fault.clean:
        await response.write_eof()
        return response
    # A frame that was begun never happened.
    await response.write(b'id: lost.999\nevent: delta\ndata: {"text": "never')
    return await _fail(request, fault)


async def _fail(request: web.Request, fault: Fault) -> web.StreamResponse:
    if fault.silent:
        await asyncio.Event().wait()
    if fault.status == _DROP:
        assert request.transport
        request.transport.abort()
        return web.Response()
    if isinstance(fault.body, bytes):
        return web.Response(body=fault.body, status=fault.status, headers=fault.headers)
    return _problem(fault.status, fault.body, fault.headers)


def _problem(
    status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> web.Response:
    return web.json_response(
        {"status": status, "request_id": "req_1", **body},
        status=status,
        headers=headers,
        content_type="application/problem+json",
    )


async def _nothing(_: web.Request, __: Fault | None) -> web.StreamResponse:
    return web.Response(status=204)


async def _stats(_: web.Request, __: Fault | None) -> web.StreamResponse:
    figures = {"requests": 3, "cost_usd": 0.5, "since": "2026-11-01T00:00:00Z"}
    return web.json_response({**figures, "by_day": [{"day": "2026-11-30", "requests": 3}]})


def _message(role: str, text: str) -> dict[str, Any]:
    return {"id": f"m_{text[:4]}", "role": role, "text": text, "created_at": "2026-12-01T00:00:00Z"}
