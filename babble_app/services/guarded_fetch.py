"""Network calls for agents (SECURITY.md 3): to hosts that are allowed, at addresses that were looked at, within limits.

A host's name is resolved once; every address must be public, and the connection goes to one of those, so a name cannot change
its meaning in between. Each redirect is a call of its own.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from babble_app.services.addresses import is_public

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
MOST_REDIRECTS = 3
MOST_BYTES = 200_000
TOTAL_SECONDS = 20.0
_PORTS = {"http": 80, "https": 443}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEEPS_METHOD = frozenset({307, 308})
_MOST_HEADERS = 50
_MOST_HEADER_CHARS = 8_000
_OWN_HEADERS = frozenset({
    "accept-encoding", "connection", "content-length", "cookie", "cookie2", "expect", "forwarded", "host", "keep-alive",
    "te", "trailer", "transfer-encoding", "upgrade", "via",
})  # fmt: skip
"""Headers that are ours to set, or nobody's."""
_SAFE_HEADERS = frozenset({"accept", "accept-language", "content-type", "user-agent"})
"""Headers that follow a redirect to another host; others may carry a key."""
_CHARSETS = re.compile(
    r"utf-?8|utf-16(?:le|be)?|iso-8859-(?:[1-9]|1[0-13-6])|windows-125[0-8]|gbk|gb2312|gb18030|big5|shift_jis|euc-(?:jp|kr)|koi8-[ru]",
    re.IGNORECASE,
)
_FORM = "application/x-www-form-urlencoded"


class FetchError(Exception):
    """A call was refused or failed; the words are for the program."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Where a call may go."""

    allowed: Sequence[str] = ()
    """Names of hosts: `api.example.com`, `*.example.com`, `api.example.com:443`."""
    private: Sequence[str] = ()
    """Hosts that the operator allows at private addresses and other ports, as `host` or `host:port`."""
    any_host: bool = False
    """Whether hosts that are not in `allowed` may be called too; their addresses must be public as any."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer."""

    status: int
    body: Any
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Target:
    url: URL
    host: str
    port: int
    private: bool


