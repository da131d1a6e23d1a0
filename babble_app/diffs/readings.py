"""What the lines of a hunk may mean: a model forgets prefixes, escapes, numbers and leaves out."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["context", "added", "removed"]
Body = tuple[tuple[Kind, str], ...]
"""The lines of a hunk without their prefixes."""
Manner = Literal["spaced", "unescaped", "unnumbered"]

_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|#39|#34|#x27);")
_NUMBER = re.compile(r"\s*(\d+)(?:: ?|\t| ?\| ?|→)")
_ELISION = re.compile(
    r"(?:#|//|--|/\*|<!--)?\s*(?:\.{3}|…)[\w\s]{0,40}(?:\.{3}|…)?\s*(?:\*/|-->)?$"
)
_VERSION = re.compile(r"\d+\.\d+[\w.-]*$")
"""What ends a mail that git made, below two dashes."""
_BULLET = re.compile(r"- \S|-{3,}\s*$")
_MOST_DIGITS = 7
_MOST_ELISION_CHARS = 60


@dataclass(frozen=True)
class Item:
    """A line of a hunk with everything that it may read."""

    kind: Kind
    texts: tuple[str, ...]
    """With one prefix taken off; then, for context that may have lost its prefix, as it stands."""


def items(raw: tuple[str, ...], *, prefixed: bool) -> tuple[Item, ...]:
    """Return the lines with their meanings side by side."""
    found: list[Item] = []
    for line in raw:
        kind, text = _strict(line)
        other = text if prefixed else _loose(line)[1]
        found.append(Item(kind, (text, other) if other != text else (text,)))
    return tuple(found)


def bodies(raw: tuple[str, ...], *, prefixed: bool, fenced: bool) -> tuple[Body, ...]:
    """Return what the lines may mean together, likeliest first.

    Models leave empty lines and prose before the next hunk, forget the prefix of an empty line that they add, and forget
    the space before unchanged lines. A later reading is tried only where the earlier ones fit nowhere.
    """
    lines = list(raw)
    trimmed = _without_outer_blanks(lines)
    variants = [lines, trimmed, _with_added_blanks(trimmed)]
    spoken = without_prose(trimmed, fenced=fenced)
    if spoken != trimmed:
        variants += [spoken, _with_added_blanks(spoken)]
    reads = (_strict,) if prefixed else (_strict, _loose)
    made = [tuple(read(line) for line in lines) for read in reads for lines in variants]
    return tuple(body for body in dict.fromkeys(made) if _changes(body)) or (made[0],)


def _changes(body: Body) -> bool:
    return any(kind != "context" for kind, _ in body)


def old_side(body: Body) -> list[str]:
    """Return the lines that the hunk expects in the file."""
    return [text for kind, text in body if kind != "added"]


def new_side(body: Body) -> list[str]:
    """Return the lines that the hunk leaves in the file."""
    return [text for kind, text in body if kind != "removed"]


def adds(body: Body) -> bool:
    """Whether any line is added."""
    return any(kind == "added" for kind, _ in body)


def lines_of(kind: Kind, texts: list[str]) -> Body:
    """Return lines that are all of one kind."""
    return tuple((kind, text) for text in texts)


def manners(raw: tuple[str, ...]) -> dict[Manner, tuple[str, ...]]:
    """Return the lines as they read if they are HTML-escaped, numbered, or have a space after each sign."""
    found: dict[Manner, tuple[str, ...]] = {}
    signed = [line for line in raw if line.startswith(("+", "-")) and line[1:].strip()]
    if signed and all(line[1] == " " for line in signed):
        found["spaced"] = tuple(
            line[0] + line[2:] if line.startswith(("+", "-")) else line for line in raw
        )
    if any(_ENTITY.search(line) for line in raw):
        found["unescaped"] = tuple(html.unescape(line) for line in raw)
    unnumbered = _unnumbered(raw)
    if unnumbered:
        found["unnumbered"] = unnumbered
    return found


def between_elisions(raw: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Split at lines that stand for others (`...`), keeping the parts that change something."""
    pieces: list[list[str]] = [[]]
    for line in raw:
        if not line.startswith(("+", "-")) and _is_elision(line):
            pieces.append([])
        else:
            pieces[-1].append(line)
    if len(pieces) == 1:
        return []
    return [tuple(one) for one in pieces if any(line.startswith(("+", "-")) for line in one)]


