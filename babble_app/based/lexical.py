"""Phase 1: what is wrong before there is a syntax tree (E1xx)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from babble_app.based.rewrite import is_loop, is_until

if TYPE_CHECKING:
    from babble_app.based.lines import LogicalLine, Scan
    from babble_app.based.report import Report
    from babble_app.based.rewrite import Rewritten

MAX_BYTES = 200_000
_FENCE = re.compile(r"^\s*(```|~~~)")
_DIFF = re.compile(r"^(@@ -\d|--- (a/|\S+\.based)|\+\+\+ (b/|\S+\.based)|diff --git )")
_PLACEHOLDER = re.compile(
    r"^#\s*(\.{3}|…)"
    r"|\b(rest|remainder) of (the|your|this) |\b(existing|previous|remaining|original|other) code\b"
    r"|\b(same|unchanged) as (before|above)\b|\bcode (here|goes here|remains|stays|unchanged)\b"
    r"|\bremains? (the same|unchanged)\b|\bas before\s*(\.{3}|…)",
    re.IGNORECASE,
)
_PROSE = re.compile(
    r"^[A-Z][\w'’]*(,? [\w'’`\"*-]+){3,}.*[.:!?]\**$|^(Sure|Certainly|Here)\b.*[.:!]$"
)
_ANGLE = re.compile(r"^[^#\"']*<[a-z][a-z _-]*[ _-][a-z _-]*>", re.IGNORECASE)
_BRACE = re.compile(r"^(loop\b.*\buntil\b|loop\s*(\(.*\))?\s*\{|until\b.*[\"')]\s*\{\s*(#.*)?$)")
_SLASHES = re.compile(r"(^|[,(\[{:])\s*//|//\s*[A-Za-z]+\s+[A-Za-z]+")


def check_text(text: str, report: Report) -> bool:
    """Find what makes a text no program at all; False means that looking further is useless."""
    size = len(text.encode("utf-8", "replace"))
    if size > MAX_BYTES:
        report.add(
            "E116",
            1,
            f"The program has {size:,} bytes; at most {MAX_BYTES:,} are allowed.",
            "Move long texts out of the program, or split it into two agents.",
        )
        return False
    if not text.strip():
        report.add("E115", 1, "The program is empty.", 'The smallest program is: say("Hello!")')
        return False
    return _check_characters(text, report)


def _check_characters(text: str, report: Report) -> bool:
    for number, line in enumerate(text.split("\n"), 1):
        bad = next((c for c in line if c == "\0" or "\ud800" <= c <= "\udfff"), None)
        if bad is not None:
            name = "a NUL character" if bad == "\0" else "half of a surrogate pair"
            report.add("E103", number, f"The line has {name} in it.", "Delete that character.")
    return not report.has_errors


def check_lines(text: str, scan: Scan, report: Report) -> None:
    """Find what no program may have, whether it parses or not."""
    for number, line in enumerate(text.split("\n"), 1):
        if number not in scan.strings:
            _check_line(number, line, report)
    for number, offset in scan.comments:
        comment = text[offset:].split("\n", 1)[0]
        if _PLACEHOLDER.search(comment):
            report.add(
                "E119",
                number,
                "This comment stands for code that was left out.",
                "Write the whole program: every statement, nothing shortened.",
            )
    if scan.quotes:
        number = scan.quotes[0][0]
        report.add(
            "E112",
            number,
            "A typographic quote cannot delimit a text.",
            'Use straight quotes: "like this". Inside a text typographic ones are fine.',
        )


def _check_line(number: int, line: str, report: Report) -> None:
    if _FENCE.match(line):
        report.add(
            "E113",
            number,
            "A Markdown fence is not part of the program.",
            "Send the program's lines only, without ``` lines and without prose.",
        )
    elif _DIFF.match(line):
        report.add(
            "E114",
            number,
            "A line of a diff is not part of the program.",
            "Send the whole program as it shall be, without -, + and @@ marks.",
        )


def explain_syntax_error(
    error: SyntaxError, text: str, rewritten: Rewritten, scan: Scan, report: Report
) -> None:
    """Say in the words of the language why the text does not parse."""
    lines = text.split("\n")
    number = min(max(error.lineno or 1, 1), len(lines))
    _find_habits(text, scan, report)
    if _explain_line(number, lines[number - 1], report) or report.has_errors:
        return
    column = max(1, (error.offset or 1) - rewritten.shifts.get(number, 0))
    message = (error.msg or "invalid syntax").removesuffix(" (<unknown>, line %d)")
    if isinstance(error, IndentationError):
        hint = (
            "Indent each block by 4 spaces more than its header line, the same for all its lines."
        )
        report.add("E101", number, f"Indentation: {message}.", hint, col=column)
        return
    report.add("E100", number, f"Syntax: {message}.", _hint(message), col=column)


def _hint(message: str) -> str:
    if "never closed" in message or "does not match" in message or "unmatched" in message:
        return "Each ( [ { needs its closing partner."
    if "unterminated" in message:
        return 'Close the text with the quote it began with, on the same line; use """ for longer ones.'
    if "expected ':'" in message:
        return "End the line with a colon."
    return "Correct this line; the rest is Python with `loop:` and `until`."


def _find_habits(text: str, scan: Scan, report: Report) -> None:
    """Find the mistakes that other languages teach."""
    for logical, following in zip(scan.logical, [*scan.logical[1:], None], strict=True):
        line = text[logical.start : logical.end]
        if _BRACE.match(line.split("\n")[0]) and not is_loop(text, logical):
            report.add(
                "E118",
                logical.line,
                "Blocks are made by indentation, not by braces.",
                'Write `loop:` with an indented talk, then `until "condition":` with an indented handler.',
            )
        elif _lacks_colon(text, logical, following):
            report.add(
                "E100",
                logical.line,
                "The line lacks its colon.",
                f"Write `{line.split(chr(10))[0]}:`.",
            )
        elif _SLASHES.search(_without_strings(line)):
            number = logical.line + _without_strings(line)[: _slashes_at(line)].count("\n")
            report.add(
                "E111",
                number,
                "`//` does not start a comment.",
                "Use `#` for comments: # like this",
            )


def _slashes_at(line: str) -> int:
    return _without_strings(line).find("//")


def _without_strings(line: str) -> str:
    return re.sub(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|#[^\n]*", "''", line)


def _lacks_colon(text: str, logical: LogicalLine, following: LogicalLine | None) -> bool:
    if following is None or following.indent <= logical.indent or is_until(text, logical):
        return False
    line = text[logical.start : logical.end]
    return logical.colon is None and bool(re.match(r"loop$|until\s+[\"'(]", line))


def _explain_line(number: int, line: str, report: Report) -> bool:
    stripped = line.strip()
    if _ANGLE.match(stripped):
        report.add(
            "E119",
            number,
            "A placeholder in angle brackets is not code.",
            "Write what shall stand there.",
        )
        return True
    if _PROSE.match(stripped) and not re.search(r"[=()\[\]{}]", stripped):
        report.add(
            "E113",
            number,
            "A sentence is not part of the program.",
            "Send the program's lines only; make remarks comments with #.",
        )
        return True
    return False
