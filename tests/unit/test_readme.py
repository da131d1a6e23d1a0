"""What the README says can be done can be done, and what it names is there."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from babble_app.__main__ import main
from babble_app.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^(?:make|\.venv/bin/python) .+$", README, re.MULTILINE) + re.findall(
    r"`((?:make|\.venv/bin/python) [^`]+)`", README
)
# Names that the README gives to files yet to be written, and to what is made at the start.
_NOT_THERE = {"data/", ".venv/"}


def test_commands_are_found() -> None:
    assert {"make run", "make test", "make dev", "make check"} <= {
        command.partition("#")[0].strip() for command in COMMANDS
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_exists(command: str) -> None:
    program, *arguments = shlex.split(command, comments=True)

    if program == "make":
        assert re.search(rf"^{arguments[0]}:", MAKEFILE, re.MULTILINE)
    elif arguments[0] == "-m":
        assert arguments[1] == "babble_app"
    else:
        assert (ROOT / arguments[0]).is_file()


@pytest.mark.parametrize("target", ["run", "dev", "test", "check", "lock", "clean"])
def test_make_knows_how_to_reach_a_target(target: str) -> None:
    done = subprocess.run(
        ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_the_commands_of_the_command_line_are_those_of_the_readme(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])

    assert ended.value.code == 0
    told = capsys.readouterr().out
    for command in re.findall(r"`(migrate|user|doctor|run|check|test|apply-diff|guide)(?: [\w.]+)?`", README):
        assert re.search(rf"^\s+{command}\s", told, re.MULTILINE), command
    commands = set(re.findall(r"^ {4}([a-z-]+)", told, re.MULTILINE))
    assert {name for name in commands if f"`{name}" not in README} <= {"run"}


def test_what_is_named_is_there() -> None:
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / link).exists(), link
    for path in set(re.findall(r"`((?:babble_app/)?[a-z_]+/[a-z_/.]*)`", README)) - _NOT_THERE:
        assert (ROOT / path).exists() or (ROOT / "babble_app" / path).exists(), path
    for path in re.findall(
        r"`((?:components|states|services|api|agents|llm)/[a-z_/]+\.py)", README
    ):
        assert (ROOT / "babble_app" / path).is_file(), path


def test_every_package_has_its_line() -> None:
    named = set(re.findall(r"`(?:babble_app/)?([a-z]+)`", README))

    packages = {path.parent.name for path in (ROOT / "babble_app").glob("*/__init__.py")}
    assert packages - named == set()


def test_variables_of_the_environment_are_real_ones() -> None:
    known = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert set(re.findall(r"`([A-Z]+_[A-Z_]+)[`=]", README)) - known == set()
    assert len(known) >= len(Settings.model_fields) - 1
