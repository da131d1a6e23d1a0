"""What the language reference shows; it is the same for everybody, and part of the built page."""

from __future__ import annotations

import re
import textwrap

from babble_app.based.guide import CodeEntry, code_entries, guide_text

_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)

__all__ = ["CodeEntry", "codes", "sections"]


def sections() -> list[tuple[str, str, str]]:
    """Return the guide's sections: anchor, title, Markdown; the first is its introduction."""
    parts = _HEADING.split(guide_text())
    introduction = parts[0].split("\n", 1)[1].strip()
    result = [("based", "Based", _highlighted(introduction))]
    for title, body in zip(parts[1::2], parts[2::2], strict=True):
        result.append((re.sub(r"\W+", "-", title.lower()), title, _highlighted(body.strip())))
    return result


def codes() -> tuple[CodeEntry, ...]:
    """Return every code of the checker with its meaning and examples."""
    return code_entries()


def _highlighted(text: str) -> str:
    """Return the text with the indented block of the introduction as a fenced one, which gets colours."""
    if "```" in text or not re.search(r"^    loop:", text, re.MULTILINE):
        return text
    block = re.compile(r"(?:^    .*\n)+", re.MULTILINE)
    return block.sub(lambda match: f"```based\n{textwrap.dedent(match.group())}```\n", text)
