"""Phase 1: what no program may have, whether it parses or not (E103, E112 to E116, E119)."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from babble_app.based.lines import TYPOGRAPHIC_QUOTES
from babble_app.schemas.findings import Edit

if TYPE_CHECKING:
    from babble_app.based.draft import Draft
    from babble_app.based.lines import Scan
    from babble_app.based.report import Report

MAX_BYTES = 200_000
MAX_LINES = 40_000
"""Four times what a program of that size has; so many lines are no program, and would take long to read."""
_MAX_BRACES = 20_000
"""Python reads a text with more values in it than that in a time that grows with their square."""
_MAX_MENDED = 40
"""Mistakes of a kind that are mended; more are not shown anyway."""
_BAD = re.compile("[\0\ud800-\udfff]")
_FENCE = re.compile(r"^[ \t]*(?:```|~~~).*$", re.MULTILINE)
_DIFF = re.compile(
    r"^(?:@@ .*|@@\s*$|--- (?:a/|/dev/null|\S+\.based).*|\+\+\+ (?:b/|\S+\.based).*|diff --git .*|index [0-9a-f]{7,}\.\..*"
    r"|<{7}(?: .*)?$|={7}$|>{7}(?: .*)?$)",
    re.MULTILINE,
)
_KEYWORDS = r"(?:loop|until|return|if|elif|else|for|while|try|except|finally|with|def|class|import|from|pass|break|continue|raise)"
_SIGNED = re.compile(
    rf"^[+-](?![+-]|[ \t]*\d)[ \t]*(?:[^\W\d][\w.]*[ \t]*(?:\(|=)|{_KEYWORDS}\b)",
    re.MULTILINE,
)
"""Lines of a diff, unless it is strange arithmetic."""
_SIGNED_LOOSELY = re.compile(
    rf"{_SIGNED.pattern}|^[+-](?![+-])[ \t]*(?:[#@\"'\])}}]|[^\W\d][\w.]*[ \t]*[:\[])", re.MULTILINE
)
"""The same in a text that does not parse."""
_CODE_WORD = (
    r"(?:code|program|file|script|agent|flow|logic|handlers?|functions?|implementation|conversations?|conditions?|exits?"
    r"|untils?|loops?|prompts?|imports?)"
)
_STAYS = (
    r"(?: (?:goes|stays?|remains?|continues?|follows?|is|are|from|as|unchanged|omitted|the same|here|above|before"
    r"|(?:exactly )?as (?:it|they) (?:was|were|is|are)))"
)
"""What follows in a comment that stands for code; any other word makes it a comment about code that is there."""
_PLACEHOLDER = re.compile(
    rf"#+\s*(?:\.{{3}}|…)\W*(?:$|(?:and so on|etc)\b|.*\b(?:rest|remainder|remaining|existing|previous|original|unchanged"
    rf"|omitted|same|as before|{_CODE_WORD})\b)"
    rf"|#+\W*(?:the )?(?:rest|remainder) of (?:the |your |this |my )?(?:\w+ )?{_CODE_WORD}{_STAYS}*\W*$"
    rf"|#+\W*(?:(?:your|the|insert|add|put|paste) )*(?:existing|remaining|rest) (?:\w+ )?{_CODE_WORD}{_STAYS}*\W*$"
    rf"|#+\W*(?:(?:your|the|insert|add|put|paste) )*(?:previous|original|other|same) (?:\w+ )?(?:code|{_CODE_WORD}{_STAYS}+)\W*$"
    r"|#+\W*(?:your |the |add |insert |put )*(?:\w+ )?code (?:goes )?here\W*$"
    r"|#+\W*(?:(?:all|the|other|remaining|rest|of|your) ){1,4}(?:code|program|file|script|handlers|functions|logic|untils"
    r"|conversations|conditions|exits|prompts|imports) (?:remains?|stays?) (?:the same|unchanged|as before)\W*$"
    r"|#+\W*(?:same|unchanged) (?:as|from) (?:before|above|the original)\W*$"
    r"|#+\W*\(?(?:unchanged|omitted|truncated|snip(?:ped)?)\)?\W*$",
    re.IGNORECASE,
)


def check_text(text: str, report: Report) -> bool:
    """Find what makes a text no program at all; False means that looking further is useless."""
    size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
    if size > MAX_BYTES:
        report.add(
            "E116",
            1,
            f"The program has {size:,} bytes; at most {MAX_BYTES:,} are allowed.",
            "Move long texts out of the program, or split it into two agents.",
        )
        return False
    lines, braces = text.count("\n") + 1, text.count("{")
    too_many = ""
    if lines > MAX_LINES and len(text.split()) > MAX_LINES:
        too_many = f"{lines:,} lines; at most {MAX_LINES:,}"
    elif braces > _MAX_BRACES:
        too_many = f"{braces:,} opening braces; at most {_MAX_BRACES:,}"
    if too_many:
        report.add(
            "E116",
            1,
            f"The program has {too_many} are allowed.",
            "Move long texts out of the program, or split it into two agents.",
        )
        return False
    if not text.strip():
        report.add("E115", 1, "The program is empty.", 'The smallest program is: say("Hello!")')
        return False
    return True


def replace_bad_characters(text: str, report: Report) -> tuple[str, set[int]]:
    """Find the characters that no text may have (E103); return a text without them, and their lines."""
    if not _BAD.search(text):
        return text, set()
    found: set[int] = set()
    for number, line in enumerate(text.split("\n"), 1):
        match = _BAD.search(line)
        if match:
            name = "a NUL character" if match.group() == "\0" else "half of a surrogate pair"
            col = match.start() + 1
            report.add(
                "E103", number, f"The line has {name} in it.", "Delete that character.", col=col
            )
            found.add(number)
    return _BAD.sub("?", text), found


def check_comments(text: str, scan: Scan, report: Report) -> None:
    """Find the comments that stand for code which was left out."""
    for line, offset, alone in scan.comments:
        end = text.find("\n", offset)
        comment = text[offset : end if end >= 0 else len(text)]
        if _PLACEHOLDER.match(comment) and (alone or _dotted(comment)):
            start = text.rfind("\n", 0, offset) + 1
            report.add(
                "E119",
                line,
                "This comment stands for code that was left out.",
                "Write the whole program: every statement, nothing shortened.",
                col=offset - start + 1,
            )


def _dotted(comment: str) -> bool:
    """Whether there are words and an ellipsis in a comment."""
    return ("..." in comment or "…" in comment) and bool(comment.strip("#.… \t"))


def has_diff_marks(text: str, scan: Scan) -> bool:
    """Whether lines of a diff stand in a text that may parse all the same."""
    return bool(_outside(text, scan, _DIFF) or _signed(text, scan, _SIGNED))


def mark_diff(draft: Draft) -> bool:
    """Find the lines of a diff, one finding for each group of them; True if there are any."""
    signed = _signed(draft.text, draft.scan, _SIGNED_LOOSELY)
    lines = sorted({*_outside(draft.text, draft.scan, _DIFF), *signed})
    groups: list[list[int]] = []
    for line in lines:
        if groups and groups[-1][-1] == line - 1:
            groups[-1].append(line)
        else:
            groups.append([line])
    for group in groups[:_MAX_MENDED]:
        draft.find(
            "E114",
            group[0],
            "A line of a diff is not part of the program.",
            "Send the whole program as it shall be, without -, + and @@ marks.",
            end_line=group[-1],
        )
    return bool(groups)


def _signed(text: str, scan: Scan, pattern: re.Pattern[str]) -> list[int]:
    """Return the lines with a + or - before a statement; inside of brackets it may be arithmetic."""
    if not re.search(r"^[+-]", text, re.MULTILINE):
        return []
    starts = {logical.line for logical in scan.logical if text[logical.start] in "+-"}
    return [line for line in _outside(text, scan, pattern) if line in starts]


def _outside(text: str, scan: Scan, pattern: re.Pattern[str]) -> list[int]:
    """Return the lines that begin with the pattern outside of strings."""
    matches = [match.start() for match in pattern.finditer(text)]
    if not matches:
        return []
    strings = scan.strings(text)
    lines: list[int] = []
    line, before = 1, 0
    for offset in matches:
        line += text.count("\n", before, offset)
        before = offset
        if line not in strings:
            lines.append(line)
    return lines


def blank_fences(draft: Draft) -> None:
    """Find the Markdown fences, and take them out."""
    edits: list[tuple[int, int, str]] = []
    for line in _outside(draft.text, draft.scan, _FENCE)[:_MAX_MENDED]:
        start, end = draft.line_bounds(line)
        draft.find(
            "E113",
            line,
            "A Markdown fence is not part of the program.",
            "Send the program's lines only, without ``` lines and without prose.",
            fix=(Edit(line=line, col=1, end_line=line + 1, end_col=1),),
        )
        edits.append((start, end, ""))
    draft.edit(edits)


def straighten_quotes(draft: Draft) -> None:
    """Find typographic quotes that delimit a text, and put straight ones there."""
    edits: list[tuple[int, int, str]] = []
    lines: dict[int, list[int]] = {}
    for line, offset in draft.scan.quotes:
        lines.setdefault(line, []).append(offset)
    for line, offsets in islice(lines.items(), _MAX_MENDED):
        start, end = draft.line_bounds(line)
        changes = _straight(draft.text[start:end], offsets[0] - start)
        edits += [(start + at, start + at + 1, new) for at, new in changes]
        fix = tuple(draft.change(start + at, start + at + 1, new) for at, new in changes)
        draft.find(
            "E112",
            line,
            "A typographic quote cannot delimit a text.",
            'Use straight quotes: "like this". Inside a text typographic ones are fine.',
            col=offsets[0] - start + 1,
            fix=fix,
        )
    draft.edit(edits)


def _straight(line: str, first: int) -> list[tuple[int, str]]:
    """Return the straight quotes for a line, from the first that stands outside of a text.

    Where double ones delimit, a single one is an apostrophe and stays.
    """
    found = [(at, TYPOGRAPHIC_QUOTES[char]) for at, char in enumerate(line)
             if at >= first and char in TYPOGRAPHIC_QUOTES]  # fmt: skip
    double = any(new == '"' for _, new in found) or '"' in line
    return [(at, new) for at, new in found if new == '"' or not double]
