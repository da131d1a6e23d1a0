"""Reads what can be read of a text that does not parse, and finds all that is wrong with it at once.

Known mistakes are mended in the order in which they hide each other; what Python's parser then still refuses is reported
and replaced by a placeholder, statement by statement, within a bound of text parsed.
"""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING

from babble_app.based import habits, lexical
from babble_app.based.faults import mend_faults
from babble_app.based.indentation import COMPOUND, settle
from babble_app.based.rewrite import is_loop, is_until, rewrite
from babble_app.based.sentences import is_prose

if TYPE_CHECKING:
    from babble_app.based.draft import Draft
    from babble_app.based.lines import LogicalLine
    from babble_app.based.report import Report
    from babble_app.based.rewrite import Rewritten

_MAX_ROUNDS = 25
_HEADER = {
    "for": "for _ in ():", "while": "while 0:", "def": "def _():", "async": "async def _():", "class": "class _:",
    "except": "except:", "case": "case 0:", "else": "else:", "elif": "elif 1:", "finally": "finally:", "try": "try:",
}  # fmt: skip
_ANGLE = re.compile(r"(?:^|[=(,:\[]|\breturn\b)\s*<[A-Za-z][\w ,.'-]*>")
_BRACED = re.compile(r"\{\s*(?:[A-Z]{2,}[A-Z ]*|\.\.\.|…)[^:{}]*\}")


def recover(draft: Draft) -> tuple[ast.Module, Rewritten] | None:
    """Find what is wrong with a text that does not parse; return what is left of it as a tree, if there is one."""
    if lexical.mark_diff(draft):
        return None
    for step in _STEPS:
        step(draft)
        if draft.spent or (draft.scan.fault is not None and step is mend_faults):
            return None
    return _parse_rest(draft)


def _settle(draft: Draft) -> None:
    for one in settle(draft.text, draft.scan).misplaced:
        draft.find("E101", one.line, f"Indentation: {one.message}.", one.hint, col=one.col)


def _parse_rest(draft: Draft) -> tuple[ast.Module, Rewritten] | None:
    for _ in range(_MAX_ROUNDS):
        edits = settle(draft.text, draft.scan).edits
        rewritten = rewrite(draft.text, draft.scan, edits)
        draft.spend()
        try:
            return try_parse(rewritten.text), rewritten
        except SyntaxError as error:
            if not _refused(draft, error) or draft.spent:
                return None
        except (ValueError, RecursionError, MemoryError):
            report_depth(draft.report, find_deepest(draft))
            return None
    return None


_STEPS = (
    lexical.blank_fences,
    habits.mend_slashes,
    lexical.straighten_quotes,
    habits.mend_braces,
    mend_faults,
    habits.mend_lines,
    mend_faults,
    _settle,
)
"""In the order in which mistakes hide each other."""


