"""`test`: run an agent's tests for a pipeline: of a `.based` file with its tests beside it, or of an agent of this installation."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from babble_app.commands._console import say
from babble_app.commands._people import find_person
from babble_app.errors import BabbleError, NotFoundError
from babble_app.settings import get_settings

if TYPE_CHECKING:
    import argparse

    from babble_app.based.test_files import FileTest
    from babble_app.commands._console import Subparsers
    from babble_app.commands._test_report import Outcome
    from babble_app.services.runtime import Runtime

USAGE_ERROR = 2


def add(commands: Subparsers) -> None:
    """Add `test`."""
    test = commands.add_parser(
        "test", help="run an agent's tests; the exit code says whether all passed"
    )
    test.add_argument(
        "agent",
        metavar="AGENT",
        help="a .based file with its .tests.yaml beside it, or the id or slug of an agent of this installation",
    )
    test.add_argument("--tests", metavar="FILE", help="the tests of a .based file, if elsewhere")
    test.add_argument("--email", default="", help="whose agent; not needed with a single account")
    test.add_argument(
        "--live", metavar="MODEL", default="", help="run the tests that ask a model too, with it"
    )
    test.add_argument(
        "--coverage", action="store_true", help="show which conditions no test has taken"
    )
    test.add_argument("--junit", metavar="FILE", help="write the results as JUnit XML too")
    test.set_defaults(command=_test)


def _test(options: argparse.Namespace) -> int:
    from babble_app.commands import _test_report

    try:
        outcome = _outcome(options)
        if options.junit:
            Path(options.junit).write_text(_test_report.junit(outcome), encoding="utf-8")
    except (OSError, UnicodeDecodeError, BabbleError) as error:
        say(f"{error}", file=sys.stderr)
        return USAGE_ERROR
    for line in _test_report.lines(outcome, coverage=options.coverage):
        say(line)
    return 0 if outcome.passed else 1


def _outcome(options: argparse.Namespace) -> Outcome:
    from babble_app.based.test_files import read_tests

    path = Path(options.agent)
    if path.suffix != ".based" and not path.is_file():
        return asyncio.run(_run_agent(options))
    beside = path.with_name(f"{path.stem}.tests.yaml")
    text = path.read_text(encoding="utf-8")
    tests = read_tests(Path(options.tests or beside).read_text(encoding="utf-8"))
    return asyncio.run(_run_file(str(path), text, tests, options.live))


async def _run_file(name: str, text: str, tests: list[FileTest], model: str) -> Outcome:
    from babble_app.commands._test_report import Outcome
    from babble_app.llm.catalogue import Models
    from babble_app.services import test_replays

    models = Models(get_settings())
    try:
        client = None
        if model:
            provider = model.partition("/")[0]
            client = models.open(model, models.environment_credential(provider))
        report = await test_replays.run_file(text, tests, client)
    finally:
        await models.close()
    skipped = () if model else tuple(one.name for one in tests if one.kind != "replay")
    return Outcome(name, text, report, skipped)


async def _run_agent(options: argparse.Namespace) -> Outcome:
    from babble_app.services.runtime import running

    async with running(get_settings()) as rt:
        return await _run_owned(rt, options)


async def _run_owned(rt: Runtime, options: argparse.Namespace) -> Outcome:
    from babble_app.commands._test_report import Outcome
    from babble_app.services import agent_tests, test_runs

    owner_id = await find_person(
        rt, options.email, "Say with --email whose agent it is, or name a .based file."
    )
    agent_id = await _agent(rt, owner_id, options.agent)
    report = await test_runs.run_tests(
        rt, owner_id, agent_id, live=bool(options.live), model=options.live
    )
    tests = await agent_tests.list_tests(rt, owner_id, agent_id)
    skipped = () if options.live else tuple(one.name for one in tests if one.kind != "replay")
    program = await test_runs.find_program(rt, owner_id, agent_id, None)
    return Outcome(options.agent, program.text, report, skipped)


async def _agent(rt: Runtime, owner_id: str, name: str) -> str:
    from babble_app.store import agents as rows

    async with rt.database.reading() as db:
        agents = await rows.list_agents(db, owner_id)
    found = [agent.id for agent in agents if name in {agent.id, agent.slug}]
    if len(found) == 1:
        return found[0]
    if found:
        message = f"Several agents are called {name}: {', '.join(found)}. Name one by its id."
        raise NotFoundError(message)
    raise NotFoundError(f"There is no file and no agent {name}.")
