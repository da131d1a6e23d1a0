"""The language reference: for the builder's prompt, and for people with all codes of the checker."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_PROGRAM = re.compile(r"^```based\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"^## ([EW]\d{3}) ([^\n]+)\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
_EXAMPLE = re.compile(r"^```(wrong|right)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """What one code of the checker means."""

    code: str
    title: str
    meaning: str
    """Markdown."""
    wrong: str
    """A program that has it; may be empty."""
    right: str
    """The same program without it; may be empty."""


@cache
def guide_text() -> str:
    """Return the guide that the builder gets, Markdown."""
    return _read("guide.md")


@cache
def code_entries() -> tuple[CodeEntry, ...]:
    """Return all codes of the checker, in order."""
    entries: list[CodeEntry] = []
    for code, title, body in _CODE.findall(_read("codes.md")):
        examples = dict(_EXAMPLE.findall(body))
        meaning = _EXAMPLE.sub("", body).strip()
        wrong, right = examples.get("wrong", ""), examples.get("right", "")
        entries.append(CodeEntry(code, title, meaning, wrong, right))
    return tuple(entries)


def reference_text() -> str:
    """Return the whole reference for people, Markdown: the guide and every code."""
    parts = [guide_text().rstrip(), "## What the checker says"]
    parts.append(
        "Codes with an E are errors: such a program is not run. Codes with a W are warnings."
    )
    parts += [_rendered(entry) for entry in code_entries()]
    return "\n\n".join(parts) + "\n"


def example_programs() -> list[str]:
    """Return the complete programs in the guide; each passes the checker."""
    return _PROGRAM.findall(guide_text())


def _rendered(entry: CodeEntry) -> str:
    parts = [f"### {entry.code} {entry.title}", entry.meaning]
    if entry.wrong:
        parts += ["Wrong:", f"```based\n{entry.wrong}```"]
    if entry.right:
        parts += ["Right:", f"```based\n{entry.right}```"]
    return "\n\n".join(parts)


def _read(name: str) -> str:
    """Return a text file beside this module, without its first line, which says what it is for."""
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    return text.split("\n", 1)[1].lstrip("\n")
