"""Finds and mends strings and brackets without their partner, so that the rest of the program can be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from babble_app.based.braces import mend_brace
from babble_app.based.indentation import COMPOUND
from babble_app.based.lines import CLOSER, TOKEN
from babble_app.based.sentences import is_prose

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.draft import Draft
    from babble_app.based.lines import Fault

_MAX_FAULTS = 30
MAX_BRACKETS = 200
_STATEMENT = re.compile(
    r"[ \t]*(?:loop[ \t]*:[ \t]*(?:#.*)?$|until\b[ \t]*[\"'({fF].*|until\b.*:[ \t]*$|(?:say|talk|extract|done|print)\("
    r"|(?:async )?def \w+|class \w+|import \w+[\w., ]*$|from [\w.]+ import "
    r"|[^\W\d]\w* = (?:await )?(?:talk\(|\w+\.ask\()|return\b|pass$|break$|continue$|raise\b|try:|finally:"
    r"|while\b.*:[ \t]*$|with\b.*:[ \t]*$|except\b.*:[ \t]*$|elif\b.*:[ \t]*$)",
)
"""Lines that stand in no bracket, and hardly in a text."""
_PROBABLE = re.compile(
    r"[ \t]*(?:[^\W\d][\w.\[\]\"']*[ \t]*(?:=(?!=)|[-+*/]=|\()|(?:if|for|else)\b.*:[ \t]*$)"
)
"""Lines that are statements unless they are arguments."""
_WORDS = re.compile(r"\s*(until)\s+([^\W\d][\w'’,;.!? /-]*?)\s*:\s*(?:#.*)?$")
_TAIL = re.compile(r"[\])},:;\s]*\Z")
_CLOSE_STRING = (
    'Close the text with the quote it began with, on the same line; use """ for longer ones.'
)
_PARTNER = "Each ( [ { needs its closing partner."


def mend_faults(draft: Draft) -> None:
    """Mend one fault after the other, as far as that is possible."""
    for _ in range(_MAX_FAULTS):
        fault = draft.scan.fault
        if fault is None or draft.spent:
            return
        _MENDERS[fault.kind](draft, fault)


def _string(draft: Draft, fault: Fault) -> None:
    start, end = draft.line_bounds(fault.line)
    if _unquoted(draft, fault.line, start, end):
        return
    if not fault.open_brackets and is_prose(draft.text[start:end]):
        draft.find(
            "E113",
            fault.line,
            "A sentence is not part of the program.",
            "Send the program's lines only; make remarks comments with #.",
        )
        draft.edit([(start, end, "")])
        return
    col = fault.offset - start + 1
    message = f"Syntax: unterminated string literal (detected at line {fault.line})."
    if not draft.find("E100", fault.line, message, _CLOSE_STRING, col=col):
        line = draft.text[start:end]
        blank = line[: len(line) - len(line.lstrip())]
        draft.edit(
            [
                (
                    start,
                    end,
                    ""
                    if fault.open_brackets[:1] and fault.open_brackets[0][2] < start
                    else f"{blank}pass",
                )
            ]
        )
        return
    quote = draft.text[fault.offset]
    swallowed = draft.text[fault.offset + 1 : fault.end]
    tail = _TAIL.search(swallowed)
    assert tail is not None
    place = fault.offset + 1 + tail.start()
    draft.edit([(place, place, quote)])


def _unquoted(draft: Draft, line: int, start: int, end: int) -> bool:
    """Mend a condition without quotes that has an apostrophe in it."""
    match = _WORDS.match(draft.text[start:end])
    if not match:
        return False
    new = f'"{match.group(2)}"'
    first, last = start + match.start(2), start + match.end(2)
    draft.find(
        "E205",
        line,
        "The condition of `until` is a text and needs quotes.",
        f"Write until {new}:",
        col=match.start(1) + 1,
        fix=(draft.change(first, last, new),),
    )
    draft.edit([(first, last, new)])
    return True


