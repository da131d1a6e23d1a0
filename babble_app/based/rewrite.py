"""Turns Based into Python that `ast.parse` reads, moving nothing: `loop:` becomes `if 1:`, `until` becomes `if   `.

Both are as long as what they replace, so every line and column of the syntax tree is one of the source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from babble_app.based.lines import replace_all

if TYPE_CHECKING:
    from babble_app.based.lines import LogicalLine, Scan

_AS = re.compile(r"(?<!\s)\s++as\s++([^\W\d]\w*+)\s*+\Z")
_INLINE_TALK = re.compile(r"\s*(?:[^\W\d]\w*\s*=\s*)?(?:await\s+)?talk\s*\(")
_CONDITION = re.compile(
    r"""[ \t\\\n]*(?:["'({]|-?\d|(?!(?:in|is|if|and|or)\b)[^\W\d])"""
    r"""|[ \t]+\[""",
)  # fmt: skip


@dataclass(slots=True)
class Rewritten:
    """Python text with the places of the soft keywords."""

    text: str = ""
    loops: set[int] = field(default_factory=set[int])
    untils: set[int] = field(default_factory=set[int])
    names: dict[int, str] = field(default_factory=dict[int, str])
    """What stands after `as`, by the line of its `until`."""
    bare: set[int] = field(default_factory=set[int])
    """Lines of an `until` without a condition."""


def rewrite(text: str, scan: Scan, edits: list[tuple[int, int, str]]) -> Rewritten:
    """Return the Python text for a Based text; `edits` are made to it beside."""
    result = Rewritten()
    edits = list(edits)
    for logical in scan.logical:
        if logical.colon is None:
            continue
        if is_loop(text, logical):
            result.loops.add(logical.line)
            edits.append((logical.start, logical.start + 4, "if 1"))
        elif is_until(text, logical):
            result.untils.add(logical.line)
            edits += _until(text, logical, logical.colon, result)
    result.text = replace_all(text, edits)
    return result


def is_loop(text: str, logical: LogicalLine) -> bool:
    """Whether the line is `loop:`, and not an annotation of a variable of that name."""
    if logical.colon is None or not text.startswith("loop", logical.start):
        return False
    if text[logical.start + 4 : logical.colon].strip():
        return False
    return logical.opens or bool(_INLINE_TALK.match(text, logical.colon + 1))


def is_until(text: str, logical: LogicalLine) -> bool:
    """Whether the line is `until CONDITION:`, and not a use of a variable of that name."""
    if logical.colon is None or not text.startswith("until", logical.start):
        return False
    if not text[logical.start + 5 : logical.colon].strip():
        return logical.opens
    after = text[logical.start + 5]
    match = None if after.isalnum() or after == "_" else _CONDITION.match(text, logical.start + 5)
    return match is not None and (match.group()[-1] != "[" or logical.opens)


def _until(
    text: str, logical: LogicalLine, colon: int, result: Rewritten
) -> list[tuple[int, int, str]]:
    begin = logical.start + len("until")
    condition = text[begin:colon]
    if not condition.strip():
        result.bare.add(logical.line)
        return [(logical.start, begin, "if  1")]
    name = _AS.search(condition)
    edits = [(logical.start, begin, "if   ")]
    if name:
        result.names[logical.line] = name.group(1)
        words = name.group()
        edits.append((begin + name.start(), colon, re.sub(r"[^\n]", " ", words)))
    return edits
