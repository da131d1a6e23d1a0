"""Real changes: every modified text file of every commit of a repository."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from random import Random

from benchmarks.diff_corpus.edits import Change, between

ENDINGS = (".py", ".md", ".js", ".jsx", ".css", ".toml", ".yaml", ".yml", ".based", ".txt")
MAX_LINES = 3000
MAX_CHANGED = 400
repository = Path(__file__).parents[2]


def pick(rng: Random) -> tuple[list[str], list[Change]]:
    """Return a file's old lines and what one commit changed in them."""
    while True:
        old_id, new_id = rng.choice(_modified(str(repository)))
        old, new = _lines(old_id), _lines(new_id)
        if old and new and old != new and len(old) <= MAX_LINES:
            changes = between(old, new)
            if (
                changes
                and sum(len(change.lines) + change.end - change.start for change in changes)
                <= MAX_CHANGED
            ):
                return old, changes


@cache
def _modified(path: str) -> list[tuple[str, str]]:
    log = _git(
        path, "log", "--no-merges", "--raw", "--no-abbrev", "--diff-filter=M", "--format="
    ).splitlines()
    rows = [
        line.split("\t")[0].split() + line.split("\t")[1:] for line in log if line.startswith(":")
    ]
    return sorted({(row[2], row[3]) for row in rows if row[-1].endswith(ENDINGS)})


@cache
def _lines(blob: str) -> list[str]:
    text = _git(str(repository), "cat-file", "blob", blob)
    return text.removesuffix("\n").replace("\r\n", "\n").split("\n") if text else []


def _git(path: str, *arguments: str) -> str:
    command = ["git", "-C", path, *arguments]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode(
        "utf-8", "replace"
    )
