"""Says how the server is, without calling a model and without secrets."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Literal

from babble_app.errors import BabbleError
from babble_app.schemas.health import Health
from babble_app.settings import VERSION

if TYPE_CHECKING:
    from babble_app.llm.provider import Provider
    from babble_app.services.runtime import Runtime

_STARTED = time.monotonic()
_WAIT_SECONDS = 2.0
_OLLAMA_FRESH_SECONDS = 10.0

_Ollama = Literal["connected", "unavailable", "not_configured"]
_State = Literal["ok", "unavailable", "not_configured"]
_ollama_answers: dict[str, tuple[float, _Ollama]] = {}
"""By address: when it was asked, and what came of it."""


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
            provider.id: _state(rt, provider, ollama) for provider in rt.models.providers.values()
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
    address = rt.settings.ollama_host
    if not address:
        return "not_configured"
    asked_at, answer = _ollama_answers.get(address, (float("-inf"), "unavailable"))
    if time.monotonic() - asked_at > _OLLAMA_FRESH_SECONDS:
        answer = await _call_ollama(rt)
        _ollama_answers[address] = (time.monotonic(), answer)
    return answer


async def _call_ollama(rt: Runtime) -> _Ollama:
    try:
        async with asyncio.timeout(_WAIT_SECONDS):
            await rt.models.check("ollama", None)
    except (BabbleError, TimeoutError):
        return "unavailable"
    return "connected"


def _state(rt: Runtime, provider: Provider, ollama: _Ollama) -> _State:
    if provider.id == "ollama":
        return "ok" if ollama == "connected" else ollama
    if rt.models.environment_credential(provider.id):
        return "ok"
    return "not_configured"
