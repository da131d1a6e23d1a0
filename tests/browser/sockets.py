"""A Reflex client without a browser: what somebody with a script and no manners can send."""

from __future__ import annotations

import asyncio
import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp
import socketio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.browser.conftest import Server

ROOT_STATE = "reflex___state____state"
HYDRATE = f"{ROOT_STATE}.hydrate"
QUIET_SECONDS = 0.7
_numbers = itertools.count(1)


@dataclass
class Call:
    """One event to send."""

    name: str
    payload: dict[str, Any] = field(default_factory=dict)
    path: str = ""
    """Where the browser says it is; empty: where the others are."""
    query: dict[str, str] = field(default_factory=dict)
    wait: bool = False
    """Whether what comes next needs all that this one leads to."""


def handler(module: str, state: str, name: str) -> str:
    """Return the full name of an event handler in `babble_app/states`."""
    return f"{ROOT_STATE}.babble_app___states___{module}____{state}.{name}"


def talk(
    server: Server,
    calls: Sequence[Call],
    *,
    token: str,
    cookie: str = "",
    path: str = "/",
    origin: str | None = None,
    in_turn: bool = True,
    quiet_seconds: float = QUIET_SECONDS,
) -> list[dict[str, Any]]:
    """Connect, send the events, and return all updates until the server is quiet.

    `in_turn`: each event is sent when the server has nothing more to say to the one before.
    """
    # Playwright has a loop in this thread.
    with ThreadPoolExecutor(1) as pool:
        opened = _open(server, calls, token, cookie, path, origin, in_turn, quiet_seconds)
        return pool.submit(asyncio.run, opened).result(100)


async def _open(
    server: Server,
    calls: Sequence[Call],
    token: str,
    cookie: str,
    path: str,
    origin: str | None,
    in_turn: bool,
    quiet_seconds: float,
) -> list[dict[str, Any]]:
    number = next(_numbers)
    # An address of its own, so that limits by address do not meet.
    address = f"10.2.{number // 250}.{number % 250}"
    headers = {"Origin": origin or server.url, "X-Forwarded-For": address}
    if cookie:
        headers["Cookie"] = f"babble_session={cookie}"
    # A session of our own: the client forgets to close its when it is refused.
    async with aiohttp.ClientSession() as http:
        client = socketio.AsyncClient(reconnection=False, http_session=http)
        address = f"{server.url}?token={token}"
        return await _talk(client, address, headers, calls, path, in_turn, quiet_seconds)


async def _talk(
    client: socketio.AsyncClient,
    address: str,
    headers: dict[str, str],
    calls: Sequence[Call],
    path: str,
    in_turn: bool,
    quiet_seconds: float,
) -> list[dict[str, Any]]:
    updates: list[dict[str, Any]] = []
    heard = asyncio.Event()

    @client.on("event", namespace="/_event")
    async def receive(update: dict[str, Any]) -> None:
        updates.append(update)
        heard.set()

    await client.connect(
        address,
        headers=headers,
        transports=["websocket"],
        namespaces=["/_event"],
        socketio_path="/_event",
    )
    try:
        for call in calls:
            here = call.path or path
            router = {"pathname": here, "query": call.query, "asPath": here}
            event = {"name": call.name, "payload": call.payload, "router_data": router}
            await client.emit("event", event, namespace="/_event")
            if in_turn or call.wait:
                await _until_quiet(heard, quiet_seconds)
        await _until_quiet(heard, quiet_seconds)
    finally:
        await client.disconnect()
    return updates


async def _until_quiet(heard: asyncio.Event, quiet_seconds: float) -> None:
    try:
        while True:
            heard.clear()
            await asyncio.wait_for(heard.wait(), quiet_seconds)
    except TimeoutError:
        return
