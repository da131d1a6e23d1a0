"""Names of hosts as people type them into a list of what may be called: tidied, or refused in plain words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from babble_app.errors import ValidationFailedError

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_HOSTS = 100
MAX_HOST_CHARS = 253
_LABEL = r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})+(?::[0-9]{{1,5}})?")
_MAX_PORT = 65_535


def clean_hosts(hosts: Iterable[str]) -> list[str]:
    """Return the names in lower case and ASCII, each once, in their order.

    Raises:
        ValidationFailedError: there are too many, or one is no host's name (`api.example.com`, `*.example.com`,
            `api.example.com:8443`).
    """
    cleaned = list(dict.fromkeys(_clean(host) for host in hosts))
    if len(cleaned) > MAX_HOSTS:
        message = f"{MAX_HOSTS} hosts are the most; these are {len(cleaned):,}."
        raise ValidationFailedError(message, field="allowed_hosts")
    return cleaned


def _clean(host: str) -> str:
    name = host.strip().rstrip(".").lower()
    try:
        plain = name if name.isascii() else name.encode("idna").decode("ascii")
    except UnicodeError:
        plain = ""
    port = plain.rpartition(":")[2] if ":" in plain else "0"
    if len(plain) > MAX_HOST_CHARS or not _HOST.fullmatch(plain) or int(port) > _MAX_PORT:
        shown = host.strip()[:60]
        message = f"'{shown}' is no host's name. Write it without https:// and path, as api.example.com or *.example.com."
        raise ValidationFailedError(message, field="allowed_hosts")
    return plain