def _triple(draft: Draft, fault: Fault) -> None:
    text = draft.text
    for line, start, end in [*draft.scan.triples, (fault.line, fault.offset, fault.end)]:
        offset = text.find("\n", start)
        while 0 <= offset < end:
            following = text.find("\n", offset + 1)
            following = len(text) if following < 0 else following
            if _STATEMENT.match(text[offset + 1 : following]):
                _close_text(draft, line, start, offset)
                return
            offset = following if following < len(text) else -1
    _close_text(draft, fault.line, fault.offset, len(text))


def _close_text(draft: Draft, line: int, start: int, offset: int) -> None:
    """Report the long text that begins at `start`, and close it at the end of a line."""
    first, col = draft.place(start)
    del line
    draft.find("E100", first, "Syntax: unterminated triple-quoted string literal.",
               'Close the text with the three quotes it began with: """.', col=col)  # fmt: skip
    last = draft.text.count("\n", 0, offset) + 1
    draft.claimed.update(range(first, last + 1))
    gap = " " if draft.text[offset - 1] in "\\\"'" else ""
    draft.edit([(offset, offset, gap + draft.text[start : start + 3])])


def _unclosed(draft: Draft, fault: Fault) -> None:
    if len(fault.open_brackets) > MAX_BRACKETS:
        draft.budget = -1  # Python allows 200
        return
    offset = fault.open_brackets[0][2]
    logical = next((one for one in reversed(draft.scan.logical) if one.start <= offset), None)
    indent = logical.indent if logical else 0
    start = logical.start if logical else 0
    brackets, last = _one_statement(draft, fault, indent, start)
    bracket, line, offset = brackets[-1]
    if bracket == "{" and mend_brace(draft, offset):
        return
    bracket, line, offset = _culprit(draft, start, last) or brackets[-1]
    closers = "".join(CLOSER[one] for one, _, _ in reversed(brackets))
    col = offset - draft.line_bounds(line)[0] + 1
    message = f"Syntax: '{bracket}' was never closed."
    if not draft.find("E100", line, message, _PARTNER, col=col):
        place = draft.line_bounds(line)
        draft.edit([(place[0], place[1], "")])
        return
    first = draft.text.count("\n", 0, start) + 1
    draft.claimed.update(range(first, last + 1))
    place = _end_of_code(draft, last, start)
    draft.edit([(place, place, closers)])


def _one_statement(
    draft: Draft, fault: Fault, indent: int, start: int
) -> tuple[tuple[tuple[str, int, int], ...], int]:
    """Return the open brackets of the first statement that has any, and its last line."""
    brackets = fault.open_brackets
    for count, (_, opened, _) in enumerate(brackets, 1):
        last = _last_line(draft, opened, indent, start)
        if count == len(brackets) or brackets[count][1] > last:
            return brackets[:count], last
    raise AssertionError


def _last_line(draft: Draft, opened: int, indent: int, start: int) -> int:
    """Return the line on which the statement with the open bracket most likely ends."""
    lines = draft.text.split("\n")
    header = _first_word(draft.text, start) in {*COMPOUND, "until"}
    if header and lines[opened - 1].rstrip().endswith(":"):
        return opened
    strings = draft.scan.strings(draft.text)
    last = opened
    for number in range(opened + 1, len(lines) + 1):
        line = lines[number - 1]
        if number not in strings and (
            _STATEMENT.match(line)
            or (_PROBABLE.match(line) and len(line) - len(line.lstrip()) <= indent)
        ):
            return last
        if line.strip() and not line.lstrip().startswith("#"):
            last = number
    return last


