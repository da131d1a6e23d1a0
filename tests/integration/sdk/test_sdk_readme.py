"""What the client's README shows can be done: every example runs against a real server, with the demo model."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from babble_app import sdk
from babble_app.sdk import errors

if TYPE_CHECKING:
    from tests.integration.api.app_people import HostApp
    from tests.integration.api.conftest import LiveServer

README = (Path(sdk.__file__).parent / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
WITHOUT_A_SERVER = [example for example in EXAMPLES if "data_dir" in example]


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_runs(
    server: LiveServer,
    host: HostApp,
    number: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if EXAMPLES[number] in WITHOUT_A_SERVER:
        pytest.skip("runs in test_local.py, in a process of its own")
    monkeypatch.setenv("BABBLE_BASE_URL", server.url)
    monkeypatch.setenv("BABBLE_TOKEN", host.token.token)

    exec(compile(EXAMPLES[number], f"example {number}", "exec"), {})  # noqa: S102 - ours

    assert "demo model" in capsys.readouterr().out


def test_the_examples_are_found() -> None:
    assert len(EXAMPLES) >= 6
    assert len(WITHOUT_A_SERVER) == 1


def test_every_failure_is_in_the_table() -> None:
    kinds = {
        name
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.BrainError)
    }
    told = set(re.findall(r"`(\w+Error)`", README))

    assert kinds == told
    assert kinds <= set(sdk.__all__)
