"""How a model's indentation differs from the file's, and what that means for the lines it adds."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

UNITS = (("\t", "    "), ("    ", "\t"), ("\t", "  "), ("  ", "\t"), ("  ", "    "), ("    ", "  "))
"""Steps of indentation that models write in place of the file's: theirs, the file's."""
TELLING_DEPTHS = 2
"""Depths of indented lines that must agree before another width of step is believed."""


@dataclass(frozen=True)
class Shift:
    """A constant difference of indentation between a model's lines and the file's."""

    missing: str = ""
    """What the model's lines lack at their start."""
    surplus: str = ""
    """What the model's lines have too much at their start."""

    def apply(self, line: str) -> str | None:
        """Return the line as the file would have it; None where it has not the surplus."""
        if not line.strip():
            return line
        if not line.startswith(self.surplus):
            return None
        return self.missing + line[len(self.surplus) :]


@dataclass(frozen=True)
class Steps:
    """Another unit of indentation, at a constant difference of depth."""

    mine: str
    theirs: str
    deeper: int
    """How many steps deeper the file's lines are."""

    def apply(self, line: str) -> str | None:
        """Return the line as the file would have it; None where it is not indented in whole steps."""
        if not line.strip():
            return line
        depth = depth_of(indent_of(line), self.mine)
        if depth is None or depth + self.deeper < 0:
            return None
        return self.theirs * (depth + self.deeper) + line.lstrip()


Change = Shift | Steps


def indent_of(line: str) -> str:
    """Return what a line begins with before its first visible character."""
    return line[: len(line) - len(line.lstrip())]


def depth_of(indent: str, unit: str) -> int | None:
    """Return how many units an indentation has; None if it is not made of them."""
    depth = len(indent) // len(unit)
    return depth if unit * depth == indent else None


def shift_between(mine: Sequence[str], theirs: Sequence[str]) -> Shift | None:
    """Return the one shift that turns all of a model's lines into the file's; None if they need different ones."""
    found: set[Shift] = set()
    for my_indent, their_indent in _indents(mine, theirs):
        if their_indent.endswith(my_indent):
            found.add(Shift(missing=their_indent.removesuffix(my_indent)))
        elif my_indent.endswith(their_indent):
            found.add(Shift(surplus=my_indent.removesuffix(their_indent)))
        else:
            return None
    return found.pop() if len(found) == 1 else None


def steps_between(mine: Sequence[str], theirs: Sequence[str]) -> Steps | None:
    """Return the one change of unit that turns all of a model's indentations into the file's."""
    pairs = set(_indents(mine, theirs))
    found = {steps for units in UNITS if (steps := _steps(pairs, *units))}
    found = {steps for steps in found if not steps.deeper} or found
    return found.pop() if len(found) == 1 else None


def _steps(pairs: set[tuple[str, str]], mine: str, theirs: str) -> Steps | None:
    depths = {(depth_of(one, mine), depth_of(other, theirs)) for one, other in pairs}
    deeper = {b - a for a, b in depths if a is not None and b is not None}
    if len(deeper) != 1 or any(None in pair for pair in depths):
        return None
    indented = depths - {(0, 0)}
    if len(indented) < (1 if "\t" in mine + theirs else TELLING_DEPTHS):
        return None
    return Steps(mine, theirs, deeper.pop())


def _indents(mine: Sequence[str], theirs: Sequence[str]) -> list[tuple[str, str]]:
    pairs = zip(mine, theirs, strict=True)
    return [(indent_of(one), indent_of(other)) for one, other in pairs if one.strip()]


@dataclass(frozen=True)
class Style:
    """The indentations that a text uses."""

    used: frozenset[str]
    unit: int
    """The width of a step of spaces; 0 if there is none."""

    def fits(self, line: str) -> bool:
        """Whether a line is indented as this text's lines may be."""
        indent = indent_of(line)
        if not line.strip() or indent in self.used:
            return True
        if indent.strip(" "):
            return not indent.strip("\t") and any("\t" in one for one in self.used)
        return self.unit > 1 and len(indent) % self.unit == 0


def style_of(lines: Iterable[str]) -> Style:
    """Return the style of a text."""
    used = frozenset(indent_of(line) for line in lines if line.strip())
    return Style(used, gcd(*(len(indent) for indent in used if not indent.strip(" "))))
