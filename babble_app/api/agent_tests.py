"""Tests of agents: kept conversations, scripted and simulated users, what came of them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Response, status
from pydantic import StringConstraints

from babble_app.api._bodies import Id, ModelName, Name, Text, example
from babble_app.api._idempotency import Keyed
from babble_app.api._identity import Me, Rt
from babble_app.schemas.agent_tests import (
    AgentTest,
    Coverage,
    TestFix,
    TestKind,
    TestReport,
    TestResult,
    TestSpec,
)
from babble_app.schemas.base import Schema
from babble_app.services import (
    agent_tests,
    agents,
    limits,
    test_coverage,
    test_files,
    test_fixes,
    test_recording,
    test_runs,
)

router = APIRouter(prefix="/api", tags=["tests"])


class KeepBody(Schema):
    """What the test is called; empty: a name that says how the conversation began and where it led."""

    model_config = example(name="Two apple cakes")

    name: Annotated[Text, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class TestBody(Schema):
    """A test written by hand."""

    model_config = example(
        name="Orders two cakes",
        kind="scripted",
        spec={
            "turns": ["two apple cakes", "no thanks"],
            "assertions": [{"kind": "status", "value": "finished"}],
        },
    )

    name: Name
    kind: TestKind
    spec: TestSpec
    gating: bool = False


class TestChanges(Schema):
    """What shall be different; fields of `spec` that are left out stay as they are."""

    model_config = example(name="Orders two cakes", gating=True, spec={"exact": False})

    name: Name | None = None
    kind: TestKind | None = None
    gating: bool | None = None
    spec: dict[str, Any] | None = None


class VersionBody(Schema):
    """Which version; empty: the newest."""

    model_config = example(version_id="ver_4fzRkP0aYtQ8sLwUe1Gd")

    version_id: Id | None = None


class RunBody(VersionBody):
    """On what to run; empty: the newest version."""

    model: ModelName = ""
    """Of live tests: `provider/name`; empty: the caller's default."""


class RunAllBody(RunBody):
    """On what to run which tests."""

    model_config = example(live=False)

    live: bool = False
    """The tests that ask a model too; replays cost nothing and are always run."""


class FixBody(Schema):
    """In which chat to ask for the changes."""

    model_config = example(chat_id="cht_4fzRkP0aYtQ8sLwUe1Gd")

    chat_id: Id
    model: ModelName = ""
    """`provider/name`; empty: the chat's."""


class FixRequest(Schema):
    """A message for a chat about the agent."""

    text: str


class YamlBody(Schema):
    """Tests as YAML."""

    model_config = example(
        text="babble_tests: 1\ntests:\n- name: Hello\n  kind: scripted\n  turns: [hello]\n"
    )

    text: Annotated[Text, StringConstraints(max_length=5_000_000)]


class YamlResponse(Response):
    """A YAML file."""

    media_type = "application/yaml"


@router.get("/agents/{agent_id}/tests")
async def list_tests(rt: Rt, me: Me, agent_id: Id) -> list[AgentTest]:
    """List an agent's tests, the oldest first, each with what came of it last."""
    return await agent_tests.list_tests(rt, me.id, agent_id)


@router.post("/agents/{agent_id}/tests", status_code=status.HTTP_201_CREATED)
async def add_test(rt: Rt, me: Me, agent_id: Id, body: TestBody) -> AgentTest:
    """Add a test."""
    return await agent_tests.add_test(
        rt, me.id, agent_id, name=body.name, kind=body.kind, spec=body.spec, gating=body.gating
    )


@router.post("/sessions/{session_id}/keep", status_code=status.HTTP_201_CREATED)
async def keep_session(rt: Rt, me: Me, session_id: Id, body: KeepBody | None = None) -> AgentTest:
    """Make a replay test of a test conversation."""
    await limits.hit(rt, "compare", me.id)
    return await agent_tests.keep_as_test(rt, me.id, session_id, name=body.name if body else "")


@router.get("/tests/{test_id}")
async def get_test(rt: Rt, me: Me, test_id: Id) -> AgentTest:
    """Return a test with what came of it last."""
    return await agent_tests.get_test(rt, me.id, test_id)


@router.patch("/tests/{test_id}")
async def update_test(rt: Rt, me: Me, test_id: Id, body: TestChanges) -> AgentTest:
    """Change a test."""
    return await agent_tests.update_test(
        rt,
        me.id,
        test_id,
        name=body.name,
        kind=body.kind,
        gating=body.gating,
        changes=body.spec,
    )


