"""A server on a real socket that makes pictures and videos as OpenAI's and OpenRouter's wires have it, or fails as told.

`with MediaServer() as server:`; `server.faults` maps a step (`image`, `video`, `status`, `content`), a model's name or a key to what
goes wrong there.
"""

from __future__ import annotations

import asyncio
import base64
import struct
import threading
import zlib
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.model_server import ModelServer

if TYPE_CHECKING:
    from collections.abc import Callable

FOREVER_SECONDS = 3600
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 64
FILTERED = {
    "code": "moderation_blocked",
    "message": "Your request was rejected as a result of our safety system.",
}


def make_png() -> bytes:
    """Return a picture of one red pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00\xff\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


PNG = make_png()


class MediaServer(ModelServer):
    """Makes one red pixel, and a video after as many questions as `rounds` says."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: dict[str, str] = {}
        self.rounds = 1
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.asked = threading.Event()
        """Set when something was asked for."""
        self.may_go = threading.Event()
        """Until it is set, who meets the fault `wait` waits."""

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/v1/images/generations", self._step("image", self._image))
        app.router.add_post("/v1/chat/completions", self._step("image", self._image))
        app.router.add_post("/v1/videos", self._step("video", self._video))
        app.router.add_get("/v1/videos/{id}", self._step("status", self._status))
        app.router.add_get("/v1/videos/{id}/content", self._step("content", self._content))
        return app

    def _step(self, step: str, work: Callable[[], web.Response]) -> Any:
        async def answer(request: web.Request) -> web.StreamResponse:
            key = request.headers.get("Authorization", "")
            self.keys.append(key)
            asked = {step, key.removeprefix("Bearer ")}
            if request.method == "POST":
                is_json = request.content_type == "application/json"
                self.bodies.append(await request.json() if is_json else {**await request.post()})
                asked.add(self.bodies[-1]["model"])
            self.asked.set()
            fault = next((fault for name, fault in self.faults.items() if name in asked), "")
            if fault == "wait":
                await asyncio.to_thread(self.may_go.wait, 60)
            if fault == "hang":
                await asyncio.sleep(FOREVER_SECONDS)
            if fault == "drop" and request.transport is not None:
                request.transport.abort()
            return self._fail(fault, request) or work()

        return answer

    def _fail(self, fault: str, request: web.Request) -> web.Response | None:  # noqa: C901 - one case a fault
        key = request.headers.get("Authorization", "")
        match fault:
            case "filter":
                return web.json_response({"error": FILTERED}, status=400)
            case "key":
                return web.json_response({"error": {"message": f"bad key {key}"}}, status=401)
            case "limit":
                return web.json_response({"error": {"message": "slow"}}, status=429)
            case "broken":
                return web.json_response({"error": {"message": f"oops {key}"}}, status=500)
            case "html":
                return web.Response(text="<html><h1>Welcome</h1></html>", content_type="text/html")
            case "moved":
                return web.Response(status=302, headers={"Location": "http://127.0.0.1:9/"})
            case "nonsense":
                return _made("%%% no picture %%%")
            case "text":
                return _made(base64.b64encode(b"hi").decode())
            case "nothing":
                return _made("")
            case "null":
                return web.json_response(None)
            case "no json":
                return web.Response(text="{", content_type="application/json")
            case "address":
                address = {"url": "http://127.0.0.1:9/secret"}
                message = {"images": [{"image_url": address}]}
                return web.json_response({"data": [address], "choices": [{"message": message}]})
            case "huge":
                return _made(base64.b64encode(PNG).decode(), padding="x" * 40_000_000)
            case "failed":
                return web.json_response(_video("failed", error=FILTERED))
            case _:
                return None

    def _image(self) -> web.Response:
        return _made(base64.b64encode(PNG).decode())

    def _video(self) -> web.Response:
        return web.json_response(_video("queued"))

    def _status(self) -> web.Response:
        self.rounds -= 1
        return web.json_response(_video("completed" if self.rounds <= 0 else "in_progress"))

    def _content(self) -> web.Response:
        return web.Response(body=MP4, content_type="video/mp4")


def _made(encoded: str, **fields: str) -> web.Response:
    """Return a picture as both wires read it."""
    address = {"url": f"data:image/png;base64,{encoded}"}
    message = {"role": "assistant", "content": "Here.", "images": [{"image_url": address}]}
    usage = {
        "input_tokens": 9,
        "output_tokens": 200,
        "prompt_tokens": 9,
        "completion_tokens": 200,
        "total_tokens": 209,
    }
    return web.json_response(
        {
            "created": 1,
            "data": [{"b64_json": encoded}] if encoded else [],
            "choices": [{"index": 0, "message": message}],
            "usage": usage,
            **fields,
        }
    )


def _video(status: str, **fields: Any) -> dict[str, Any]:
    return {"id": "video_1", "object": "video", "status": status, "model": "sora-2", **fields}
