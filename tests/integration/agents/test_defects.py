"""Builder and iterator recover from each kind of wrong answer; what the model is told is compared with a stored transcript.

The transcripts are written anew by `BABBLE_WRITE_TRANSCRIPTS=1 pytest tests/integration/agents/test_defects.py`; look at the
difference before you commit it.
"""

from __future__ import annotations

import os
from contextlib import aclosing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from babble_app.agents import orchestrator
from babble_app.schemas.models import Image, ModelMessage
from tests.fakes.defects import BUILD_REQUEST, DEFECTS, NEVER_RIGHT, ORDERS, REQUEST
from tests.fakes.model_server import ModelServer
from tests.fakes.recovery import recover
from tests.fakes.scripted_client import ScriptedClient
from tests.integration.llm.clients import opened
from tests.unit.agents.agent_requests import make_file, make_request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.agents.request import AgentRequest
    from tests.fakes.defects import Defect

FOLDER = Path(__file__).parent / "transcripts"
MAX_RETRIES = 2
HISTORY = (
    ModelMessage(role="user", text="What can you do?"),
    ModelMessage(role="assistant", text="I write agents. Shall it be one for a bakery?"),
)
MENU = make_file("menu.pdf", "Cakes: apple 3 euros, cherry 4 euros.", "Tea 2 euros.", kind="pdf")
PICTURE = make_file("cake.png", kind="image", image=Image(media_type="image/png", data=b"png"))
BOOK = make_file("book.txt", "Chapter 1. The whale swims. " * 1000)


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
async def test_a_model_recovers_when_it_is_told_what_is_wrong(
    defect: Defect, server: ModelServer
) -> None:
    async with opened("openai", server) as client:
        recovery = await recover(defect, client, server)

    compare(defect.name, recovery.transcript)
    assert recovery.program == defect.program
    assert recovery.retries <= MAX_RETRIES
    assert not server.script.queue


async def test_after_the_whole_ladder_nothing_is_saved(server: ModelServer) -> None:
    async with opened("openai", server) as client:
        recovery = await recover(NEVER_RIGHT, client, server)

    compare(NEVER_RIGHT.name, recovery.transcript)
    assert (recovery.program, recovery.retries) == ("", 4)


@pytest.mark.parametrize(
    ("name", "request_"),
    [
        ("first-build", make_request(BUILD_REQUEST, files=(MENU, PICTURE), history=HISTORY)),
        ("first-change", make_request(REQUEST, program=ORDERS, files=(MENU,), edited_by_hand=True)),
        (
            "first-answer",
            make_request("Which cakes are in the menu?", program=ORDERS, files=(MENU,)),
        ),
        ("first-triage", make_request("Kuchen, bitte", files=(BOOK, MENU), history=HISTORY)),
    ],
)
async def test_what_a_model_is_told_first(name: str, request_: AgentRequest) -> None:
    client = ScriptedClient("Well, well.")
    with suppress(AssertionError):  # no second answer is wanted
        async with aclosing(orchestrator.run(client, request_)) as events:
            async for _ in events:
                pass

    told = [f"=== {one.role}\n{one.text}" for one in client.prompts[0].messages[1:]]
    compare(name, "\n".join(told) + "\n")


def test_every_transcript_is_of_something_that_is_compared() -> None:
    firsts = {f"first-{name}" for name in ("build", "change", "answer", "triage")}
    names = {defect.name for defect in (*DEFECTS, NEVER_RIGHT)} | firsts
    assert {path.stem for path in FOLDER.glob("*.txt")} == names
    assert len({defect.kind for defect in DEFECTS}) >= 20


def compare(name: str, transcript: str) -> None:
    """Compare with what is stored, word for word, or store it."""
    path = FOLDER / f"{name}.txt"
    if os.environ.get("BABBLE_WRITE_TRANSCRIPTS"):
        path.write_text(transcript, encoding="utf-8")
    assert transcript == path.read_text(encoding="utf-8")
