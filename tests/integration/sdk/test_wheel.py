"""A wheel of the client alone, in an environment that has httpx and pydantic and nothing of ours, talks to a running server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import babble_app
from tests.integration.api.app_people import BIKE_SHOP, make_host_app

if TYPE_CHECKING:
    from tests.integration.api.conftest import LiveServer, Person

ROOT = Path(str(babble_app.__file__)).parents[1]
CONVERSATION = """
import importlib.util, json, sys
import babble_app
from babble_app.sdk import BrainClient, DeltaEvent

with BrainClient() as brain:
    session = brain.session()
    said = [session.ask("My bell is broken")]
    said.append("".join(e.text for e in session.stream("It is red") if isinstance(e, DeltaEvent)))
    said.append(session.ask("Goodbye!"))
print(json.dumps({
    "said": said,
    "package": getattr(babble_app, "__file__", None),
    "server": importlib.util.find_spec("babble_app.settings") is not None,
    "loaded": [name for name in ("litellm", "fastapi", "reflex", "sqlalchemy") if name in sys.modules],
}))
"""

NOWHERE = """
from babble_app.sdk import BrainClient, UnreachableError

try:
    BrainClient().ask("Hello")
except UnreachableError as error:
    print(error)
"""
WITH_THE_SERVER = """
import os, sys

sys.path.append(os.environ["SERVER"])
import babble_app.sdk, babble_app.errors

print(babble_app.sdk.__file__)
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a fresh environment with the wheel, httpx, pydantic and what those need."""
    folder = tmp_path_factory.mktemp("wheel")
    # Built by the hatchling that is installed here, and without an index: nothing is downloaded.
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    alone = ["--no-deps", "--no-index", "--quiet"]
    build = [*pip, "wheel", *alone, "--no-build-isolation", "--wheel-dir", folder]
    subprocess.run([*build, ROOT / "babble_app" / "sdk"], check=True)
    venv.create(folder / "env", with_pip=False)
    [packages] = (folder / "env" / "lib").glob("python*/site-packages")
    for name in _needed({"httpx", "pydantic"}):
        _borrow(name, packages)
    [wheel] = folder.glob("*.whl")
    subprocess.run([*pip, "install", *alone, "--target", packages, wheel], check=True)
    return folder / "env" / "bin" / "python"


def test_an_installed_wheel_holds_a_conversation_of_three_turns(
    server: LiveServer, person: Person, python: Path, tmp_path: Path
) -> None:
    host = make_host_app(server, person.user.id, program=BIKE_SHOP)
    environment = {"BABBLE_BASE_URL": server.url, "BABBLE_TOKEN": host.token.token}

    found = json.loads(_run(python, CONVERSATION, tmp_path, environment))

    assert found["said"][0].startswith("Welcome to the bike shop.")
    assert found["said"][2] == "Ride safely!"
    assert (found["package"], found["server"], found["loaded"]) == (None, False, [])


def test_without_a_server_in_reach_the_client_says_so(python: Path, tmp_path: Path) -> None:
    assert "base_url=" in _run(python, NOWHERE, tmp_path)


def test_where_the_server_is_too_its_own_package_counts(python: Path, tmp_path: Path) -> None:
    """The wheel has no `babble_app/__init__.py`, so a whole `babble_app` wins over it from any place on the path."""
    found = _run(python, WITH_THE_SERVER, tmp_path, {"SERVER": str(ROOT)})

    assert Path(found.strip()) == ROOT / "babble_app/sdk/__init__.py"


def _run(
    python: Path, program: str, folder: Path, environment: dict[str, str] | None = None
) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [python, "-W", "error", "-c", program],
        cwd=folder,
        env={**kept, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _needed(names: set[str]) -> set[str]:
    """Return the names with all that they require by themselves."""
    found: set[str] = set()
    left = set(names)
    while left:
        name = left.pop()
        found.add(name)
        for requirement in metadata.requires(name) or ():
            required = re.match(r"[\w.-]+", requirement)
            if required and "extra ==" not in requirement and _is_installed(required[0]):
                left |= {required[0]} - found
    return found


def _is_installed(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False  # for another Python or another system
    return True


def _borrow(name: str, packages: Path) -> None:
    """Link the installed distribution's files into the environment."""
    distribution = metadata.distribution(name)
    for top in {file.parts[0] for file in distribution.files or () if file.parts[0] != ".."}:
        link = packages / top
        if not link.exists() and top != "__pycache__":
            link.symlink_to(Path(str(distribution.locate_file(top))))
