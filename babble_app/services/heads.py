"""Going on top of an agent: the row of its next version, its place at the head, and the tests that run on it."""

from __future__ import annotations

from logging import getLogger
from typing import TYPE_CHECKING, Any

from babble_app.errors import BabbleError
from babble_app.services import test_runs
from babble_app.services.programs import contents
from babble_app.store import agents as rows
from babble_app.store.tables.agents import VersionRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.agent_tests import TestBadge
    from babble_app.schemas.agents import Version
    from babble_app.schemas.findings import Finding
    from babble_app.services.runtime import Runtime

logger = getLogger(__name__)


async def next_version(
    parent: VersionRow, text: str, findings: Sequence[Finding], **facts: Any
) -> VersionRow:
    """Return the row of a version on top of `parent`, not stored yet."""
    return VersionRow(
        owner_id=parent.owner_id,
        agent_id=parent.agent_id,
        number=parent.number + 1,
        parent_id=parent.id,
        **facts,
        **await contents(rows.unpacked(parent.text_zlib), text, findings),
    )


async def put_on_top(rt: Runtime, owner_id: str, version: VersionRow) -> Version:
    """Make the version the head of its agent, run the tests on it, and return it.

    Raises:
        ConflictError: its parent is not the head any more; `head` is.
    """
    async with rt.database.unit_of_work() as db:
        await rows.put_on_top(db, owner_id, version)
    return await tested(rt, version)


async def tested(rt: Runtime, version: VersionRow) -> Version:
    """Run the replay tests on a version that was just stored, and return it with how they ended."""
    shape = rows.version_shape(version)
    try:
        badge = await run_replays(
            rt, version.owner_id, version.agent_id, shape.text, version_id=version.id
        )
    except BabbleError as error:
        # The version is stored; it is shown without a badge, and the gate runs its tests again.
        logger.warning("version %s could not be tested: %s", version.id, error)
        return shape
    return shape.model_copy(update={"tests": badge})


async def run_replays(
    rt: Runtime, owner_id: str, agent_id: str, text: str, *, version_id: str | None = None
) -> TestBadge | None:
    """Run the agent's replay tests on a program and return how they ended; None when it has none."""
    report = await test_runs.run_replays(rt, owner_id, agent_id, text=text, version_id=version_id)
    return report.badge if report.badge.total else None
