"""`python -m babble_app test`: a pipeline's view of an agent's tests."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from babble_app.__main__ import main
from babble_app.based.parser import parse
from babble_app.based.recording import Recorded
from babble_app.based.test_files import FileTest, write_tests
from babble_app.schemas.agent_tests import TestSpec
from babble_app.services import agent_tests
from babble_app.services.runtime import running
from babble_app.settings import get_settings
from tests.factories import make_agent, make_user, make_workspace
from tests.unit.based.helpers import BAKERY, leave, run, user, value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ORDER = [
    user("two apple cakes"),
    leave("the_customer_names_a_cake"),
    value({"cake": "apple", "count": 2}),
    user("no thanks"),
    leave("the_customer_leaves"),
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty place with settings of its own."""
    for name in ("DATABASE_URL", "OLLAMA_HOST", "BABBLE_CUSTOM_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BABBLE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    get_settings.cache_clear()
    yield tmp_path
    get_settings.cache_clear()


def spec() -> TestSpec:
    recorded = Recorded(parse(BAKERY), run(BAKERY, ORDER).log)
    return TestSpec(
        turns=tuple(recorded.turns),
        recording=recorded.recording,
        assertions=recorded.assertions(),
    )


def write(folder: Path, program: str = BAKERY) -> str:
    replay = FileTest(name="Two cakes", kind="replay", **dict(spec()))
    live = FileTest(name="Says hello", kind="scripted", turns=("hello",), runs=1)
    (folder / "bakery.based").write_text(program)
    (folder / "bakery.tests.yaml").write_text(write_tests([replay, live]))
    return "bakery.based"


def test_a_file_whose_tests_pass_ends_with_0(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["test", write(folder), "--coverage"]) == 0

    out = capsys.readouterr().out.splitlines()
    assert out == [
        "bakery.based",
        "  pass   Two cakes",
        "  skip   Says hello (asks a model; run it with --live MODEL)",
        "coverage: 2 of 2 conditions, 4 of 4 lines of handlers",
        "1/1 pass",
    ]


def test_a_failed_and_a_stale_test_end_with_1_and_say_why(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = main(["test", write(folder, BAKERY.replace("Goodbye!", "Go away!"))])
    told = capsys.readouterr().out
    stale = main(["test", write(folder, BAKERY.replace("the customer leaves", "they leave"))])

    assert (failed, stale) == (1, 1)
    assert "FAIL   Two cakes\n         Not as recorded" in told
    assert "! agent: Goodbye!  |  agent: Go away!" in told
    assert told.endswith("0/1 pass; 1 changed\n")
    assert "stale  Two cakes" in capsys.readouterr().out


def test_live_tests_run_with_a_model_and_without_a_database(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["test", write(folder), "--live", "demo/based"]) == 0

    assert "pass   Says hello (1/1 tries)" in capsys.readouterr().out
    assert not (folder / "data").exists()


def test_the_results_are_written_as_junit_xml(folder: Path) -> None:
    main(["test", write(folder, BAKERY.replace("Goodbye!", "\x01")), "--junit", "out.xml"])

    suite = ElementTree.parse(folder / "out.xml").getroot()  # noqa: S314 - our own
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("2", "1", "1")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.based"], "none.based"),
        (["bakery.based", "--tests", "none.yaml"], "none.yaml"),
        (["bakery.based", "--tests", "bakery.based"], "Line 2"),
        (["bakery.based", "--live", "nobody/nothing"], "nobody"),
        (["no-agent"], "--email"),
        (["no-agent", "--email", "ada@example.com"], "no account"),
    ],
)
def test_what_cannot_be_run_ends_with_2(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    write(folder)

    assert main(["test", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_an_agent_of_this_installation_is_tested_by_its_slug(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fill() -> None:
        async with running(get_settings()) as rt:
            owner = (await make_user(rt)).id
            _, workspace = await make_workspace(rt, owner)
            version = await make_agent(rt, owner, workspace.id, name="Bakery", program=BAKERY)
            await agent_tests.add_test(
                rt, owner, version.agent_id, name="Two cakes", kind="replay", spec=spec()
            )

    asyncio.run(fill())

    assert main(["test", "bakery"]) == 0
    assert "pass   Two cakes" in capsys.readouterr().out
    assert main(["test", "cakery"]) == 2
    assert "no agent cakery" in capsys.readouterr().err
