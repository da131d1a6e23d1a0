"""Says how the server is, without calling a model and without secrets."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Literal

from babble_app.errors import BabbleError
from babble_app.llm.provider import all_providers
from babble_app.schemas.health import Health
from babble_app.services.keys import environment_credential
from babble_app.settings import VERSION

if TYPE_CHECKING:
    from babble_app.llm.provider import Provider
    from babble_app.services.runtime import Runtime

_STARTED = time.monotonic()
_WAIT_SECONDS = 2.0
_OLLAMA_FRESH_SECONDS = 10.0

_Ollama = Literal["connected", "unavailable", "not_configured"]
_State = Literal["ok", "unavailable", "not_configured"]


async def get_health(rt: Runtime) -> Health:
    """Return the state of the database and the providers; never raises for a part that is down."""
    database, ollama = await asyncio.gather(_look_at_database(rt), _look_at_ollama(rt))
    degraded = database == "unavailable" or ollama == "unavailable"
    return Health(
        status="degraded" if degraded else "ok",
        version=VERSION,
        database=database,
        ollama=ollama,
        providers={
            provider.id: _state(rt, provider, ollama) for provider in all_providers().values()
        },
        uptime_s=round(time.monotonic() - _STARTED, 3),
    )


async def check_ready(rt: Runtime) -> None:
    """Return when requests can be served; a runtime is only ever open on a migrated database.

    Raises:
        DatabaseUnavailableError: the database does not answer.
    """
    await rt.database.check()


async def _look_at_database(rt: Runtime) -> Literal["ok", "unavailable"]:
    try:
        async with asyncio.timeout(_WAIT_SECONDS):
            await rt.database.check()
    except (BabbleError, TimeoutError):
        return "unavailable"
    return "ok"


async def _look_at_ollama(rt: Runtime) -> _Ollama:
    """Ask the Ollama that the server's settings name for its list, at most every ten seconds."""
    if not rt.settings.ollama_host:
        return "not_configured"
    return await _probe.ask(rt)


class _OllamaProbe:
    def __init__(self) -> None:
        self._answer: _Ollama = "unavailable"
        self._asked_at = float("-inf")

    async def ask(self, rt: Runtime) -> _Ollama:
        if time.monotonic() - self._asked_at > _OLLAMA_FRESH_SECONDS:
            self._asked_at = time.monotonic()
            self._answer = await _call_ollama(rt)
        return self._answer


_probe = _OllamaProbe()


async def _call_ollama(rt: Runtime) -> _Ollama:
    try:
        async with asyncio.timeout(_WAIT_SECONDS):
            await rt.models.check("ollama", environment_credential(rt.settings, "ollama"))
    except (BabbleError, TimeoutError):
        return "unavailable"
    return "connected"


def _state(rt: Runtime, provider: Provider, ollama: _Ollama) -> _State:
    if provider.id == "ollama":
        return "ok" if ollama == "connected" else ollama
    if provider.wire == "demo" or environment_credential(rt.settings, provider.id) is not None:
        return "ok"
    return "not_configured"
