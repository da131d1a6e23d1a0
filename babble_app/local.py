"""The server inside somebody's program, without a socket: what the Python client opens when it is given no address.

`sdk/in_process.py` finds this module by its name, so the client needs nothing of ours until then. All clients of a process that use
the same data share one runtime, in a thread with an event loop of its own.
"""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from babble_app.api.app import create_api
from babble_app.api.middleware.stack import wrap
from babble_app.errors import BabbleError
from babble_app.sdk.errors import BrainError, ServerFailedError, error_of_event
from babble_app.services import app_tokens, apps
from babble_app.services.local_owner import get_local_owner
from babble_app.services.runtime import Runtime, running
from babble_app.settings import Settings, get_settings
from babble_app.store.tables.base import now

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from starlette.types import ASGIApp

    from babble_app.schemas.apps import App

T = TypeVar("T")

CALLER = "A program on this computer"
TOKEN_SECONDS = 24 * 3600
_RENEW_SECONDS = TOKEN_SECONDS / 2
_open: dict[str, _Server] = {}
_opening = threading.Lock()


def open_brain(*, app_type: str, data_dir: str | Path | None, owner: str) -> Brain:
    """Return an app of that kind, of the only account (which is made where there is none) or of `owner`.

    Raises:
        BrainError: there is no such kind or account, or the data cannot be opened.
    """
    settings = _settings(data_dir)
    with _opening:
        server = _open.get(settings.database_address)
        if server is None:
            server = _open[settings.database_address] = _Server(settings)
        server.users += 1
    try:
        return Brain(server, app_type, owner)
    except BaseException:
        _leave(server)
        raise


def open_count() -> int:
    """Return how many data directories are open in this process."""
    return len(_open)


class Brain:
    """One client's app, with the token that it is called by."""

    def __init__(self, server: _Server, app_type: str, owner: str) -> None:
        self.app: ASGIApp = server.app
        self.loop = server.loop
        self._server = server
        with server.finding:
            self._app = server.call(lambda rt: _find_app(rt, app_type, owner))
        self._tokens: list[str] = []
        self._token = ""
        self._made_at = 0.0

    def token(self) -> str:
        """Return a valid token; blocks when it is time for a new one."""
        if not self._token or time.monotonic() - self._made_at > _RENEW_SECONDS:
            made = self._server.call(self._make_token)
            self._token, self._made_at = made.token, time.monotonic()
            self._tokens.append(made.id)
        return self._token

    def close(self) -> None:
        """Revoke the tokens; the last client of the data closes it."""
        with suppress(BrainError):
            self._server.call(self._revoke_tokens)
        _leave(self._server)

    async def _make_token(self, rt: Runtime) -> Any:
        owner_id, app = self._app
        expires_at = now() + timedelta(seconds=TOKEN_SECONDS)
        return await app_tokens.create_token(rt, owner_id, app.id, CALLER, expires_at=expires_at)

    async def _revoke_tokens(self, rt: Runtime) -> None:
        for token_id in self._tokens:
            await app_tokens.revoke_token(rt, self._app[0], token_id)


class _Server:
    """A runtime in a thread of its own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.users = 0
        self.finding = threading.Lock()
        self.loop = asyncio.new_event_loop()
        self.app: ASGIApp = wrap(create_api(self._runtime), settings)
        self._opened: list[Runtime] = []
        self._failed: list[Exception] = []
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="babble", daemon=True)
        self._thread.start()

    def call(self, work: Callable[[Runtime], Coroutine[Any, Any, T]]) -> T:
        """Carry out `work` in the server's loop, and block meanwhile; our failures become the client's."""
        self._ready.wait()
        if self._failed:
            message = f"The brain in {self.settings.data_dir} cannot be opened: {self._failed[0]}"
            raise ServerFailedError(message, retryable=False) from self._failed[0]
        try:
            return asyncio.run_coroutine_threadsafe(work(self._runtime()), self.loop).result()
        except BabbleError as error:
            raise error_of_event(error.code, str(error), retryable=error.retryable) from error

    def close(self) -> None:
        """Let answers end for a while, and close everything."""
        if self._thread.is_alive():
            self.loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()

    def _runtime(self) -> Runtime:
        return self._opened[0]

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        try:
            async with running(self.settings) as rt:
                self._opened.append(rt)
                self._ready.set()
                await self._stop.wait()
        except Exception as error:  # noqa: BLE001 - told to whoever waits for the runtime
            self._failed.append(error)
        finally:
            self._ready.set()


def _settings(data_dir: str | Path | None) -> Settings:
    settings = get_settings()
    if data_dir is None:
        return settings
    return settings.model_copy(update={"data_dir": Path(data_dir), "database_url": ""})


async def _find_app(rt: Runtime, app_type: str, owner: str) -> tuple[str, App]:
    """Return the account and its app for programs of this computer, which is made at the first time."""
    owner_id = (await get_local_owner(rt, owner)).id
    name = f"Python: {app_type}"
    # The oldest: another process may have made one at the same moment.
    for app in reversed(await apps.list_apps(rt, owner_id)):
        if (app.name, app.profile, app.agent_id) == (name, app_type, None):
            return owner_id, app
    made = await apps.create_app(rt, owner_id, name, profile=app_type)
    limit = apps.MAX_RATE_LIMIT  # the owner is the only one who asks
    return owner_id, await apps.update_app(rt, owner_id, made.id, rate_limit_per_minute=limit)


def _leave(server: _Server) -> None:
    with _opening:
        server.users -= 1
        if server.users == 0:
            _open.pop(server.settings.database_address, None)
            server.close()
