"""Runs tests on a program's text alone: nothing is read, and nothing is kept."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from babble_app.based import parser
from babble_app.based.outline import outline
from babble_app.based.replay import replay
from babble_app.based.report import InvalidProgramError
from babble_app.schemas.agent_tests import TestReport, TestResult, TestSpec
from babble_app.services import live_tests
from babble_app.services.test_reports import make_report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.based.test_files import FileTest
    from babble_app.llm.client import ModelClient

REPLAY_SECONDS = 30.0
"""For all replays of one program together; those that do not get their turn by then are errors."""


def replay_all(text: str, specs: Sequence[TestSpec]) -> list[TestResult]:
    """Replay tests on a program, which need not be valid, one after the other."""
    if not specs:
        return []
    try:
        program = parser.parse(text)
    except InvalidProgramError as error:
        problem = f"The program is not valid: {error}"
        return [TestResult(status="error", problems=(problem,)) for _ in specs]
    shape = outline(program)
    end = time.monotonic() + REPLAY_SECONDS
    late = f"Not run: the tests before it took more than {REPLAY_SECONDS:g} seconds."
    return [
        replay(program, spec, shape)
        if time.monotonic() < end
        else TestResult(status="error", problems=(late,), runs=0)
        for spec in specs
    ]


async def run_file(text: str, tests: Sequence[FileTest], model: ModelClient | None) -> TestReport:
    """Run tests of a file on a program: the replays, and with a model all."""
    results: list[TestResult] = []
    for one in tests:
        if one.kind == "replay":
            (found,) = await asyncio.to_thread(replay_all, text, [one.spec])
        elif model is not None:
            found = await live_tests.run(model, text, one.kind, one.spec)
        else:
            continue
        about = {"name": one.name, "kind": one.kind, "gating": one.gating}
        results.append(found.model_copy(update=about))
    return make_report(results)
