"""When the front end is built anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from babble_app import building

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project in a folder of its own, built."""
    for name in (
        "babble_app/pages/login.py",
        "babble_app/services/files.py",
        "assets/boot.js",
        "rxconfig.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one")
    built = (tmp_path / ".web/build/client", tmp_path / ".web/backend")
    for path in built:
        path.mkdir(parents=True)
    monkeypatch.setattr(building, "ROOT", tmp_path)
    monkeypatch.setattr(building, "STAMP", tmp_path / ".web/build.stamp")
    monkeypatch.setattr(building, "_BUILT", built)
    building.STAMP.write_text(building.fingerprint())
    return tmp_path


def test_an_unchanged_project_is_not_built_again(project: Path) -> None:
    assert building.is_built()


@pytest.mark.parametrize("name", ["babble_app/pages/login.py", "assets/boot.js", "rxconfig.py"])
def test_a_change_of_what_the_pages_are_made_of_asks_for_a_build(project: Path, name: str) -> None:
    (project / name).write_text("two")

    assert not building.is_built()


def test_a_new_file_asks_for_a_build(project: Path) -> None:
    (project / "babble_app/pages/new.py").write_text("one")

    assert not building.is_built()


def test_a_change_of_services_only_asks_for_none(project: Path) -> None:
    (project / "babble_app/services/files.py").write_text("two")

    assert building.is_built()


def test_a_build_that_is_gone_asks_for_another(project: Path) -> None:
    (project / ".web/backend").rmdir()

    assert not building.is_built()
