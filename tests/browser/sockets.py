"""A Reflex client without a browser: what somebody with a script and no manners can send."""

from __future__ import annotations

import asyncio
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


@dataclass
class Call:
    """One event to send."""

    name: str
    payload: dict[str, Any] = field(default_factory=dict)


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
) -> list[dict[str, Any]]:
    """Connect, send the events one after the other, and return all updates until the server is quiet."""
    # Playwright has a loop in this thread.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, _open(server, calls, token, cookie, path, origin)).result(
            60
        )


async def _open(
    server: Server,
    calls: Sequence[Call],
    token: str,
    cookie: str,
    path: str,
    origin: str | None,
) -> list[dict[str, Any]]:
    headers = {"Origin": origin or server.url}
    if cookie:
        headers["Cookie"] = f"babble_session={cookie}"
    # A session of our own: the client forgets to close its when it is refused.
    async with aiohttp.ClientSession() as http:
        client = socketio.AsyncClient(reconnection=False, http_session=http)
        return await _talk(client, f"{server.url}?token={token}", headers, calls, path)


async def _talk(
    client: socketio.AsyncClient,
    address: str,
    headers: dict[str, str],
    calls: Sequence[Call],
    path: str,
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
            router = {"pathname": path, "query": {}, "asPath": path}
            event = {"name": call.name, "payload": call.payload, "router_data": router}
            await client.emit("event", event, namespace="/_event")
            await _until_quiet(heard)
    finally:
        await client.disconnect()
    return updates


async def _until_quiet(heard: asyncio.Event) -> None:
    try:
        while True:
            heard.clear()
            await asyncio.wait_for(heard.wait(), QUIET_SECONDS)
    except TimeoutError:
        return
