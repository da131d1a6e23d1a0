"""Runs JavaScript of ours in Node, so that what needs no browser is tested without one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
EMBED = ROOT / "babble_app" / "components" / "embed"
LOADER = ROOT / "assets" / "babble-buddy"
NODE = Path(sys.executable).parent / "node"


def run(module: Path, names: str, expression: str, **values: Any) -> Any:
    """Return what an expression makes of a module's exports; `values` are known to it by their names."""
    script = (
        f"import {{ {names} }} from {json.dumps(module.as_uri())};\n"
        f"const {{ {', '.join(values) or '_'} }} = JSON.parse(process.argv[1]);\n"
        f"process.stdout.write(JSON.stringify(await ({expression})));"
    )
    done = subprocess.run(
        [str(NODE), "--no-warnings", "--input-type=module", "--eval", script, json.dumps(values)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
