"""SEARCH/REPLACE blocks, translated to hunks so that there is one matcher."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from babble_app.diffs.errors import DiffError, several_files
from babble_app.diffs.hunks import Hunk
from babble_app.diffs.readings import Body, Kind, lines_of

MAX_COMPARED = 250_000
"""Most pairs of lines that are compared within all blocks together."""

_SEARCH = re.compile(r"<{5,9}\s*(SEARCH|ORIGINAL)\b.*$")
_DIVIDER = re.compile(r"={5,9}\s*$")
_FILE_NAME = re.compile(r"[\w./-]+\.[A-Za-z]\w*$")
_SIGNS: dict[Kind, str] = {"context": " ", "added": "+", "removed": "-"}
_REPLACE = re.compile(r">{5,9}\s*(REPLACE|UPDATED)\b.*$")


def found_in(lines: list[str]) -> bool:
    """Whether a block begins anywhere."""
    return any(_SEARCH.match(line) for line in lines)


def read(lines: list[str]) -> tuple[Hunk, ...]:
    """Return a hunk for each block; text outside of blocks is ignored.

    Raises:
        DiffError: `D_EMPTY_HUNK` for a block whose three marker lines are not there exactly once, in order.
    """
    _check_names(lines)
    most = MAX_COMPARED // max(1, sum(1 for line in lines if _SEARCH.match(line)))
    hunks: list[Hunk] = []
    block: list[str] | None = None
    for line in lines:
        if _SEARCH.match(line):
            if block is not None:
                raise _broken(len(hunks) + 1)
            block = []
        elif block is not None and _REPLACE.match(line):
            hunks.append(_hunk(len(hunks) + 1, block, most))
            block = None
        elif block is not None:
            block.append(line)
    if block is not None:
        raise _broken(len(hunks) + 1)
    return tuple(hunks)


def _check_names(lines: list[str]) -> None:
    """Refuse blocks under the names of several files (the name stands before a block or before its fence)."""
    names: dict[str, None] = {}
    for at, line in enumerate(lines):
        above = [
            other.strip() for other in lines[max(0, at - 2) : at] if not other.startswith("```")
        ]
        if _SEARCH.match(line) and above and _FILE_NAME.match(above[-1]):
            names[above[-1]] = None
    if len(names) > 1:
        raise several_files(list(names))


def _hunk(number: int, block: list[str], most: int) -> Hunk:
    dividers = [at for at, line in enumerate(block) if _DIVIDER.match(line)]
    if len(dividers) != 1:
        raise _broken(number)
    search, replacement = block[: dividers[0]], block[dividers[0] + 1 :]
    body = _body(*_both_trimmed(search, replacement), most)
    return Hunk(number=number, raw=tuple(_SIGNS[kind] + text for kind, text in body), prefixed=True)


def _body(search: list[str], replacement: list[str], most: int) -> Body:
    """Keep the lines that both sides share as context, so that the file's own lines survive."""
    head = _shared(search, replacement)
    old, new = search[head:], replacement[head:]
    tail = _shared(old[::-1], new[::-1])
    old, new = old[: len(old) - tail], new[: len(new) - tail]
    body = lines_of("context", search[:head])
    for tag, old_from, old_to, new_from, new_to in _opcodes(old, new, most):
        if tag == "equal":
            body += lines_of("context", old[old_from:old_to])
            continue
        body += lines_of("removed", old[old_from:old_to])
        body += lines_of("added", new[new_from:new_to])
    return body + lines_of("context", search[len(search) - tail :])


def _shared(one: list[str], other: list[str]) -> int:
    """Return how many lines both begin with."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _opcodes(old: list[str], new: list[str], most: int) -> list[tuple[str, int, int, int, int]]:
    """Compare line by line, unless the blocks are so large that this would take seconds."""
    if len(old) * len(new) > most:
        return [("replace", 0, len(old), 0, len(new))]
    return list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())


def _both_trimmed(search: list[str], replacement: list[str]) -> tuple[list[str], list[str]]:
    """Drop the empty lines that both sides begin with, and those that both end with."""
    start = _shared_blanks(search, replacement)
    search, replacement = search[start:], replacement[start:]
    end = _shared_blanks(search[::-1], replacement[::-1])
    return search[: len(search) - end], replacement[: len(replacement) - end]


def _shared_blanks(one: list[str], other: list[str]) -> int:
    pairs = zip(one, other, strict=False)
    return next(
        (at for at, pair in enumerate(pairs) if "".join(pair).strip()), min(len(one), len(other))
    )


def _broken(number: int) -> DiffError:
    message = (
        f"SEARCH/REPLACE block {number} is not complete: it needs `<<<<<<< SEARCH`, `=======` and "
        "`>>>>>>> REPLACE`, each once and on a line of its own."
    )
    return DiffError("D_EMPTY_HUNK", message)
