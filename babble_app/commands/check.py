"""`check`: say what is wrong with Based programs, for people or as JSON lines."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babble_app.commands._console import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from babble_app.commands._console import Subparsers
    from babble_app.schemas.findings import Finding

BAD_LINE = "bad_line"
"""The code of a line that is not a request."""
_FIELDS = {"code", "severity", "line", "col", "end_line", "message", "hint", "source_line"}
_MAX_SHOWN_CHARS = 160


def add(commands: Subparsers) -> None:
    """Add `check`."""
    parser = commands.add_parser("check", help="say what is wrong with Based programs")
    parser.add_argument("file", nargs="*", help="files, or - for standard input")
    parser.add_argument(
        "--jsonl",
        action="store_true",
        help='read {"code"} lines; write {"findings"} or {"error": {"code", "message"}}',
    )
    parser.set_defaults(command=_check)


def _check(options: argparse.Namespace) -> int:
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a text file
    if options.jsonl:
        return _answer_all(sys.stdin.buffer)
    if not options.file:
        sys.stderr.write("Name the files to check, - for standard input, or use --jsonl.\n")
        return 2
    return max([_check_file(name) for name in options.file])


def _check_file(name: str) -> int:
    """Print a file's findings; return 0 for a right program, 1 for a wrong one, 2 if it cannot be read."""
    from babble_app.based.checker import check

    shown = "<stdin>" if name == "-" else name
    try:
        code = _read(name)
    except OSError as error:
        sys.stderr.write(f"{shown}: {_reason(error)}.\n")
        return 2
    except UnicodeDecodeError as error:
        what = "a binary file" if b"\0" in error.object else "not UTF-8 text"
        sys.stderr.write(f"{shown}: This is {what}, not a Based program.\n")
        return 2
    result = check(code)
    _print(shown, result.findings)
    return 0 if result.ok else 1


def _read(name: str) -> str:
    content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    if b"\0" in content[:8000]:
        raise UnicodeDecodeError("utf-8", content, 0, 1, "NUL")
    return content.decode()


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "There is no such file"
    if isinstance(error, IsADirectoryError):
        return "This is a directory"
    return f"It cannot be read: {error.strerror or error}"


def _print(name: str, findings: Sequence[Finding]) -> None:
    for one in findings:
        say(f"{name}:{one.line}:{one.col}: {one.code} {one.message}")
        line = one.source_line.replace("\t", " ")
        if line.strip() and len(line) <= _MAX_SHOWN_CHARS:
            say(f"    {line}\n    {' ' * (one.col - 1)}^")
        for hint in one.hint.splitlines():
            say(f"    {hint}")
    errors = sum(one.severity == "error" for one in findings)
    warnings = len(findings) - errors
    if findings:
        say(
            f"{name}: {errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"
        )
    else:
        say(f"{name}: nothing wrong")


def _answer_all(lines: Iterable[bytes]) -> int:
    for line in lines:
        if line.strip():
            sys.stdout.write(json.dumps(_answer(line)) + "\n")
            sys.stdout.flush()
    return 0


def _answer(line: bytes) -> dict[str, Any]:
    from babble_app.based.checker import check

    try:
        code = json.loads(line)["code"]
        if not isinstance(code, str):
            raise TypeError
    except (ValueError, TypeError, KeyError, RecursionError):
        message = 'A line must be a JSON object with the string "code".'
        return {"error": {"code": BAD_LINE, "message": message}}
    return {"findings": [one.model_dump(include=_FIELDS) for one in check(code).findings]}
