"""The demo model behind a real socket answers as it does in the process, whatever the wire."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from babble_app.agents.prompt_texts import render
from babble_app.llm.demo.client import DemoClient
from babble_app.schemas.models import ModelMessage, ModelRequest, Task
from tests.fakes.brain import demo_rule, find_task, prompt_starts
from tests.integration.llm.clients import collect, opened, text_of

ROOT = Path(__file__).parents[3]
BUILD = ModelRequest(
    task="build",
    messages=(
        ModelMessage(role="system", text=render("builder", today="2026-11-21", guide="")),
        ModelMessage(role="user", text="A bot for a bakery that asks for name and phone number."),
    ),
)


def test_every_task_is_known_by_its_prompt():
    assert {*prompt_starts().values(), "talk"} == set(get_args(Task))
    triage = render("triage", situation="There is no agent yet.", files="", example="{}")
    assert find_task(triage) == "triage"
    assert find_task(render("talk", prompt="Hi", data="", context="", exits="")) == "talk"


async def test_the_demo_model_answers_through_every_wire(wire, server):
    server.script.rules.append(demo_rule())

    async with opened(wire, server, idle=30, first_token=30, total=60) as client:
        events, error = await collect(client, BUILD)

    assert error is None
    assert text_of(events) == (await DemoClient().complete(BUILD)).text
    assert "```based" in text_of(events)


@pytest.mark.parametrize("arguments", [["--brain", "demo"], ["--script", "{script}"]])
def test_the_server_runs_by_itself_and_prints_its_address(arguments, tmp_path):
    script = tmp_path / "script.json"
    script.write_text('{"queue": ["hello"], "rules": [{"when": {"user": "x"}, "answer": "y"}]}')
    command = [sys.executable, "-m", "tests.fakes.model_server", "--port", "0"]
    command += [argument.format(script=script) for argument in arguments]

    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        line = process.stdout.readline()
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()

    assert line.startswith("listening on http://127.0.0.1:")
    assert int(line.rpartition(":")[2]) > 0
