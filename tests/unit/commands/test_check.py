"""`python -m babble_app check` and `guide`."""

import io
import json

import pytest

from babble_app.__main__ import main

OK = 'loop:\n    talk("You help people who have lost a bag.")\nuntil "the user says goodbye":\n    say("Bye")\n'


class Input(io.TextIOWrapper):
    """Standard input that holds some bytes."""

    def __init__(self, content):
        super().__init__(io.BytesIO(content))


def test_a_finding_names_the_file_the_place_and_the_fix(tmp_path, capsys):
    path = tmp_path / "a.based"
    path.write_text(OK + 'say("x", // greet\n    True)\n')

    assert main(["check", str(path)]) == 1

    out = capsys.readouterr().out.splitlines()
    assert out[0] == f"{path}:5:10: E111 `//` does not start a comment."
    assert out[1] == '    say("x", // greet'
    assert out[2].index("^") == out[1].index("//")
    assert out[-1].endswith("1 error, 0 warnings")


def test_several_files_and_standard_input_are_checked(tmp_path, capsys, monkeypatch):
    (tmp_path / "a.based").write_text(OK)
    monkeypatch.setattr("sys.stdin", Input(OK.encode()))

    assert main(["check", str(tmp_path / "a.based"), "-"]) == 0

    assert capsys.readouterr().out.count("nothing wrong") == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "no such file"), (b"\x7fELF\0\0", "binary"), ("größe".encode("latin-1"), "not UTF-8")],
)
def test_what_cannot_be_read_is_said_in_words(tmp_path, capsys, content, words):
    path = tmp_path / "a.based"
    if content is not None:
        path.write_bytes(content)

    assert main(["check", str(path)]) == 2

    assert words in capsys.readouterr().err


def test_json_lines_are_answered_in_order_and_a_bad_one_does_not_end_it(capsys, monkeypatch):
    lines = [
        json.dumps({"code": OK}),
        "{",
        '{"code": 5}',
        "",
        '{"code": "say(\\"\\ud800\\")"}',
        "[" * 100_000,
    ]
    monkeypatch.setattr("sys.stdin", Input("\n".join(lines).encode()))

    assert main(["check", "--jsonl"]) == 0

    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer.get("error", {}).get("code", "") for answer in answers] == [
        "",
        "bad_line",
        "bad_line",
        "",
        "bad_line",
    ]
    assert answers[0] == {"findings": []}
    assert set(answers[3]["findings"][0]) == {
        "code", "severity", "line", "col", "end_line", "message", "hint", "source_line",
    }  # fmt: skip


def test_the_guide_is_printed_whole_or_as_the_builder_gets_it(tmp_path, capfdbinary):
    assert main(["guide", "--output", str(tmp_path / "g.md")]) == 0
    assert main(["guide", "--builder"]) == 0

    assert "### E200" in (tmp_path / "g.md").read_text()
    assert b"### E200" not in capfdbinary.readouterr().out
