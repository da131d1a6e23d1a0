"""Seeded edits of a text, as replacements of line ranges in ascending order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from random import Random


@dataclass(frozen=True)
class Change:
    """The old lines from `start` up to `end` (from 0) become `lines`."""

    start: int
    end: int
    lines: tuple[str, ...]


def changed(old: list[str], changes: list[Change]) -> list[str]:
    """Return the lines after the changes."""
    new, at = [], 0
    for change in changes:
        new += old[at : change.start] + list(change.lines)
        at = change.end
    return new + old[at:]


def between(old: list[str], new: list[str]) -> list[Change]:
    """Return the changes that turn one text into another."""
    start = next(
        (at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b),
        min(len(old), len(new)),
    )
    tail = 0
    while tail < min(len(old), len(new)) - start and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    one, other = old[start : len(old) - tail], new[start : len(new) - tail]
    matcher = SequenceMatcher(None, one, other, autojunk=len(one) > 800)
    return [
        Change(start + a, start + b, tuple(other[c:d]))
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    ]


def make_changes(rng: Random, old: list[str], places: int) -> list[Change]:
    """Return 1 to about `places` edits that do not touch each other."""
    if rng.random() < 0.08:
        renamed = _rename(rng, old)
        if renamed:
            return renamed
    if rng.random() < 0.06:
        moved = _move(rng, old)
        if moved:
            return moved
    found: list[Change] = []
    for _ in range(places):
        change = _edit(rng, old)
        if all(change.end < other.start or change.start > other.end for other in found):
            found.append(change)
    found.sort(key=lambda change: change.start)
    return [change for change in found if tuple(old[change.start : change.end]) != change.lines]


def _edit(rng: Random, old: list[str]) -> Change:
    at = rng.choice(
        [rng.randrange(len(old)), rng.randrange(len(old)), rng.randrange(len(old)), 0, len(old) - 1]
    )
    roll = rng.random()
    if roll < 0.25:
        at = rng.randint(at, min(len(old), at + 1))
        return Change(at, at, tuple(_fresh(rng, old, at, rng.randint(1, 6))))
    if roll < 0.4:
        return Change(at, min(len(old), at + rng.randint(1, 4)), ())
    if roll < 0.75:
        end = min(len(old), at + rng.randint(1, 3))
        kept = [_varied(rng, line) if rng.random() < 0.8 else line for line in old[at:end]]
        return Change(at, end, tuple(kept + _fresh(rng, old, at, rng.choice([0, 0, 0, 1, 3]))))
    if roll < 0.85:
        end = min(len(old), at + rng.randint(1, 5))
        unit = "\t" if old[at].startswith("\t") else "    "
        return Change(at, end, tuple(unit + line if line.strip() else line for line in old[at:end]))
    start, end = _handler_at(old, at)
    if roll < 0.93:
        return Change(
            start,
            end,
            (old[start], *_fresh(rng, old, min(start + 1, len(old) - 1), rng.randint(1, 7))),
        )
    return Change(start, end, ())


def _handler_at(old: list[str], at: int) -> tuple[int, int]:
    start = at
    while start and not old[start].lstrip().startswith(("until", "def ", "loop")):
        start -= 1
    depth = len(old[start]) - len(old[start].lstrip())
    end = start + 1
    while (
        end < len(old)
        and end - start < 25
        and (not old[end].strip() or len(old[end]) - len(old[end].lstrip()) > depth)
    ):
        end += 1
    return start, end


def _fresh(rng: Random, old: list[str], at: int, count: int) -> list[str]:
    around = old[min(at, len(old) - 1)]
    pad = around[: len(around) - len(around.lstrip())]
    return [_fresh_line(rng, old, pad) for _ in range(count)]


def _fresh_line(rng: Random, old: list[str], pad: str) -> str:
    return rng.choice([
        f'{pad}say("New line {rng.randint(1, 999)}.")', f"{pad}total_{rng.randint(1, 99)} = {rng.randint(1, 9)}",
        f'{pad}until "something new {rng.randint(1, 99)}":', f"{pad}return", f'{pad}say("Goodbye!")', "", rng.choice(old),
        f"{pad}# note {rng.randint(1, 99)}", f'{pad}say("Grüße — “hi” & <b>{rng.randint(1, 9)}</b>")',
    ])  # fmt: skip


def _varied(rng: Random, line: str) -> str:
    words = re.findall(r"\w+", line)
    if not words:
        return f"{line}x = {rng.randint(1, 99)}"
    return line.replace(rng.choice(words), rng.choice(["fresh", "other_value", "42", "neu"]), 1)


def _rename(rng: Random, old: list[str]) -> list[Change]:
    names = re.findall(r"\b([a-z_]{4,}\w*) = ", "\n".join(old))
    if not names:
        return []
    name = re.compile(rf"\b{rng.choice(names)}\b")
    changes = [
        Change(at, at + 1, (name.sub("renamed", line),))
        for at, line in enumerate(old)
        if name.search(line)
    ]
    return changes if len(changes) <= 30 else []


def _move(rng: Random, old: list[str]) -> list[Change]:
    start, end = _handler_at(old, rng.randrange(len(old)))
    target = rng.randrange(len(old) + 1)
    if start - 1 <= target <= end + 1:
        return []
    return sorted(
        [Change(start, end, ()), Change(target, target, tuple(old[start:end]))],
        key=lambda change: change.start,
    )