def _is_elision(line: str) -> bool:
    text = line.strip()
    return len(text) <= _MOST_ELISION_CHARS and bool(_ELISION.match(text))


def _strict(line: str) -> tuple[Kind, str]:
    if line.startswith("+"):
        return "added", line[1:]
    if line.startswith("-"):
        return "removed", line[1:]
    return "context", line.removeprefix(" ")


def _loose(line: str) -> tuple[Kind, str]:
    return _strict(line) if line.startswith(("+", "-")) else ("context", line)


def without_ends(raw: tuple[str, ...], *, fenced: bool) -> tuple[str, ...]:
    """Return the lines without what stands before and after the hunk itself: empty lines and prose."""
    return tuple(without_prose(_without_outer_blanks(list(raw)), fenced=fenced))


def _without_outer_blanks(lines: list[str]) -> list[str]:
    start, end = 0, len(lines)
    while start < end and not lines[start]:
        start += 1
    if start < end and lines[start].startswith("+"):
        start = 0  # what stands before the first added line says where it goes
    while end > start and not lines[end - 1]:
        end -= 1
    return lines[start:end]


def without_prose(raw: Sequence[str], *, fenced: bool = False) -> list[str]:
    """Cut what follows an empty line when nothing of it looks like a hunk's line; in a fence, only what git mail adds."""
    lines = list(raw)
    if len(lines) > 1 and lines[-2].rstrip() == "--" and _VERSION.match(lines[-1]):
        return lines[:-2]
    if fenced:
        return lines
    last = max(
        (at for at, line in enumerate(lines) if line.startswith(("+", " ", "\t"))), default=-1
    )
    end = next((at for at in range(last + 1, len(lines)) if not lines[at]), len(lines))
    tail = [line for line in lines[end:] if line]
    removes = any(line.startswith("-") and not _BULLET.match(line) for line in tail)
    return lines if removes or _maybe_removed(tail[:1], lines[:end]) else lines[:end]


def _maybe_removed(first: list[str], before: list[str]) -> bool:
    """Whether what looks like a bullet may be a removed line: where every sign is followed by space."""
    signed = [line for line in before if line.startswith(("+", "-"))]
    return any(line.startswith("- ") for line in first) and not any(
        line[1:2].strip() for line in signed
    )


def _with_added_blanks(lines: list[str]) -> list[str]:
    """Mark bare empty lines as added where a run of them lies between two added lines."""
    marked, after = list(lines), ""
    for at in range(len(lines) - 1, -1, -1):
        after = lines[at] or after
        marked[at] = lines[at] or ("+" if after.startswith("+") else "")
    for at, line in enumerate(lines):
        if not line and not (at and marked[at - 1].startswith("+")):
            marked[at] = ""
    return marked


def _unnumbered(raw: tuple[str, ...]) -> tuple[str, ...]:
    """Take line numbers off; nothing unless all old lines have them, in order, and all added lines or none."""
    signs = [line[:1] if line.startswith(("+", "-", " ")) else "" for line in raw]
    found = [_NUMBER.match(line[len(sign) :]) for sign, line in zip(signs, raw, strict=True)]
    old = [one for sign, one in zip(signs, found, strict=True) if sign != "+"]
    numbers = [int(one.group(1)[:_MOST_DIGITS]) for one in old if one]
    if (
        not numbers
        or len(numbers) < len(old)
        or numbers != list(range(numbers[0], numbers[0] + len(old)))
    ):
        return ()
    added = [one for sign, one in zip(signs, found, strict=True) if sign == "+"]
    strips = bool(added) and all(added)
    return tuple(
        (sign or " ") + line[len(sign) + one.end() :] if one and (sign != "+" or strips) else line
        for sign, line, one in zip(signs, raw, found, strict=True)
    )