class _Pinned(AbstractResolver):
    """Gives the addresses that were looked at, whatever is asked."""

    def __init__(self, found: list[ResolveResult]) -> None:
        self.found = found

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses."""
        del host, port, family
        return self.found

    async def close(self) -> None:
        """Nothing is open."""


async def fetch(
    rules: Rules,
    method: str,
    url: str,
    *,
    params: Mapping[str, Any] | None = None,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    total_seconds: float = TOTAL_SECONDS,
    most_bytes: int = MOST_BYTES,
) -> Fetched:
    """Make a call and return its answer.

    Raises:
        FetchError: it is not allowed, or it failed.
    """
    if method not in METHODS:
        raise FetchError(f"the method {method} is not supported")
    try:
        async with asyncio.timeout(total_seconds):
            sent = _headers(headers or {})
            data = _body(body, sent)
            return await _follow(
                rules, method, _with_params(url, params or {}), data, sent, most_bytes
            )
    except TimeoutError:
        raise FetchError(f"no answer within {total_seconds:g} s") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise FetchError(f"the call failed ({type(error).__name__})") from None


async def _follow(
    rules: Rules,
    method: str,
    url: str,
    data: bytes | None,
    headers: dict[str, str],
    most_bytes: int,
) -> Fetched:
    for _ in range(MOST_REDIRECTS + 1):
        target = _look_at(rules, url)
        found = await _resolve(target)
        connector = aiohttp.TCPConnector(
            resolver=_Pinned(found), use_dns_cache=False, force_close=True
        )
        async with (
            aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=None),
            ) as session,
            session.request(
                method, target.url, data=data, headers=headers, allow_redirects=False
            ) as response,
        ):
            next_url = response.headers.get("Location", "")
            if response.status not in _REDIRECTS or not next_url:
                return await _read(method, response, most_bytes)
            if response.status not in _KEEPS_METHOD and method != "HEAD":
                method, data = "GET", None
                headers.pop("Content-Type", None)
        url = urljoin(str(target.url), next_url)
        if urlsplit(url).netloc != target.url.raw_authority:
            headers = {name: v for name, v in headers.items() if _is_safe(name)}
    raise FetchError(f"more than {MOST_REDIRECTS} redirects")


def _is_safe(name: str) -> bool:
    return name.lower() in _SAFE_HEADERS or name == "Accept-Encoding"


def _look_at(rules: Rules, address: str) -> _Target:
    """Refuse an address that is not allowed, before anything is asked of the network.

    It is read once, by what makes the connection too, so that both mean the same host.
    """
    if any(ord(character) <= ord(" ") or character == "\\" for character in address):
        raise FetchError("the address contains spaces, backslashes or control characters")
    try:
        url = URL(address)
        host, port = (url.raw_host or "").rstrip(".").lower(), url.port or 0
    except ValueError:
        raise FetchError("the address cannot be read") from None
    if url.scheme not in _PORTS or not host:
        raise FetchError("an address begins with https:// or http:// and a host")
    if url.raw_user is not None or url.raw_password is not None or "@" in url.raw_authority:
        raise FetchError("an address must not contain a user's name or password")
    if not rules.any_host and not is_listed(rules.allowed, host, port):
        raise FetchError(f"the workspace does not allow calls to {host}")
    private = is_listed(rules.private, host, port)
    if port not in _PORTS.values() and not private:
        raise FetchError(f"port {port} is not allowed, only 80 and 443")
    return _Target(url.with_fragment(None), host, port, private)


def is_listed(listed: Sequence[str], host: str, port: int) -> bool:
    """Say whether a list of hosts, as in `Rules`, names this one."""
    for entry in listed:
        name, _, number = entry.lower().partition(":")
        if number and number != str(port):
            continue
        if host == name or (name.startswith("*.") and host.endswith(name[1:])):
            return True
    return False


async def _resolve(target: _Target) -> list[ResolveResult]:
    """Return the host's addresses, all of them looked at."""
    loop = asyncio.get_running_loop()
    try:
        rows = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except OSError:
        raise FetchError(f"there is no host {target.host}") from None
    found: list[ResolveResult] = []
    for family, _, _, _, place in rows:
        address = str(place[0])
        if not target.private and not is_public(address):
            raise FetchError(f"{target.host} is not a host of the public network")
        found.append(
            ResolveResult(
                hostname=target.host,
                host=address,
                port=target.port,
                family=family,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        )
    return found


async def _read(method: str, response: aiohttp.ClientResponse, most_bytes: int) -> Fetched:
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise FetchError("the answer is compressed though that was not asked for")
    raw = bytearray()
    if method != "HEAD":
        async for chunk in response.content.iter_chunked(16_384):
            raw += chunk
            if len(raw) > most_bytes:
                raise FetchError(f"the answer is larger than {most_bytes:,} bytes")
    text = _decoded(response, raw)
    shown = {name: v for name, v in response.headers.items() if name.lower() != "set-cookie"}
    return Fetched(
        response.status, _parsed(response, text), dict(list(shown.items())[:_MOST_HEADERS])
    )


def _decoded(response: aiohttp.ClientResponse, raw: bytearray) -> str:
    # Python knows encodings that take very long to read, and pages use none of those.
    charset = response.charset or ""
    return raw.decode(charset if _CHARSETS.fullmatch(charset) else "utf-8", "replace")


def _parsed(response: aiohttp.ClientResponse, text: str) -> Any:
    if "json" not in response.content_type:
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    if len(headers) > _MOST_HEADERS or sum(map(len, headers.values())) > _MOST_HEADER_CHARS:
        raise FetchError("there are too many headers")
    kept: dict[str, str] = {}
    for name, value in headers.items():
        plain = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
        if not plain or not value.isprintable():
            raise FetchError(f"the header {name[:40]!r} is not valid")
        if name.lower() not in _OWN_HEADERS and not name.lower().startswith(
            ("proxy-", "x-forwarded", "sec-")
        ):
            kept[name.title()] = value
    return {**kept, "Accept-Encoding": "identity"}


def _body(body: Any, headers: dict[str, str]) -> bytes | None:
    """Return what is sent, and note its kind in the headers when the program did not."""
    if body is None:
        return None
    if isinstance(body, str):
        return body.encode("utf-8", "replace")
    if headers.get("Content-Type", "").startswith(_FORM) and isinstance(body, dict):
        return urlencode(body, doseq=True, errors="replace").encode()  # type: ignore[reportUnknownArgumentType]  # JSON's values
    headers.setdefault("Content-Type", "application/json")
    return json.dumps(body).encode()


def _with_params(url: str, params: Mapping[str, Any]) -> str:
    if not params:
        return url
    base, mark, fragment = url.partition("#")
    joined = "&" if "?" in base else "?"
    return f"{base}{joined}{urlencode(dict(params), doseq=True, errors='replace')}{mark}{fragment}"
