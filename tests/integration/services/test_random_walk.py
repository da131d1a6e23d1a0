"""Whatever is done to an agent, every version stays as it was written."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.factories import make_workspace
from tests.integration.services.random_walk import ACTS, Walk

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime
    from tests.databases import Source

SEED = 20261121
STEPS = 150
"""`benchmarks/versions.py` does 1,000."""


@pytest.fixture
def source(sqlite: Source) -> Source:
    """One kind of database is enough: what is tested is above it."""
    return sqlite


async def test_after_random_acts_every_version_is_as_it_was_written(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)
    walk = Walk(rt, owner, Random(SEED))  # noqa: S311 - a walk that can be walked again

    await walk.begin(workspace.id)
    for _ in range(STEPS):
        await walk.step()
    await walk.finish()

    assert set(walk.seconds) == {act.__name__ for act in ACTS}
    assert len(walk.made) > STEPS // 4
