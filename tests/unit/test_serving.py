"""Starting the server where it cannot be."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from babble_app.errors import ValidationFailedError
from babble_app.serving import serve
from tests.conftest import make_settings

if TYPE_CHECKING:
    from pathlib import Path


def test_a_port_that_is_taken_is_named_with_the_way_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert serve(make_settings(tmp_path), port=port) == 1

    told = capsys.readouterr().out
    assert f"Port {port} is taken" in told
    assert f"BABBLE_PORT={port + 1} make run" in told


def test_an_address_of_another_machine_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert serve(make_settings(tmp_path), host="192.0.2.1", port=8000) == 1

    assert "Set BABBLE_HOST" in capsys.readouterr().out


def test_prices_that_cannot_be_used_are_named_before_anything_is_built(tmp_path: Path) -> None:
    missing = str(tmp_path / "prices.json")

    with pytest.raises(ValidationFailedError, match=r"BABBLE_PRICES_FILE .*prices\.json"):
        serve(make_settings(tmp_path, BABBLE_PRICES_FILE=missing))
