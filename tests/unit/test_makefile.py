"""The two commands: what is missing is named with its remedy, and what is there is not brought again."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OLD_PYTHON = '#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit\nexit 1\n'
NO_VENV = '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\n'


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What `make` looks at, in a folder of its own where nothing is installed."""
    for name in ("Makefile", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def install(folder: Path) -> None:
    """Leave the marks of a finished installation."""
    (folder / ".venv").mkdir()
    for name in (".python", ".installed", ".installed-dev"):
        (folder / ".venv" / name).touch()


def test_a_missing_python_is_named_with_its_package(clone: Path) -> None:
    done = make(clone, "run", "PYTHON=python-that-is-not-there")

    assert done.returncode != 0
    assert "apt-get install python3" in done.stdout


@pytest.mark.parametrize(
    ("script", "words"),
    [(OLD_PYTHON, "needs Python 3.11 or newer; this is Python 3.9.2"), (NO_VENV, "python3-venv")],
    ids=["too old", "no venv"],
)
def test_a_python_that_will_not_do_is_named_with_the_reason(
    clone: Path, script: str, words: str
) -> None:
    python = clone / "python"
    python.write_text(script)
    python.chmod(0o755)

    done = make(clone, "run", f"PYTHON={python}")

    assert done.returncode != 0
    assert words in done.stdout


def test_a_second_start_installs_nothing(clone: Path) -> None:
    install(clone)

    done = make(clone, "--dry-run", "run")

    assert "pip install" not in done.stdout
    assert "-m babble_app run" in done.stdout


def test_changed_requirements_are_installed(clone: Path) -> None:
    install(clone)
    later = (clone / ".venv" / ".installed").stat().st_mtime + 10
    os.utime(clone / "requirements.lock", (later, later))

    assert "--require-hashes -r requirements.lock" in make(clone, "--dry-run", "run").stdout


def test_ci_runs_what_the_readme_says() -> None:
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("exec make test")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
