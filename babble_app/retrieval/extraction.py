"""Reads uploaded files in a child process with limits of CPU, memory, wall time and output (SECURITY.md 3).

A 20 KB PDF can cost its parser half a minute and a PNG of a few kilobytes can unpack to gigabytes; here that kills the
child, and the file gets a reason.
"""

from __future__ import annotations

import asyncio
import base64
import json
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from dataclasses import dataclass
from logging import getLogger
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from babble_app.errors import ValidationFailedError
from babble_app.schemas.workspaces import FilePage, FileText

if TYPE_CHECKING:
    from asyncio.subprocess import Process

    from babble_app.schemas.workspaces import FileKind

logger = getLogger(__name__)

_CHILD = Path(__file__).with_name("_extract_child.py")
_AT_ONCE = 2


@dataclass(frozen=True)
class Limits:
    """What reading one file may cost."""

    cpu_seconds: int = 15
    memory_bytes: int = 1024 * 1024 * 1024
    """Of address space; a picture of 40 million pixels takes 160 MB and is held up to three times."""
    wall_seconds: float = 45.0
    output_bytes: int = 24 * 1024 * 1024


_LIMITS = Limits()
# One for each event loop: a semaphore belongs to the loop it first waited on.
_slots: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


@dataclass(frozen=True)
class _Answer:
    lines: tuple[dict[str, Any], ...]
    stopped: str
    """Why the child was ended before its last line; empty if it was not."""


async def extract(
    path: Path, kind: FileKind, media_type: str = "", *, limits: Limits = _LIMITS
) -> FileText:
    """Return a file's text page by page, or why it cannot be read.

    Pictures have no pages; for them this says whether they can be shown and sent to a model. When a limit ends the
    reading of a PDF half-way, the pages read so far are kept and `reason` says so.

    Args:
        path: The stored file.
        kind: What `file_types.classify` said.
        media_type: Likewise; for the log.
        limits: What the reading may cost.
    """
    answer = await _ask_child(kind, path, limits)
    pages = tuple(FilePage.model_validate(line) for line in answer.lines if "page" in line)
    if answer.stopped:
        logger.warning("reading a %s file was ended: %s", media_type or kind, answer.stopped)
        if any(page.text.strip() for page in pages):
            reason = f"{answer.stopped} Only the first {len(pages)} pages were read."
            return FileText(pages=pages, status="ready", reason=reason)
        return FileText(pages=(), status="unreadable", reason=answer.stopped)
    last = answer.lines[-1]
    if last["status"] == "unreadable":
        pages = ()
    return FileText(pages=pages, status=last["status"], reason=last["reason"])


async def encode_for_model(path: Path, *, limits: Limits = _LIMITS) -> tuple[str, bytes]:
    """Return a picture's media type and bytes, newly encoded, upright, at most 1568 pixels a side.

    Raises:
        ValidationFailedError: the picture cannot be read; the message says why.
    """
    answer = await _ask_child("preview", path, limits)
    reason = answer.stopped or str(answer.lines[-1]["reason"])
    if reason:
        raise ValidationFailedError(reason)
    return answer.lines[-1]["media_type"], base64.b64decode(answer.lines[-1]["data"])


async def _ask_child(mode: str, path: Path, limits: Limits) -> _Answer:
    slots = _slots.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(_AT_ONCE))
    async with slots:
        # -I: no user site, no path from the environment; and the environment's keys stay here.
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", str(_CHILD), mode, str(path)),
            *(str(limits.cpu_seconds), str(limits.memory_bytes)),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=DEVNULL,
            env={"LANG": "C.UTF-8"},
        )
        try:
            return await _collect(child, limits)
        finally:
            # Also when the caller is cancelled: no child outlives the question.
            with suppress(ProcessLookupError):
                child.kill()
            await asyncio.shield(child.wait())


async def _collect(child: Process, limits: Limits) -> _Answer:
    data = bytearray()
    stopped = ""
    try:
        async with asyncio.timeout(limits.wall_seconds):
            whole = await _read(child, data, limits.output_bytes)
            code = await child.wait() if whole else 0
    except TimeoutError:
        whole, code = True, 0
        stopped = "Reading the file took too long."
    lines = tuple(
        json.loads(line) for line in bytes(data).splitlines(keepends=True) if line.endswith(b"\n")
    )
    if not whole:
        stopped = "The file holds too much to be read."
    elif not stopped and (code != 0 or not lines or "status" not in lines[-1]):
        stopped = _cause(code)
    return _Answer(lines, stopped)


async def _read(child: Process, data: bytearray, most: int) -> bool:
    """Gather the child's output; say False when it writes more than it may."""
    while child.stdout and (chunk := await child.stdout.read(65536)):
        data += chunk
        if len(data) > most:
            return False
    return True


def _cause(code: int) -> str:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return "Reading the file took too much computing time."
    return "The file made its reader fail."
