"""The lazy-edit guard: a change must not throw away the program or leave a placeholder in its stead."""

from __future__ import annotations

import re
from collections import Counter

MAX_LOST = 0.30
"""Share of the non-blank lines that a change may cost when nobody asked for less."""

MAX_PLACEHOLDER_CHARS = 120
_ELLIPSIS = re.compile(r"(#|//|--)?\s*(\.{3,}|…)$")
_HEADER = re.compile(r"(?:async def |def |class |\)).*:$")
_PLACE = r"(?:code|program|file|agent|handlers?|conditions?|exits?|logic|loops?|lines?)"
_PLACEHOLDER = re.compile(
    r"(?:#|//|\.\.\.|…|\[|\(|<)\W*(?:(?:keep|the|all|and|insert|add|your|every)\s+)*"
    rf"(?:(?:rest|remainder)\s+of\s+(?:\w+\s+){{0,2}}{_PLACE}\b"
    rf"|(?:remaining|existing|other|previous|original)\s+(?:\w+\s+)?{_PLACE}\b"
    r"|unchanged\b|same\s+as\s+(?:before|above)\b|code\s+(?:continues|omitted)\b)[\w\s]{0,30}\W*$",
    re.IGNORECASE,
)


def find_laziness(old: list[str], new: list[str], *, may_shrink: bool) -> str:
    """Return in one sentence what makes the new lines a lazy edit; nothing if they are none."""
    placeholder = _added_placeholder(old, new)
    if placeholder:
        return f"The change puts the placeholder `{placeholder}` where code belongs. Write the lines out."
    before, after = _filled(old), _filled(new)
    if not may_shrink and before - after > MAX_LOST * before:
        lost = before - after
        return f"The change removes {lost} of {before} lines, which was not asked for. Keep what is to stay."
    return ""


def _added_placeholder(old: list[str], new: list[str]) -> str:
    added = Counter(new) - Counter(old)
    found = (
        line.strip()
        for at, line in enumerate(new)
        if line in added and _is_placeholder(line.strip()) and not _is_stub(new, at)
    )
    return next(found, "")


def _is_stub(lines: list[str], at: int) -> bool:
    """Whether `...` is all that a function or class has, as in a Python protocol; nothing is left out there."""
    if lines[at].strip() != "...":
        return False
    before = next((lines[n] for n in range(at - 1, -1, -1) if lines[n].strip()), "")
    after = next((lines[n] for n in range(at + 1, len(lines)) if lines[n].strip()), "")
    depth = _depth(lines[at])
    begins = _HEADER.match(before.strip()) and _depth(before) < depth
    described = before.rstrip().endswith('"""') and _depth(before) == depth > 0
    return bool(begins or described) and _depth(after) < depth


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_placeholder(line: str) -> bool:
    return len(line) <= MAX_PLACEHOLDER_CHARS and bool(
        _ELLIPSIS.match(line) or _PLACEHOLDER.match(line)
    )


def _filled(lines: list[str]) -> int:
    return sum(1 for line in lines if line.strip())
