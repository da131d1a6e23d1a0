"""LiteLLM in the process costs no one an answer's time, and is there only where somebody needs it."""

from __future__ import annotations

import gc
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from babble_app.llm import litellm_client

if TYPE_CHECKING:
    from pathlib import Path

IMPORT_SECONDS = 90
SERVER = """
import asyncio, sys, threading
from babble_app.services import keys, models, startup
from babble_app.services.runtime import running
from babble_app.settings import Settings
from tests.factories import make_user

def wanted():
    return any(thread.name == "import-litellm" for thread in threading.enumerate()) or "litellm" in sys.modules

async def main(how):
    startup.WARM_AFTER_SECONDS = 0.0
    environment = {"ANTHROPIC_API_KEY": "sk-ant-x"} if how == "environment" else {}
    settings = Settings(_env_file=None, BABBLE_DATA_DIR=sys.argv[2], DATABASE_URL="", **environment)
    async with running(settings) as rt:
        person = await make_user(rt)
        if how == "stored":
            await keys.set_key(rt, person.id, "anthropic", "sk-ant-x")
    async with startup.serving(settings) as rt:
        while not any(thread.name == "load-tables" for thread in threading.enumerate()):
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.05)
        print(wanted())

asyncio.run(main(sys.argv[1]))
"""


def test_collections_of_garbage_leave_the_library_out() -> None:
    litellm_client.loading().result(IMPORT_SECONDS)

    assert gc.get_freeze_count() > 100_000


@pytest.mark.parametrize(
    ("how", "loads"), [("none", False), ("stored", True), ("environment", True)]
)
def test_a_server_loads_it_at_its_start_where_a_key_needs_it(
    tmp_path: Path, how: str, loads: bool
) -> None:
    command = [sys.executable, "-c", SERVER, how, str(tmp_path)]

    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)

    assert told.stdout.split()[-1] == str(loads)
