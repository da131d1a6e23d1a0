"""The guide to the language that the builder's prompt gets."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_PROGRAM = re.compile(r"^```based\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@cache
def guide_text() -> str:
    """Return the guide, Markdown."""
    text = (Path(__file__).parent / "guide.md").read_text(encoding="utf-8")
    return text.split("\n", 1)[1].lstrip("\n")


def example_programs() -> list[str]:
    """Return the complete programs in the guide; each passes the checker."""
    return _PROGRAM.findall(guide_text())
