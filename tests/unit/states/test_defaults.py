"""Default values of states are compiled into a file that every visitor loads: they may hold nothing of anybody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent.parent
CANARY = "canary-9f3b7c"
PRINT_DEFAULTS = """
import babble_app.babble_app
from reflex.compiler.utils import compile_state
from reflex.state import State
from reflex.utils.format import json_dumps

print(json_dumps(compile_state(State)))
"""


def test_no_default_value_holds_a_secret_or_a_setting_of_the_server(tmp_path: Path) -> None:
    secrets = (
        "BABBLE_SECRET_KEY",
        "BABBLE_MASTER_KEY",
        "BABBLE_ADMIN_KEY",
        "OPENAI_API_KEY",
        "BABBLE_ADMIN_EMAIL",
    )
    environment = {
        **os.environ,
        **dict.fromkeys(secrets, CANARY),
        "DATABASE_URL": f"sqlite:///{tmp_path}/{CANARY}.db",
        "BABBLE_DATA_DIR": str(tmp_path / CANARY),
    }

    done = subprocess.run(
        [sys.executable, "-c", PRINT_DEFAULTS],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    defaults = json.loads(done.stdout.splitlines()[-1])
    assert any("workspaces_state" in name for name in defaults)
    assert CANARY not in done.stdout
    assert not any("session_state" in name and values for name, values in defaults.items())
