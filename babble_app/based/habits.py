"""Finds and mends what other languages, and hurry, teach (E111, E113, E118, E119, E205, lacking colons, typing errors)."""

from __future__ import annotations

import ast
import re
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING

from babble_app.based.braces import is_brace_block, mend_brace
from babble_app.based.indentation import COMPOUND
from babble_app.based.rewrite import is_loop, is_until
from babble_app.based.sentences import is_prose

if TYPE_CHECKING:
    from babble_app.based.draft import Draft
    from babble_app.based.lines import LogicalLine

EditList = list[tuple[int, int, str]]
_TOKEN = re.compile(r"#.*|\"(?:[^\"\\]++|\\.)*+\"?|'(?:[^'\\]++|\\.)*+'?|//")
_BEFORE = re.compile(r"(?:[,(\[{\"')\]]|(?<!http)(?<!https):)\s*\Z")
_REMARK = re.compile(
    r"//+\s*(?:[A-Za-z][\w'’-]*[ ,.;:!?]+){1,}(?!(?:if|else|for|in|and|or|not|is)\b)[A-Za-z]"
)
_WORD = re.compile(r"[^\W\d]\w*")
_CONDITION = re.compile(r"\s*+(?:[\"'].*[\"']|\w++ as \w++)\s*+(?:as \w++\s*+)?\Z", re.DOTALL)
_UNQUOTED = re.compile(r"\s*[^\W\d][\w'’,;.!? /-]*\Z")
_MAX_SENTENCES = 200
_LIKE = 0.7
"""How much a mistyped keyword must be like the right one."""
_TALK = 'res = talk("What the agent knows and does here.", False)'


def mend_slashes(draft: Draft) -> None:
    """Find `//` comments, and make them comments."""
    if "//" not in draft.text:
        return
    strings = draft.scan.strings(draft.text)
    starts = {logical.line for logical in draft.scan.logical}
    edits: EditList = []
    offset = 0
    for number, line in enumerate(draft.text.split("\n"), 1):
        if draft.spent:
            break
        at = None
        if number in starts and line.lstrip().startswith("//"):
            at = line.index("//")
        elif "//" in line and number not in strings:
            at = _slashes(line)
        if at is not None:
            place = offset + at
            draft.find(
                "E111",
                number,
                "`//` does not start a comment.",
                "Use `#` for comments: # like this",
                col=at + 1,
                fix=(draft.change(place, place + 2, "#"),),
            )
            edits.append((place, place + 2, "# "))
        offset += len(line) + 1
    draft.edit(edits)


def _slashes(line: str) -> int | None:
    for match in _TOKEN.finditer(line):
        if match.group() == "//":
            before = line[: match.start()]
            value = bool(re.search(r"[\w)\]]\s*\Z", before)) and before.rstrip()[-1:] not in "\"'"
            division = value and re.match(
                r"//\s*[\w(]+\s*(?:$|[-+*/%)\],:#]|if\b|else\b|for\b)", line[match.start() :]
            )
            if not division and (_BEFORE.search(before) or _REMARK.match(line, match.start())):
                return match.start()
    return None


def mend_braces(draft: Draft) -> None:
    """Find blocks in braces, and make them indented ones."""
    strings = draft.scan.strings(draft.text)
    for number, line in enumerate(draft.text.split("\n"), 1):
        stripped = line.strip()
        if (
            "{" in line
            and number not in strings
            and is_brace_block(stripped)
            and not re.match(r"until\s*\{", stripped)
            and not draft.spent
        ):
            start, _ = draft.line_bounds(number)
            mend_brace(draft, start + line.rindex("{"))


def mend_lines(draft: Draft) -> None:
    """Find and mend, line by line, what is no statement but can be understood."""
    edits: EditList = []
    prose: list[LogicalLine] = []
    for logical, following in pairwise([*draft.scan.logical, None]):
        if logical is None or draft.spent:
            break
        head = draft.head(logical)
        if logical.line in draft.claimed:
            if not is_until(draft.text, logical) and is_prose(head) and not _parses(head):
                edits.append(draft.replaced(logical, "pass"))
        elif changes := _header(draft, logical, following):
            edits += changes
        elif is_prose(head) and not _parses(head) and logical.line not in draft.claimed:
            prose.append(logical)
    prose = prose[:_MAX_SENTENCES]
    for group in _neighbours(prose):
        draft.find(
            "E113",
            group[0].line,
            "A sentence is not part of the program.",
            "Send the program's lines only; make remarks comments with #.",
            end_line=group[-1].last_line,
        )
    draft.edit(edits + [draft.replaced(logical, "pass") for logical in prose])


