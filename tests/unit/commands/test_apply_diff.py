"""`apply-diff`: a stream of requests, and a file."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

DIFF = "@@ ... @@\n-a\n+b\n"


class Input:
    """What a process reads from."""

    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


def answers(
    lines: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *more: str
) -> list[dict[str, Any]]:
    monkeypatch.setattr(sys, "stdin", Input(lines))
    assert main(["apply-diff", "--jsonl", *more]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def asked(text: str, answer: str) -> bytes:
    return json.dumps({"text": text, "answer": answer}).encode() + b"\n"


def test_each_line_is_answered_in_order(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = asked("a\nc\n", DIFF) + b"\n" + asked("x\n", DIFF) + asked("é\ud800\na\n", DIFF)

    first, second, third = answers(lines, monkeypatch, capsys)

    hunk = {"number": 1, "level": 1, "confidence": "exact", "line": 1, "added": 1, "removed": 1}
    assert first == {"text": "b\nc\n", "hunks": [hunk]}
    assert second["error"]["code"] == "D_NOT_FOUND"
    assert "Hunk 1" in second["error"]["message"]
    assert third["text"] == "é\ud800\nb\n"


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b"1",
        b'{"text": "a"}',
        b'{"text": 1, "answer": ""}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_a_line_that_is_no_request_is_told_so_and_the_next_is_answered(
    line: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = answers(line + b"\n" + asked("a\n", DIFF), monkeypatch, capsys)

    assert first["error"]["code"] == "bad_line"
    assert second["text"] == "b\n"


def test_the_guard_against_lost_lines_is_on_when_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = asked("a\nb\nc\n", "@@\n a\n-b\n-c\n")

    assert answers(line, monkeypatch, capsys)[0]["text"] == "a\n"
    assert answers(line, monkeypatch, capsys, "--guard")[0]["error"]["code"] == "D_LAZY"


def test_a_file_is_printed_or_changed(tmp_path: Path, capfdbinary: Any) -> None:
    file, diff = tmp_path / "x.based", tmp_path / "x.diff"
    file.write_bytes(b"a\r\nc\r\n")
    diff.write_text(DIFF)

    assert main(["apply-diff", str(file), str(diff)]) == 0
    assert capfdbinary.readouterr().out == b"b\r\nc\r\n"
    assert main(["apply-diff", str(file), str(diff), "--write"]) == 0
    assert file.read_bytes() == b"b\r\nc\r\n"
    assert main(["apply-diff", str(file), str(diff), "--write"]) == 1
    assert file.read_bytes() == b"b\r\nc\r\n"


@pytest.mark.parametrize("arguments", [[], ["missing.based"]])
def test_without_a_file_it_says_what_to_do(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["apply-diff", *arguments]) == 1
    assert capsys.readouterr().err.strip()


def test_it_starts_without_the_pages() -> None:
    script = (
        "import sys; from babble_app.__main__ import main; main(['apply-diff', '--jsonl']);"
        "sys.exit(any(name in sys.modules for name in ('reflex', 'litellm', 'sqlalchemy')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input=asked("a\n", DIFF), capture_output=True, check=True
    )

    assert json.loads(done.stdout)["text"] == "b\n"
