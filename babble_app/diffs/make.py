"""The canonical diff between two texts: what is stored with a version and shown to people."""

from __future__ import annotations

from babble_app.diffs.readings import Kind
from babble_app.diffs.shared_lines import shared_lines

Opcode = tuple[str, int, int, int, int]
"""What difflib calls one: `equal` or `replace`, old from, old to, new from, new to."""
Change = tuple[Kind, int, int]
"""A line of a hunk: its kind, and its place in the old and in the new lines, from 0."""


def unified(old: str, new: str, name: str = "agent.based", context: int = 3) -> str:
    """Return the unified diff from `old` to `new`; empty if they are equal."""
    before, after = split_kept(old), split_kept(new)
    return rendered(changes(before, after, context), before, after, name)


def rendered(
    groups: list[list[Change]], before: list[str], after: list[str], name: str = "agent.based"
) -> str:
    """Return hunks as a unified diff; empty if there are none."""
    if not groups:
        return ""
    parts = [f"--- {name}\n+++ {name}\n"]
    for group in groups:
        parts.append(header(group) + "\n")
        parts += [_rendered(change, before, after) for change in group]
    return "".join(parts)


def split_kept(text: str) -> list[str]:
    """Split at line feeds only, keeping them."""
    lines = [line + "\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def changes(before: list[str], after: list[str], context: int) -> list[list[Change]]:
    """Return the hunks, each as a list of lines with the context around its changes."""
    hunks: list[list[Change]] = []
    gap: list[Change] = []
    for tag, old_from, old_to, new_from, new_to in _opcodes(before, after):
        if tag == "equal":
            gap = [_context(old_from + at, new_from + at) for at in range(old_to - old_from)]
            continue
        if not hunks or len(gap) > 2 * context:
            _close(hunks, gap, context)
            hunks.append(gap[len(gap) - context :] if context < len(gap) else gap)
        else:
            hunks[-1] += gap
        gap = []
        hunks[-1] += [_removed(at, new_from) for at in range(old_from, old_to)]
        hunks[-1] += [_added(old_to, at) for at in range(new_from, new_to)]
    _close(hunks, gap, context)
    return hunks


def _context(old_at: int, new_at: int) -> Change:
    return "context", old_at, new_at


def _removed(old_at: int, new_at: int) -> Change:
    return "removed", old_at, new_at


def _added(old_at: int, new_at: int) -> Change:
    return "added", old_at, new_at


def header(group: list[Change]) -> str:
    """Return a hunk's `@@ -a,b +c,d @@`."""
    old = _range(group[0][1], sum(kind != "added" for kind, _, _ in group))
    new = _range(group[0][2], sum(kind != "removed" for kind, _, _ in group))
    return f"@@ -{old} +{new} @@"


def _close(hunks: list[list[Change]], gap: list[Change], context: int) -> None:
    if hunks:
        hunks[-1] += gap[:context]


def _range(start: int, count: int) -> str:
    """Number from 1; an empty range names the line before it, as the format has it."""
    first = start + 1 if count else start
    return str(first) if count == 1 else f"{first},{count}"


def _rendered(change: Change, before: list[str], after: list[str]) -> str:
    kind, old_at, new_at = change
    line = after[new_at] if kind == "added" else before[old_at]
    prefix = {"context": " ", "added": "+", "removed": "-"}[kind]
    return prefix + (line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")


def _opcodes(before: list[str], after: list[str]) -> list[Opcode]:
    """Compare what is left between the lines that both begin and end with."""
    start = _shared(before, after)
    end = _shared(before[start:][::-1], after[start:][::-1])
    old_end, new_end = len(before) - end, len(after) - end
    opcodes: list[Opcode] = [("equal", 0, start, 0, start)]
    old_at = new_at = start
    for one in shared_lines(before[start:old_end], after[start:new_end]):
        opcodes.append(("replace", old_at, one.a + start, new_at, one.b + start))
        old_at, new_at = one.a + start + one.size, one.b + start + one.size
        opcodes.append(("equal", one.a + start, old_at, one.b + start, new_at))
    opcodes.append(("replace", old_at, old_end, new_at, new_end))
    opcodes.append(("equal", old_end, len(before), new_end, len(after)))
    return [opcode for opcode in opcodes if opcode[1] < opcode[2] or opcode[3] < opcode[4]]


def _shared(one: list[str], other: list[str]) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