def _neighbours(prose: list[LogicalLine]) -> list[list[LogicalLine]]:
    """Return the sentences in groups, with at most one line between those of one."""
    groups: list[list[LogicalLine]] = []
    for logical in prose:
        if groups and logical.line <= groups[-1][-1].last_line + 2:
            groups[-1].append(logical)
        else:
            groups.append([logical])
    return groups


def _header(draft: Draft, logical: LogicalLine, following: LogicalLine | None) -> EditList:
    text = draft.text
    match = _WORD.match(text, logical.start)
    word = match.group() if match else ""
    deeper = following is not None and following.indent > logical.indent
    if logical.colon is None:
        return _lacking_colon(draft, logical, word, deeper=deeper)
    if is_until(text, logical):
        return _unquoted(draft, logical)
    if logical.opens and word and word not in COMPOUND and not is_loop(text, logical):
        return _mistyped(draft, logical, word, deeper=deeper)
    return []


def _lacking_colon(draft: Draft, logical: LogicalLine, word: str, *, deeper: bool) -> EditList:
    text = draft.text
    rest = text[logical.start + len(word) : logical.end]
    until = word == "until" and (_CONDITION.match(rest) or (deeper and rest[:1] in " ("))
    loop = word == "loop" and not rest.strip()
    header = deeper and word in COMPOUND
    if word in {"match", "case"}:  # they may be names
        header = header and bool(re.match(r"\s+[\w\"'({\[]", rest))
    if not (until or (loop and deeper) or header):
        return []
    place = logical.end
    head = draft.head(logical)
    line, col = draft.place(place)
    if not draft.find(
        "E100",
        line,
        "Syntax: expected ':'." if header else f"Syntax: expected ':' after `{word}`.",
        f"End the line with a colon: `{head}:`.",
        col=col,
        fix=(draft.change(place, place, ":"),),
    ):
        return []
    draft.claimed.update(range(logical.line, line + 1))
    return [(place, place, ":")]


def _unquoted(draft: Draft, logical: LogicalLine) -> EditList:
    text = draft.text
    assert logical.colon is not None
    begin = logical.start + len("until")
    condition = text[begin : logical.colon]
    words = re.sub(r"(?<!\s)\s++as\s++[^\W\d]\w*+\s*+\Z", "", condition)
    if not words.strip() or _parses(f"({words}\n)"):
        if _parses(f"f({words}\n)") and not _parses(f"[{words.strip()}\n][0]"):
            return []
        return _several(draft, logical, words)
    if not _UNQUOTED.match(words):
        return []
    line, col = draft.place(begin + 1)
    start = begin + len(words) - len(words.lstrip())
    new = f'"{words.strip()}"'
    draft.find(
        "E205",
        line,
        "The condition of `until` is a text and needs quotes.",
        f"Write until {new}:",
        col=col,
        fix=(draft.change(start, begin + len(words), new),),
    )
    return [(start, begin + len(words.rstrip()), new)]


def _several(draft: Draft, logical: LogicalLine, words: str) -> EditList:
    """Report a condition that is a list of conditions."""
    tree = ast.parse(f"({words}\n)", mode="eval").body if words.strip() else None
    if not isinstance(tree, ast.Tuple) or words.strip().startswith("("):
        return []
    draft.find(
        "E205",
        logical.line,
        "`until` takes one condition.",
        'Write it as one text, or write two untils: until "the user says goodbye":',
    )
    begin = logical.start + len("until")
    return [
        (
            begin,
            begin + len(words),
            f" ({words})".replace("\n", " \n") if "\n" in words else f" ({words.strip()})",
        )
    ]


def _mistyped(draft: Draft, logical: LogicalLine, word: str, *, deeper: bool) -> EditList:
    text = draft.text
    assert logical.colon is not None
    rest = text[logical.start + len(word) : logical.colon]
    end = logical.start + len(word)
    if not rest.strip():
        like = _like(word, "loop") or word.lower() in {"conversation", "repeat", "chat"}
        right, keep = ("loop", end) if like and deeper else ("", end)
    elif word == "loop":
        right, keep = ("loop", logical.colon) if deeper else ("", end)
    else:
        right, keep = ("until" if _CONDITION.match(rest) else ""), end
    if not right:
        return []
    written = text[logical.start : keep]
    draft.find(
        "E100",
        logical.line,
        f"Syntax: `{' '.join(written.split())}` begins no statement; `{right}` does.",
        f"Write\nloop:\n    {_TALK}" if right == "loop" else f"Write until{rest}:",
        col=logical.indent + 1,
        fix=(draft.change(logical.start, keep, right),),
    )
    return [(logical.start, keep, right)]


def _like(word: str, keyword: str) -> bool:
    return SequenceMatcher(None, word.lower(), keyword).ratio() > _LIKE


def _parses(code: str) -> bool:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
