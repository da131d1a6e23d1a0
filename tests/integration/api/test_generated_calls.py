"""Calls that schemathesis makes up from the OpenAPI document, fitting and not: whatever comes, no failure is the server's.

A run that looks for more: `BABBLE_GENERATED_CALLS=50`, so many calls of each operation, others each time.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from babble_app.schemas.accounts import LOGIN_COOKIE
from babble_app.services import accounts, apps
from babble_app.services.limits import Limiter
from tests.integration.api.conftest import PASSWORD, make_person, make_settings, serve
from tests.integration.api.test_matrix import FIXED, make_everything

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.services.limits import Act
    from tests.integration.api.conftest import LiveServer

ROOT = Path(__file__).parents[3]
ASKED = int(os.environ.get("BABBLE_GENERATED_CALLS", "0"))
CHECKED = (
    *("--checks", "failure_is_not_ours", "--warnings", "off", "--no-color"),
    *("--request-timeout", "60"),
)
QUICK = ("--phases", "examples,fuzzing", "--max-examples", "1", "--generation-deterministic")
THOROUGH = (
    *("--phases", "examples,coverage,fuzzing", "--max-examples", str(ASKED)),
    *("--generation-database", "none"),
)
OF_APPS = "^/(v1/|api/v1/(?!admin))"
"""Paths that take an app's token."""
UNDOING = (
    "POST /api/auth/logout",
    "POST /api/auth/password",
    "DELETE /api/auth/logins",
    "DELETE /api/auth/logins/{login_id}",
    "DELETE /api/auth/me",
)
"""Take the credential of all further calls away."""
ENDLESS = ("GET /api/v1/sessions/{session_id}/events",)


class NoLimits(Limiter):
    """Lets everything through, so that no call is refused before it reaches anything."""

    def hit(self, act: Act, who: str) -> None:
        """Count nothing."""

    def hit_rate(self, act: str, who: str, per_minute: int) -> None:
        """Count nothing."""


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server that lets everybody come as often as they like."""
    with serve(make_settings(tmp_path_factory.mktemp("generated"))) as live:
        live.runtime.limiter = NoLimits()
        yield live


@pytest.mark.parametrize("who", ["owner", "key", "app"])
@pytest.mark.timeout(120 + 30 * ASKED)
def test_no_call_makes_the_server_fail(
    patient: LiveServer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    who: Literal["owner", "key", "app"],
) -> None:
    """The owner, logged in, calls things that are there, a personal key things that are not, an app's token its conversations."""
    headers, ids = make_caller(patient, who)
    (tmp_path / "schemathesis.toml").write_text(configured(ids), encoding="utf-8")
    left_out = [*UNDOING, *ENDLESS]
    options = [
        *(part for header in headers for part in ("--header", header)),
        *(part for name in left_out for part in ("--exclude-name", name)),
        *("--include-path-regex" if who == "app" else "--exclude-path-regex", OF_APPS),
        # A thing that is there goes on being there for the calls that follow.
        *(("--exclude-method", "DELETE") if who == "owner" else ()),
        *(THOROUGH if ASKED else QUICK),
    ]
    program = Path(sys.executable).parent / "schemathesis"
    command = [program, "run", f"{patient.url}/openapi.json", *CHECKED, *options]

    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert not [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]


def make_caller(server: LiveServer, who: str) -> tuple[list[str], dict[str, str]]:
    """Make somebody who has one of each thing; return the headers that they send, and what stands in paths."""
    rt, person = server.runtime, make_person(server, "admin")
    with person.client as client:
        ids = {**FIXED, **make_everything(server, person)}
        server.call(apps.update_app(rt, person.user.id, ids["app_id"], takes_files=True))
        ids["conversation_id"] = ids["visit_id"]
        match who:
            case "owner":
                login = server.call(
                    accounts.log_in(
                        rt, email=person.user.email, password=PASSWORD, address="", user_agent=""
                    )
                )
                return [f"Cookie: {LOGIN_COOKIE}={login.token}", f"Origin: {server.url}"], ids
            case "key":
                made = client.post("/api/settings/api-keys", json={"name": "generated"}).json()
                return [f"Authorization: Bearer {made['key']}"], {}
            case _:
                visit = {"session_id": ids["visit_id"], "message_id": ids["reply_id"]}
                header = f"Authorization: Bearer {ids['app_token']}"
                return [header], {**visit, "name": "app"}


def configured(ids: dict[str, str]) -> str:
    """Write what schemathesis reads before it begins."""
    fixed = "".join(f'"path.{name}" = {json.dumps(value)}\n' for name, value in ids.items())
    hooks = "tests.integration.api.generated_checks"
    return f'hooks = "{hooks}"\n[auth]\nauto-signup = false\n[parameters]\n{fixed}'
