"""Sends a scripted answer, at its pace and with its fault."""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from tests.fakes.script import Answer, Incoming

FOREVER_SECONDS = 3600.0
HUGE_BYTES = 50_000_000
HUGE_PIECE = 1_000
ARRIVAL_SECONDS = 0.05
"""A reset overtakes data that the other side has not read yet; this lets the data arrive first."""


async def deliver(
    request: web.Request,
    wire: ModuleType,
    incoming: Incoming,
    answer: Answer,
    tokens_per_second: float,
) -> web.StreamResponse:
    """Answer one request."""
    if answer.delay:
        await asyncio.sleep(answer.delay)
    if answer.fault in {"status", "html", "hang", "reset"}:
        return await _refuse(request, wire, answer)
    words_in = sum(len(text.split()) for _, text in incoming.messages)
    usage = answer.usage or (words_in, len(answer.pieces))
    frames = wire.Frames(incoming, usage)
    if any(answer.cache_usage):
        frames.count_cache(*answer.cache_usage)
    if not incoming.stream:
        return await _send_whole(request, frames, answer)
    response = web.StreamResponse(headers={"Content-Type": wire.CONTENT_TYPE})
    await response.prepare(request)
    pace = answer.tokens_per_second or tokens_per_second
    await _send_stream(request, response, frames, answer, pace)
    return response


async def _refuse(request: web.Request, wire: ModuleType, answer: Answer) -> web.Response:
    if answer.fault == "hang":
        await asyncio.sleep(FOREVER_SECONDS)
    if answer.fault == "reset":
        _drop(request)
        await asyncio.sleep(FOREVER_SECONDS)
    if answer.fault == "html":
        return web.Response(text="<!doctype html><title>Welcome</title>", content_type="text/html")
    message = answer.message
    if answer.status == 401:
        key = request.headers.get("Authorization") or request.headers.get("x-api-key")
        message = f"Incorrect API key provided: {key}. {message}"
    headers = {} if answer.retry_after is None else {"Retry-After": f"{answer.retry_after:g}"}
    document = wire.refusal(answer.status, message)
    return web.json_response(document, status=answer.status, headers=headers)


async def _send_whole(request: web.Request, frames, answer: Answer) -> web.Response:
    """Faults in the middle happen to the one document."""
    if answer.fault in {"stall", "cut"}:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        await response.write(b'{"half": ')
        await asyncio.sleep(ARRIVAL_SECONDS if answer.fault == "cut" else FOREVER_SECONDS)
        _drop(request)
        await asyncio.sleep(FOREVER_SECONDS)
    if answer.fault == "huge":
        answer.text = "huge " * (HUGE_BYTES // 5)
    if answer.fault in {"garbage", "close"}:
        return web.Response(body=b"<<<this is no answer>>>", content_type="application/json")
    if answer.fault == "error":
        body = frames.error(answer.message).partition(b"data: ")
        return web.Response(body=body[2] or body[0], content_type="application/json")
    if answer.fault == "empty":
        answer.text, answer.reasoning, answer.tools = "", "", []
    return web.json_response(frames.whole(answer))


async def _send_stream(
    request: web.Request, response: web.StreamResponse, frames, answer: Answer, pace: float
) -> None:
    await _write(response, [frames.start()])
    if answer.fault == "empty":
        await _write(response, frames.end(answer.finish))
        return
    if answer.reasoning:
        await _write(
            response, [frames.reasoning(piece + " ") for piece in answer.reasoning.split()]
        )
    if await _send_text(request, response, frames, answer, pace):
        return
    for index, tool in enumerate(answer.tools):
        await _write(response, frames.tool(index, tool))
    await _write(response, frames.end("tool_calls" if answer.tools else answer.finish))


async def _send_text(
    request: web.Request, response: web.StreamResponse, frames, answer: Answer, pace: float
) -> bool:
    """Send the pieces; True when a fault ended the answer."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    middle = answer.fault not in {"", "huge"}
    pieces = answer.pieces[: answer.after] if middle else answer.pieces
    if answer.fault == "huge":
        for number in range(HUGE_BYTES // HUGE_PIECE):
            await _write(response, [frames.text(f"{number:>{HUGE_PIECE}}")])
    elif not pace:
        for start in range(0, len(pieces), 1_000):
            await _write(response, [frames.text(piece) for piece in pieces[start : start + 1_000]])
    else:
        for number, piece in enumerate(pieces):
            await asyncio.sleep(max(0.0, began + number / pace - loop.time()))
            await _write(response, [frames.text(piece)])
    if middle:
        await _break_off(request, response, frames, answer)
    return middle


async def _break_off(
    request: web.Request, response: web.StreamResponse, frames, answer: Answer
) -> None:
    if answer.fault == "garbage":
        await _write(response, [b"\x00\xff<<<this is no frame>>>\n\n"])
    elif answer.fault == "error":
        await _write(response, [frames.error(answer.message)])
    elif answer.fault == "stall":
        await asyncio.sleep(FOREVER_SECONDS)
    elif answer.fault == "cut":
        await asyncio.sleep(ARRIVAL_SECONDS)
        _drop(request)
        await asyncio.sleep(FOREVER_SECONDS)
    elif answer.fault == "close":
        await response.write_eof()


async def _write(response: web.StreamResponse, frames: list[bytes]) -> None:
    if data := b"".join(frames):
        await response.write(data)


def _drop(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
