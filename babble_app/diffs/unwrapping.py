"""The forms in which an answer may hold a diff: as it is, set in from the margin, in a JSON string, in a fence without `@@`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, cast

from babble_app.diffs.lines import texts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_SET_IN = re.compile(r"([ \t]+)(?=@@)")
_JSON_START = re.compile(r"^[ \t]*(?=[{\[\"])", re.MULTILINE)
_DIFF_FENCE = re.compile(r"(`{3,}|~{3,}) ?(?:diff|patch|udiff)\b.*$")
_MOST_STARTS = 20
_MOST_DEPTH = 5


def forms(answer: str) -> Iterator[list[str]]:
    """Return the answer's lines, then what they are if no diff is found in them."""
    lines = texts_of(answer)
    yield lines
    yield _moved_out(lines)
    yield from (texts_of(text) for text in _json_strings(answer) if "@@" in text)
    yield _headed(lines)


def _moved_out(lines: list[str]) -> list[str]:
    """Take off what stands before the first `@@`, from every line that has it."""
    margin = next((found.group(1) for line in lines if (found := _SET_IN.match(line))), "")
    return [line.removeprefix(margin) for line in lines] if margin else []


def _json_strings(answer: str) -> Iterator[str]:
    """Return the strings of the first JSON value in the answer."""
    decoder = json.JSONDecoder()
    for start in list(_JSON_START.finditer(answer))[:_MOST_STARTS]:
        try:
            value, _ = decoder.raw_decode(answer, start.end())
        except (ValueError, RecursionError):
            continue
        yield from _strings(value, _MOST_DEPTH)
        return


def _strings(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, dict):
        yield from _strings(list(cast("dict[str, Any]", value).values()), depth)
    elif depth and isinstance(value, list):
        for one in cast("list[Any]", value):
            yield from _strings(one, depth - 1)


def _headed(lines: list[str]) -> list[str]:
    """Put a heading into a fence that says it is a diff and has none."""
    last = max((at for at, line in enumerate(lines) if line.startswith(("+", "-"))), default=-1)
    for at, line in enumerate(lines[: last + 1]):
        if _DIFF_FENCE.match(line):
            return [*lines[: at + 1], "@@", *lines[at + 1 :]]
    return []
