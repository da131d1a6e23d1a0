"""Who is calling, behind a proxy."""

from __future__ import annotations

from typing import Any

import pytest

from babble_app.api.middleware.client import ForwardedClient


async def seen_by_app(trusted: str, peer: str, headers: dict[str, str]) -> dict[str, Any]:
    seen: dict[str, Any] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scope)

    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "scheme": "http", "client": (peer, 4711), "headers": raw}
    await ForwardedClient(app, trusted)(scope, None, None)  # type: ignore[arg-type]
    return seen


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "client"),
    [
        ("", "9.9.9.9", "1.2.3.4", "9.9.9.9"),
        ("10.0.0.1", "9.9.9.9", "1.2.3.4", "9.9.9.9"),
        ("10.0.0.1", "10.0.0.1", "1.2.3.4", "1.2.3.4"),
        ("10.0.0.1", "10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        ("10.0.0.0/8", "10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"),
        ("10.0.0.0/8", "10.0.0.1", "10.0.0.7, 10.0.0.2", "10.0.0.7"),
        ("10.0.0.1", "10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.1", "6.6.6.6, nonsense", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.1", "1.2.3.4:5678", "1.2.3.4"),
        ("::1", "::1", "[2001:db8::7]:443", "2001:db8::7"),
        ("127.0.0.0/8", "::ffff:127.0.0.1", "1.2.3.4", "1.2.3.4"),
    ],
)
async def test_the_client_is_the_rightmost_hop_that_is_not_trusted(
    trusted: str, peer: str, forwarded: str, client: str
):
    seen = await seen_by_app(trusted, peer, {"X-Forwarded-For": forwarded})

    assert seen["client"][0] == client


async def test_a_trusted_proxy_names_the_scheme():
    seen = await seen_by_app(
        "10.0.0.1", "10.0.0.1", {"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Proto": "https"}
    )

    assert seen["scheme"] == "https"


async def test_nobody_else_names_the_scheme():
    seen = await seen_by_app("10.0.0.1", "9.9.9.9", {"X-Forwarded-Proto": "https"})

    assert seen["scheme"] == "http"