def _culprit(draft: Draft, start: int, last: int) -> tuple[str, int, int] | None:
    """Return the bracket that lacks its partner, by the indentation of those that stand first on their line."""
    text = draft.text
    stack: list[tuple[str, int, int]] = []
    for match in TOKEN.finditer(text, start, draft.line_bounds(last)[1]):
        char = match.group()
        line_start = text.rfind("\n", 0, match.start()) + 1
        before = text[line_start : match.start()]
        indent = len(before) if not before.strip() else len(before) - len(before.lstrip())
        if char in CLOSER:
            stack.append((char, indent, match.start()))
        elif char in CLOSER.values() and stack:
            if (
                not before.strip()
                and stack[-1][1] != indent
                and indent in {one[1] for one in stack[:-1]}
            ):
                break
            stack.pop()
    if not stack:
        return None
    bracket, _, offset = stack[-1]
    return bracket, draft.place(offset)[0], offset


def _first_word(text: str, start: int) -> str:
    match = re.compile(r"\w*").match(text, start)
    return match.group() if match else ""


def _end_of_code(draft: Draft, line: int, start: int) -> int:
    """Return the offset after a line's code: before its comment, and before a header's colon."""
    begin, end = draft.line_bounds(line)
    for number, offset, _ in draft.scan.comments:
        if number == line and offset >= begin:
            end = offset
    while end > begin and draft.text[end - 1].isspace():
        end -= 1
    header = _first_word(draft.text, start) in {*COMPOUND, "until"}
    return end - 1 if header and draft.text[end - 1] == ":" else end


def _unmatched(draft: Draft, fault: Fault) -> None:
    start, end = draft.line_bounds(fault.line)
    closer = draft.text[fault.offset]
    alone = not draft.text[start:end].strip(" \t)]},;")
    if not (alone and draft.claimed):
        message = f"Syntax: unmatched '{closer}'."
        draft.find("E100", fault.line, message, _PARTNER, col=fault.offset - start + 1)
    draft.edit([(fault.offset, fault.offset + 1, " ")])


def _mismatch(draft: Draft, fault: Fault) -> None:
    bracket, opened, offset = fault.open_brackets[-1]
    if bracket == "{" and mend_brace(draft, offset):
        return
    closer = draft.text[fault.end]
    inner = any(CLOSER[one] == closer for one, _, _ in fault.open_brackets[:-1])
    closed = draft.place(fault.end)[0]
    line, where = (opened, offset) if inner else (closed, fault.end)
    after = f" on line {opened}" if opened != closed else ""
    message = f"Syntax: closing parenthesis '{closer}' does not match opening parenthesis '{bracket}'{after}."
    col = draft.place(where)[1]
    draft.find("E100", line, message, _PARTNER, col=col, end_line=closed)
    draft.claimed.update(range(fault.open_brackets[0][1], closed + 1))
    mended = " " if not inner and _goes_on(draft, fault) else CLOSER[bracket]
    draft.edit([(fault.end, fault.end + (not inner), mended)])


def _goes_on(draft: Draft, fault: Fault) -> bool:
    """Whether the bracket is closed further on, so that the closer that does not match is one too many."""
    bracket, _, _ = fault.open_brackets[-1]
    _, _, offset = fault.open_brackets[0]
    end = draft.text.find("\n", fault.end)
    rest = draft.text[fault.end + 1 : end if end >= 0 else len(draft.text)]
    if rest.count(CLOSER[bracket]) > rest.count(bracket):
        return True
    following = next((one for one in draft.text[end + 1 :].split("\n", 50) if one.strip()), "")
    start = draft.line_bounds(draft.place(offset)[0])[0]
    first = draft.text[start : draft.text.find("\n", start)]
    inside = len(following) - len(following.lstrip()) > len(first) - len(first.lstrip())
    return end >= 0 and (inside or following.lstrip()[:1] == CLOSER[bracket])


_MENDERS: dict[str, Callable[[Draft, Fault], None]] = {
    "string": _string,
    "triple": _triple,
    "unclosed": _unclosed,
    "unmatched": _unmatched,
    "mismatch": _mismatch,
}
