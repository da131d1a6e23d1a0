"""Whom a wire talks to: a provider's model at an address, with a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from babble_app.llm.provider import Provider


@dataclass(frozen=True)
class Target:
    """One model behind one address."""

    provider: Provider
    model: str
    """As the provider calls it."""
    base_url: str
    api_key: str = ""

    def __repr__(self) -> str:
        """Leave out the key."""
        return f"Target({self.provider.id}/{self.model} at {self.address})"

    @property
    def address(self) -> str:
        """Scheme, host and port, as people may be shown them."""
        parts = urlsplit(self.base_url)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}"

    def headers(self) -> dict[str, str]:
        """Build the headers that every request carries."""
        headers = {"Content-Type": "application/json", **self.provider.headers}
        if self.api_key and self.provider.key_header == "x-api-key":
            headers["x-api-key"] = self.api_key
        elif self.api_key:
            headers["Authorization"] = f"Bearer {self.api_key}"
        return headers

    def url(self, path: str) -> str:
        """Append `path` to the address."""
        return self.base_url.rstrip("/") + path


def normal_address(address: str, *, default_port: int | None = None) -> str:
    """Complete an address as people write it: `localhost:11434` becomes `http://localhost:11434`.

    A server's listening address, 0.0.0.0, becomes the one it is reached at.
    """
    text = address.strip().rstrip("/")
    if text and "://" not in text:
        text = f"http://{text}"
    parts = urlsplit(text)
    if default_port and parts.hostname and parts.port is None and parts.scheme == "http":
        text = parts._replace(netloc=f"{parts.netloc}:{default_port}").geturl()
    return text.replace("://0.0.0.0", "://127.0.0.1", 1)
