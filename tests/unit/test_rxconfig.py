"""Reflex's configuration, as it comes out of the environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PRINT_CONFIG = """
import json
from rxconfig import config

print(json.dumps({name: getattr(config, name) for name in ("cors_allowed_origins", "telemetry_enabled", "show_built_with_reflex")}))
"""


def read_config(**variables: str) -> dict[str, object]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("BABBLE_")
    }
    done = subprocess.run(
        [sys.executable, "-c", PRINT_CONFIG],
        cwd=ROOT,
        env=environment | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_only_our_own_origins_may_call_and_a_star_never_counts() -> None:
    config = read_config(
        BABBLE_PORT="8111",
        BABBLE_PUBLIC_URL="https://babble.example/",
        BABBLE_ALLOWED_ORIGINS="*, https://b.example",
    )

    assert config["cors_allowed_origins"] == [
        "https://babble.example",
        "https://b.example",
        "http://localhost:8111",
        "http://127.0.0.1:8111",
    ]


def test_nothing_is_told_to_others() -> None:
    config = read_config()

    assert config["telemetry_enabled"] is False
    assert config["show_built_with_reflex"] is False


def test_the_lock_of_the_javascript_packages_names_no_registry() -> None:
    lock = json.loads((ROOT / "reflex.lock" / "package-lock.json").read_text())

    packages = lock["packages"].values()
    assert all("resolved" not in package for package in packages)
    assert sum("integrity" in package for package in packages) > 50


def test_the_project_names_no_registry() -> None:
    for name in (".npmrc", "bunfig.toml", "rxconfig.py"):
        text = (ROOT / name).read_text()

        assert "registry=" not in text.replace("omit-lockfile-registry-resolved=", ""), name
        assert "http" not in text.replace("https://github.com/", ""), name
