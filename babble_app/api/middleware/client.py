"""Finds out who is calling when a reverse proxy stands in front."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv4Network, IPv6Network

    from starlette.types import ASGIApp, Receive, Scope, Send

_SECURE = {
    "https": {"http": "https", "websocket": "wss"},
    "http": {"http": "http", "websocket": "ws"},
}


class ForwardedClient:
    """Takes the client's address and scheme from the proxy's headers, only when the peer is a trusted proxy.

    The address is the rightmost hop of X-Forwarded-For that is not itself trusted: everything to the left of it is the
    caller's own claim.
    """

    def __init__(self, app: ASGIApp, trusted: str) -> None:
        """Take the proxies as addresses or networks, separated by commas."""
        self._app = app
        self._trusted = tuple(
            ip_network(part.strip(), strict=False) for part in trusted.split(",") if part.strip()
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if self._trusted and scope["type"] in {"http", "websocket"}:
            self._rewrite(scope)
        await self._app(scope, receive, send)

    def _rewrite(self, scope: Scope) -> None:
        peer = _parse(scope["client"][0]) if scope.get("client") else None
        if peer is None or not self._is_trusted(peer):
            return
        headers = Headers(scope=scope)
        hops = ",".join(headers.getlist("x-forwarded-for")).split(",")
        scope["client"] = (str(self._rightmost_untrusted(peer, hops)), 0)
        scheme = headers.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower()
        if scheme in _SECURE:
            scope["scheme"] = _SECURE[scheme][scope["type"]]

    def _rightmost_untrusted(
        self, peer: IPv4Address | IPv6Address, hops: list[str]
    ) -> IPv4Address | IPv6Address:
        client = peer
        for hop in reversed(hops):
            address = _parse(hop)
            if address is None:
                break
            client = address
            if not self._is_trusted(address):
                break
        return client

    def _is_trusted(self, address: IPv4Address | IPv6Address) -> bool:
        return any(_contains(network, address) for network in self._trusted)


def _contains(network: IPv4Network | IPv6Network, address: IPv4Address | IPv6Address) -> bool:
    return address.version == network.version and address in network


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    """Read `1.2.3.4`, `1.2.3.4:80`, `::1`, `[::1]:80`; an IPv4 address in IPv6 clothes counts as IPv4."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address
