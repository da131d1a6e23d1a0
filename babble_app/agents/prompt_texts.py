"""Reads the prompts: text files beside this module, reviewed like code."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("prompts")
_SLOT = re.compile(r"\{\{(\w+)\}\}")


def render(name: str, **values: object) -> str:
    """Return the prompt with its `{{slots}}` filled; what is filled in is never read as a prompt itself.

    Raises:
        KeyError: a slot has no value.
    """
    return _SLOT.sub(lambda match: str(values[match.group(1)]), _text(name)).strip()


@cache
def _text(name: str) -> str:
    """Return the file without its first line, which says who uses it."""
    return (_FOLDER / f"{name}.md").read_text(encoding="utf-8").partition("\n")[2]
