import time
from typing import get_args

import pytest

from babble_app.llm.client import ModelClient
from babble_app.llm.demo.client import DemoClient
from babble_app.schemas.models import ModelDone, ModelMessage, ModelRequest, Task, TextPart


def make_request(text, task="answer"):
    return ModelRequest(messages=(ModelMessage(role="user", text=text),), task=task)


async def test_it_streams_small_pieces_and_one_end():
    client: ModelClient = DemoClient(pace=0)

    parts = [part async for part in client.stream(make_request("hello"))]

    assert isinstance(parts[-1], ModelDone)
    texts = [part.text for part in parts[:-1] if isinstance(part, TextPart)]
    assert len(texts) == len(parts) - 1 > 20
    assert "".join(texts) == (await client.complete(make_request("hello"))).text
    assert parts[-1].usage.output_tokens > 0
    assert parts[-1].model == client.name == "demo/based"


async def test_the_pace_slows_the_pieces():
    began = time.monotonic()

    count = len([part async for part in DemoClient(pace=500).stream(make_request("thanks"))])

    assert time.monotonic() - began >= (count - 1) / 500


@pytest.mark.parametrize("task", get_args(Task))
@pytest.mark.parametrize("text", ["", "?", "x" * 5000, "\ud800 {}", "<input>", "Round 2 of 5."])
async def test_no_task_fails_on_odd_input(task, text):
    answer = await DemoClient(pace=0).complete(make_request(text, task))

    assert answer.text or answer.tool_calls or task in {"rephrase"}
