"""`apply-diff`: change a file by a model's diff, or answer a stream of such requests."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babble_app.errors import ValidationFailedError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from babble_app.commands._console import Subparsers

BAD_LINE = "bad_line"
"""The code of a line that is not a request."""


def add(commands: Subparsers) -> None:
    """Add `apply-diff`."""
    parser = commands.add_parser(
        "apply-diff",
        help="change a file by a diff as a model writes it, or say why it does not fit",
    )
    parser.add_argument("file", nargs="?", type=Path, help="the file to change")
    parser.add_argument("diff", nargs="?", type=Path, help="the diff (default: standard input)")
    parser.add_argument("--write", action="store_true", help="change the file instead of printing")
    parser.add_argument(
        "--jsonl",
        action="store_true",
        help='read {"text", "answer"} lines; write {"text", "hunks"} or {"error": {"code", "message"}}',
    )
    parser.add_argument(
        "--guard", action="store_true", help="refuse a diff that loses more than 30 %% of the lines"
    )
    parser.set_defaults(command=_apply_diff)


def _apply_diff(options: argparse.Namespace) -> int:
    if options.jsonl:
        _answer_all(sys.stdin.buffer, guarded=options.guard)
        return 0
    if options.file is None:
        raise ValidationFailedError("Name the file to change, or use --jsonl.")
    return _change(options)


def _change(options: argparse.Namespace) -> int:
    from babble_app.diffs.apply import apply

    text = _read(options.file)
    answer = (
        _read(options.diff) if options.diff else sys.stdin.buffer.read().decode(errors="replace")
    )
    applied = apply(text, answer, may_shrink=not options.guard)
    new = applied.text.encode()
    if options.write:
        options.file.write_bytes(new)
    else:
        sys.stdout.buffer.write(new)
    for hunk in applied.hunks:
        place = f"hunk {hunk.number}: {hunk.confidence}, at line {hunk.line}"
        sys.stderr.write(f"{place} (+{hunk.added} -{hunk.removed})\n")
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except OSError as error:
        raise ValidationFailedError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ValidationFailedError(f"{path} is not text in UTF-8.") from error


def _answer_all(lines: Iterable[bytes], *, guarded: bool) -> None:
    for line in lines:
        if line.strip():
            sys.stdout.write(json.dumps(_answer(line, guarded=guarded)) + "\n")
            sys.stdout.flush()


def _answer(line: bytes, *, guarded: bool) -> dict[str, Any]:
    from babble_app.diffs.apply import apply
    from babble_app.diffs.errors import DiffError

    try:
        request: Any = json.loads(line)
        text, answer = request["text"], request["answer"]
        if not isinstance(text, str) or not isinstance(answer, str):
            raise TypeError
    except (ValueError, TypeError, KeyError, RecursionError):
        return _error(
            BAD_LINE, 'A line must be a JSON object with the strings "text" and "answer".'
        )
    try:
        applied = apply(text, answer, may_shrink=not guarded)
    except DiffError as error:
        return _error(error.code, str(error))
    return {"text": applied.text, "hunks": [vars(hunk) for hunk in applied.hunks]}


def _error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}