def try_parse(text: str) -> ast.Module:
    """Return Python's tree of the text, without its warnings.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as `ast.parse`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _refused(draft: Draft, error: SyntaxError) -> bool:
    """Report what Python refuses and put a placeholder there; False if that was done before."""
    message = error.msg or "invalid syntax"
    number = error.lineno or 1
    logical = _statement(draft, number)
    if logical is None:
        draft.find("E100", number, f"Syntax: {message}.", _hint(message))
        return False
    if "too many" in message:
        report_depth(draft.report, number)
        return False
    if logical.line in draft.gone:
        return False
    if not set(range(logical.line, logical.last_line + 1)) & draft.claimed:
        _explain(draft, logical, error, message)
    draft.edit([draft.replaced(logical, _placeholder(draft, logical))])
    return True


def _statement(draft: Draft, number: int) -> LogicalLine | None:
    found = draft.scan.find(number)
    if found is None:
        before = [logical for logical in draft.scan.logical if logical.line <= number]
        found = before[-1] if before else None
    return found


def _explain(draft: Draft, logical: LogicalLine, error: SyntaxError, message: str) -> None:
    head = draft.head(logical)
    line = min(max(error.lineno or logical.line, logical.line), logical.last_line)
    text = draft.line_text(line)
    if _ANGLE.search(text) or _BRACED.search(text):
        draft.find(
            "E119",
            line,
            "A placeholder is not code.",
            "Write what shall stand there.",
        )
    elif is_prose(head) and not _is_loop_or_until(draft, logical):
        draft.find(
            "E113",
            logical.line,
            "A sentence is not part of the program.",
            "Send the program's lines only; make remarks comments with #.",
            end_line=logical.last_line,
        )
    else:
        code = "E101" if isinstance(error, IndentationError) else "E100"
        if _is_loop_or_until(draft, logical):
            message = "invalid syntax"
        column = (error.offset or 1) - draft.report.widened.get(line, 0)
        words = "Indentation" if code == "E101" else "Syntax"
        hint = _foreign(text) or _hint(message)
        draft.find(code, line, f"{words}: {message}.", hint, col=max(1, column))


def _is_loop_or_until(draft: Draft, logical: LogicalLine) -> bool:
    return is_loop(draft.text, logical) or is_until(draft.text, logical)


def _placeholder(draft: Draft, logical: LogicalLine) -> str:
    if is_loop(draft.text, logical):
        return "loop:"
    if is_until(draft.text, logical):
        return f'until "condition of line {logical.line}":' + ("" if logical.opens else " pass")
    match = re.compile(r"\w*").match(draft.text, logical.start)
    word = match.group() if match else ""
    if logical.colon is None or (word not in COMPOUND and not logical.opens):
        return "pass"
    header = _HEADER.get(word, "if 1:")
    if word == "match" and re.compile(r"\s*case\b").match(draft.text, logical.end):
        header = "match 0:"
    if header == draft.text[logical.start : logical.end]:
        header = "if 1:"
    return header if logical.opens else f"{header} pass"


_FOREIGN = (
    (r"&&", "Python spells it `and`."),
    (r"\|\|", "Python spells it `or`."),
    (r"===|!==", "Python compares with `==` and `!=`."),
    (r"\belse if\b", "Python spells it `elif`."),
    (r"\+\+|--\s*$", "Write `count += 1`."),
    (r"^\s*(?:const|let|var)\s", "Write only the name: `count = 0`."),
    (r"=>", "Write a function with `def`, or `lambda x: x + 1`."),
    (r"[(=]\s*!\w|^\s*if\s*!\w", "Python spells it `not`."),
    (r"\?[^\"']*:", "Write `a if condition else b`."),
    (r"^\s*function\b", "Write `def name(order):`."),
    (r"\bnew\s+[A-Z]", "Leave out `new`."),
    (r"^\s*print\s+[\"'\w]", 'Write print("...") with brackets.'),
    (r"^\s*(?:elif|else|and|or)\s+until\b", 'Write until "the user says goodbye": at the indentation of `loop:`.'),
)  # fmt: skip
"""What other languages write, and how it is written here; looked for outside of texts in lines that do not parse."""
_TEXT = re.compile(r"\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'|#.*")


def _foreign(line: str) -> str:
    plain = _TEXT.sub('""', line[:1000])
    return next((hint for pattern, hint in _FOREIGN if re.search(pattern, plain)), "")


def _hint(message: str) -> str:
    if "never closed" in message or "does not match" in message or "unmatched" in message:
        return "Each ( [ { needs its closing partner."
    if "unterminated" in message:
        return 'Close the text with the quote it began with, on the same line; use """ for longer ones.'
    if "expected ':'" in message:
        return "End the line with a colon."
    if "forgot a comma" in message:
        return "Put a comma between the two values, or quotes around a text."
    if "instead of '='" in message:
        return "`=` assigns, `==` compares."
    if "non-printable" in message or "invalid character" in message:
        return "Delete that character, or put a normal space or sign there."
    return "Correct this line; the rest is Python with `loop:` and `until`."


def report_depth(report: Report, line: int) -> None:
    """Note that a statement is nested too deeply."""
    report.add(
        "E102",
        line,
        "The program is nested too deeply.",
        "Split the expression or the blocks into smaller steps.",
    )


def find_deepest(draft: Draft) -> int:
    """Return the line of the statement that Python cannot read for its depth."""
    longest = sorted(draft.scan.logical, key=lambda logical: logical.start - logical.end)[:3]
    for logical in longest:
        try:
            try_parse(draft.text[logical.start : logical.end])
        except SyntaxError:
            continue
        except (ValueError, RecursionError, MemoryError):
            return logical.line
    return longest[0].line if longest else 1
