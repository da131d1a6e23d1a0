"""Tells prose from code."""

from __future__ import annotations

import re

_MAX_CHARS = 1000
_MARK = r"(?:[*_]{1,2})?"
_PROSE = re.compile(
    r"\s*+(?:[-*•]\s++|\d++[.)]\s++|>\s++)?"
    + _MARK
    + r"[A-Za-z][\w'’-]*+(?:[,;:*_]*+\s++[\w'’`\"“”*_(&/+-]++[),.;:!?*_`\"”]*+){2,}+\s*$"
)
_SENTENCE = re.compile(r"\s*[A-Z“\"*].*|.*[.!?:]\W*$|.*\w, \w.*")
_BULLET = re.compile(r"\s*(?:[-*•]|\d+[.)])\s+" + _MARK + r"[A-Z][\w'’-]*\b(?!\s*[=(\[])")
_GREETING = re.compile(
    r"\s*(?:Sure|Certainly|Here|Of course|Okay|Ok|Great|I|I've|Let me|Below|This|The)\b[\w ,'’!]*[.:!]\s*$"
)
_KEYWORD = re.compile(
    r"\s*(?:if|elif|else|for|while|try|except|finally|with|def|class|async|await|match|case|loop|until|return|import|from"
    r"|raise|del|pass|break|continue|global|nonlocal|assert|lambda|not|yield|talk|say)\b"
)
_CODE = re.compile(r"[=(\[{]\s*[\w\"'\])}]|\w\(|\s[<>=+*/]=?\s|\w\[\w|^\s*[\"']")


def is_prose(line: str) -> bool:
    """Whether a line that is no valid code reads like a sentence."""
    if len(line) > _MAX_CHARS or _KEYWORD.match(line) or not line.strip():
        return False
    if _GREETING.match(line) or _BULLET.match(line):
        return not re.search(r"\w\(\"|\s=\s", line)
    words = re.sub(r"\(\w[\w ,'’]*\)", "", line)
    return bool(not _CODE.search(words) and _SENTENCE.match(line) and _PROSE.match(words))