@router.delete("/tests/{test_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_test(rt: Rt, me: Me, test_id: Id) -> None:
    """Delete a test with its results."""
    await agent_tests.delete_test(rt, me.id, test_id)


@router.post("/tests/{test_id}/run")
async def run_test(
    rt: Rt, me: Me, test_id: Id, keyed: Keyed, body: RunBody | None = None
) -> TestResult:
    """Run a test and return what came of it; a failed test is no failed request."""
    await limits.hit(rt, "check", me.id)
    wanted = body or RunBody()
    return await test_runs.run_test(
        rt, me.id, test_id, version_id=wanted.version_id, model=wanted.model, keyed=keyed
    )


@router.post("/agents/{agent_id}/tests/run")
async def run_tests(
    rt: Rt, me: Me, agent_id: Id, keyed: Keyed, body: RunAllBody | None = None
) -> TestReport:
    """Run all of an agent's replays, or with `live` all its tests."""
    await limits.hit(rt, "check", me.id)
    wanted = body or RunAllBody()
    return await test_runs.run_tests(
        rt,
        me.id,
        agent_id,
        version_id=wanted.version_id,
        live=wanted.live,
        model=wanted.model,
        keyed=keyed,
    )


@router.post("/tests/{test_id}/record")
async def record_test(
    rt: Rt, me: Me, test_id: Id, keyed: Keyed, body: RunBody | None = None
) -> AgentTest:
    """Record a replay again: what the agent does now is what it must do from now on."""
    await limits.hit(rt, "check", me.id)
    wanted = body or RunBody()
    return await test_recording.record_again(
        rt, me.id, test_id, version_id=wanted.version_id, model=wanted.model, keyed=keyed
    )


@router.post("/agents/{agent_id}/tests/generate", status_code=status.HTTP_201_CREATED)
async def generate_tests(
    rt: Rt, me: Me, agent_id: Id, body: VersionBody | None = None
) -> list[AgentTest]:
    """Add a test with a simulated user for each way through the program's conditions; asks no model."""
    await limits.hit(rt, "compare", me.id)
    return await test_coverage.generate(rt, me.id, agent_id, body.version_id if body else None)


@router.get("/agents/{agent_id}/coverage")
async def get_coverage(rt: Rt, me: Me, agent_id: Id, version_id: Id | None = None) -> Coverage:
    """Return which conditions and lines of a version (the newest when none is named) the tests have run."""
    await limits.hit(rt, "compare", me.id)
    return await test_coverage.coverage(rt, me.id, agent_id, version_id)


@router.get("/agents/{agent_id}/tests/export", response_class=YamlResponse)
async def export_tests(rt: Rt, me: Me, agent_id: Id) -> YamlResponse:
    """Return all of an agent's tests as YAML, to lie beside its `.based` file."""
    text = await test_files.export_yaml(rt, me.id, agent_id)
    agent = await agents.get_agent(rt, me.id, agent_id)
    name = f'attachment; filename="{agent.slug}.tests.yaml"'
    return YamlResponse(text, headers={"Content-Disposition": name})


@router.post("/agents/{agent_id}/tests/import", status_code=status.HTTP_201_CREATED)
async def import_tests(rt: Rt, me: Me, agent_id: Id, body: YamlBody) -> list[AgentTest]:
    """Add the tests of a YAML file, all or none; one with the name of another takes its place."""
    await limits.hit(rt, "check", me.id)
    return await test_files.import_yaml(rt, me.id, agent_id, body.text)


@router.post("/tests/{test_id}/fix-request")
async def make_fix_request(rt: Rt, me: Me, test_id: Id) -> FixRequest:
    """Return a failed test as a message that asks for what makes it pass; 409 when it does not fail."""
    await limits.hit(rt, "check", me.id)
    return FixRequest(text=await test_fixes.fix_request(rt, me.id, test_id))


@router.post("/tests/{test_id}/fix", status_code=status.HTTP_202_ACCEPTED)
async def fix_test(rt: Rt, me: Me, test_id: Id, body: FixBody, keyed: Keyed) -> TestFix:
    """Ask in a chat for changes until the test passes, five at the most, each a version or a proposal."""
    return await test_fixes.start_fix(
        rt, me.id, test_id, body.chat_id, model=body.model, keyed=keyed
    )


@router.get("/tests/{test_id}/fix")
async def get_fix(rt: Rt, me: Me, test_id: Id) -> TestFix:
    """Return where the fixing of a test stands."""
    return await test_fixes.get_fix(rt, me.id, test_id)


@router.post("/tests/{test_id}/fix/stop")
async def stop_fix(rt: Rt, me: Me, test_id: Id) -> TestFix:
    """Stop the fixing of a test."""
    return await test_fixes.stop_fix(rt, me.id, test_id)
