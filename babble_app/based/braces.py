"""Blocks in braces, as other languages have them, become indented ones (E118)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babble_app.based.draft import Draft


def mend_brace(draft: Draft, offset: int) -> bool:
    """Turn a brace that opens a block into a colon; False if it opens none."""
    line, _ = draft.place(offset)
    start, end = draft.line_bounds(line)
    text = draft.text[start:end]
    if not is_brace_block(text.strip()):
        return False
    draft.find(
        "E118",
        line,
        "Blocks are made by indentation, not by braces.",
        _indented(text.strip()),
        col=len(text) - len(text.lstrip()) + 1,
    )
    draft.edit([_block_header(draft, text, start, end, offset)])
    return True


_BRACE = re.compile(
    r"(?:\}\s*)?(?:(?P<loop>loop\b.*)|until\b.*|(?:if|elif|else|for|while|def|try|class|function|with|match|except|finally|async|switch|catch)\b.*)\{\s*(?:[#/].*)?$"
)


def _indented(header: str) -> str:
    """Return how a header that ends with a brace is written."""
    plain = re.sub(r"^\}\s*|\s*\{\s*(?:[#/].*)?$", "", header).replace("else if", "elif")
    if re.match(r"(?:loop|until|function|switch|catch)\b", plain):
        return 'Write `loop:` with an indented talk, then `until "condition":` with an indented handler.'
    return f"Write `{plain}:` and indent what belongs to it by 4 spaces."


def is_brace_block(line: str) -> bool:
    """Whether a line opens a block with a brace, as in other languages."""
    return bool(_BRACE.match(line)) and not re.search(r"(?:=|\bin|[(,:\[])\s*\{\s*$", line)


def _block_header(
    draft: Draft, text: str, start: int, end: int, offset: int
) -> tuple[int, int, str]:
    stripped = text.strip()
    blank = text[: len(text) - len(text.lstrip())]
    if stripped.startswith("loop"):
        return start, end, f"{blank}loop:"
    before = draft.text[start:offset]
    if stripped.startswith("}"):
        before = before.replace("}", " ", 1)
        return start, end, blank + before.strip() + ":"
    return offset, end, ":"
