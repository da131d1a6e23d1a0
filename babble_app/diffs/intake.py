"""Find the diff in a model's answer and turn whichever notation it uses into hunks."""

from __future__ import annotations

import re

from babble_app.diffs import blocks, unwrapping
from babble_app.diffs.errors import DiffError, several_files
from babble_app.diffs.hunks import Hunk, make_hunk

MAX_ANSWER_CHARS = 1_000_000
MAX_HUNKS = 200
MAX_HUNK_LINES = 10_000

_FENCE = re.compile(r"( {0,3})(`{3,}+|~{3,}+)[^`]*$")
_ENVELOPE = re.compile(r"\*\*\* (Begin Patch|End Patch|End of File|Move to:.*)\s*$")
_NEW_FILE = ("--- /dev/null", "*** Add File:")
"""A diff that claims to make the file: its line numbers must not put a second program before the first."""
_ENVELOPE_FILE = re.compile(r"\*\*\* (?:Update|Add|Delete) File:\s*+(.+)$")
_BEFORE_NAMES = re.compile(
    r"(?:diff --git |Index: |={20,}$|index [0-9a-f]+\.\.|(?:old|new|deleted file|new file) mode \d"
    r"|(?:similarity|dissimilarity) index \d|(?:rename|copy) (?:from|to) )"
)
"""Lines that tools write above the names of a file."""


def read_hunks(answer: str) -> tuple[Hunk, ...]:
    """Return the hunks of the answer, numbered from 1.

    Raises:
        DiffError: `D_EMPTY_HUNK` without any diff, `D_MULTI_FILE` for several files, `D_TOO_LARGE`.
    """
    if len(answer) > MAX_ANSWER_CHARS:
        raise DiffError("D_TOO_LARGE", "The answer is too long to be a diff. Send a shorter one.")
    found = next((hunks for lines in unwrapping.forms(answer) if (hunks := _read(lines))), ())
    if not found:
        message = "There is no diff in the answer. Send one fenced diff whose hunks begin with `@@ ... @@`."
        raise DiffError("D_EMPTY_HUNK", message)
    if len(found) > MAX_HUNKS:
        raise DiffError("D_TOO_LARGE", f"The diff has more than {MAX_HUNKS} hunks. Send fewer.")
    if any(len(hunk.raw) > MAX_HUNK_LINES for hunk in found):
        message = f"A hunk has more than {MAX_HUNK_LINES} lines. Send the places that change only."
        raise DiffError("D_TOO_LARGE", message)
    return found


def _read(lines: list[str]) -> tuple[Hunk, ...]:
    if blocks.found_in(lines):
        return blocks.read(lines)
    part, fenced = _diff_part(lines)
    return _read_unified(part, fenced=fenced)


def _diff_part(lines: list[str]) -> tuple[list[str], bool]:
    """Return the fenced parts that hold hunks, or everything from the first `---` or `@@` if that is not fenced.

    The second value says whether only the diff can stand in these lines, as each fence that holds them is closed.
    """
    start = next((at for at in range(len(lines)) if _starts_diff(lines, at)), None)
    if start is None:
        return [], False
    fences = _fences(lines)
    if not any(start in fence for fence in fences):
        return lines[start:], False
    holding = [fence for fence in fences if any(_starts_diff(lines, at) for at in fence)]
    inside = {at for fence in holding for at in fence}
    unpaired = fences[-1] not in holding and fences[-1].stop > len(lines)
    lost = ("@@", "+", "-") if unpaired else ("@@",)
    if any(lines[at].startswith(lost) for at in range(start, len(lines)) if at not in inside):
        # A line of the file closed the fence: what follows would be lost without a word.
        raise DiffError(
            "D_EMPTY_HUNK",
            "The diff is not wholly inside one fence. Send it again in a `~~~~diff` fence.",
        )
    closed = all(fence.stop <= len(lines) for fence in holding)
    return [lines[at] for at in sorted(inside) if at < len(lines)], closed


def _starts_diff(lines: list[str], at: int) -> bool:
    return at < len(lines) and (lines[at].startswith("@@") or _header_at(lines, at))


def _fences(lines: list[str]) -> list[range]:
    """Return which lines stand inside each fence; one that is never closed reaches beyond the end."""
    ranges: list[range] = []
    start, fence = 0, ""
    for at, line in enumerate(lines):
        opening = _FENCE.match(line)
        if fence and line.rstrip() == fence:
            ranges.append(range(start, at))
            fence = ""
        elif not fence and opening:
            start, fence = at + 1, opening.group(1) + opening.group(2)
    return [*ranges, range(start, len(lines) + 1)] if fence else ranges


def _header_at(lines: list[str], at: int) -> bool:
    """Whether a `---`/`+++` pair of file names, or an envelope's file name, begins here."""
    if _ENVELOPE_FILE.match(lines[at]):
        return True
    return lines[at].startswith("--- ") and at + 1 < len(lines) and lines[at + 1].startswith("+++ ")


def _read_unified(lines: list[str], *, fenced: bool) -> tuple[Hunk, ...]:
    hunks: list[tuple[str, list[str]]] = []
    names: dict[str, None] = {}
    skip, claims_new = 0, False
    for at, line in enumerate(lines):
        if skip:
            skip -= 1
        elif _begins_file(lines, at, started=bool(hunks)):
            names.update(dict.fromkeys(_names(lines, at)))
            skip = 0 if line.startswith("***") else 1
            claims_new = lines[at].startswith(_NEW_FILE)
            _drop_tail(hunks)
            hunks.append(("", []))
        elif line.startswith("@@"):
            hunks.append(("@@" if claims_new else line, []))
        elif hunks and not _ENVELOPE.match(line):
            hunks[-1][1].append(line)
    if len(names) > 1:
        raise several_files(list(names))
    filled = [(heading, body) for heading, body in hunks if heading or any(body)]
    return tuple(make_hunk(number, *hunk, fenced=fenced) for number, hunk in enumerate(filled, 1))


def _drop_tail(hunks: list[tuple[str, list[str]]]) -> None:
    """Take off what the last hunk has got of the lines above the next file's names."""
    while hunks and hunks[-1][1] and _BEFORE_NAMES.match(hunks[-1][1][-1]):
        hunks[-1][1].pop()


def _begins_file(lines: list[str], at: int, *, started: bool) -> bool:
    """Whether the names of a file stand here; inside a hunk only if another hunk follows them."""
    if not _header_at(lines, at):
        return False
    if not started or lines[at].startswith("***"):
        return True
    return at + 2 < len(lines) and lines[at + 2].startswith("@@")


def _names(lines: list[str], at: int) -> list[str]:
    """Return the name of the changed file; nothing for `/dev/null`."""
    envelope = _ENVELOPE_FILE.match(lines[at])
    if envelope:
        return [envelope.group(1).strip()]
    names = [_bare_name(lines[at + 1]), _bare_name(lines[at])]
    return [name for name in names if name != "/dev/null"][:1]


def _bare_name(line: str) -> str:
    name = line[4:].split("\t")[0].strip().strip('"')
    return name[2:] if name.startswith(("a/", "b/")) else name
