"""Where a client finds its server, from what it is told or from the environment of the program it is used in."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit

from babble_app.sdk.in_process import InProcess
from babble_app.sdk.retries import Retries, Timeouts, Tries
from babble_app.sdk.version import VERSION

_TOKEN = re.compile(r"[\x21-\x7e]+")
_LOCAL_URL = "http://localhost"


class Options(TypedDict, total=False):
    """How a client is set up, beside `app_type`."""

    base_url: str
    """`https://babble.example`; else BABBLE_BASE_URL; with neither the brain works in this process."""
    token: str
    """`bb_...`, of an app; else BABBLE_TOKEN."""
    data_dir: str | Path
    """In this process: where its data is; else BABBLE_DATA_DIR, else `data`, as the server has it."""
    owner: str
    """In this process: the email of the account it works for; not needed with a single account."""
    timeout: float | Timeouts
    """A number is the seconds of a whole call."""
    max_retries: int | Retries
    """How often a call is repeated after 429, 5xx and broken connections."""


@dataclass(frozen=True)
class Configuration:
    """A client's settings, checked."""

    base_url: str
    headers: dict[str, str] = field(repr=False)
    timeouts: Timeouts
    retries: Retries
    in_process: InProcess | None

    def tries(self) -> Tries:
        """Begin to count the time and the repetitions of one call."""
        return Tries(self.timeouts, self.retries)


def configure(app_type: str, options: Options) -> Configuration:
    """Check the settings, and fill in what the environment says.

    Raises:
        ValueError: they cannot be used; the message says why.
    """
    base_url = options.get("base_url") or os.environ.get("BABBLE_BASE_URL", "")
    in_process = None
    headers = {"User-Agent": f"babble-sdk/{VERSION}"}
    if base_url:
        headers["Authorization"] = f"Bearer {_token(options)}"
    else:
        in_process = InProcess(app_type, options.get("data_dir"), options.get("owner", ""))
    return Configuration(
        base_url=_checked(base_url) if base_url else _LOCAL_URL,
        headers=headers,
        timeouts=_timeouts(options.get("timeout", Timeouts())),
        retries=_retries(options.get("max_retries", Retries())),
        in_process=in_process,
    )


def _token(options: Options) -> str:
    token = (options.get("token") or os.environ.get("BABBLE_TOKEN", "")).strip()
    if not _TOKEN.fullmatch(token):
        message = "A server's app is reached with its token: token='bb_...' or BABBLE_TOKEN."
        raise ValueError(message)
    return token


def _checked(base_url: str) -> str:
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        message = f"base_url is no address of a server: {base_url!r}; 'https://babble.example' is."
        raise ValueError(message)
    return base_url.rstrip("/")


def _timeouts(timeout: float | Timeouts) -> Timeouts:
    if isinstance(timeout, Timeouts):
        return timeout
    return Timeouts(idle=min(Timeouts().idle, timeout), total=timeout)


def _retries(retries: int | Retries) -> Retries:
    return retries if isinstance(retries, Retries) else Retries(times=retries)
