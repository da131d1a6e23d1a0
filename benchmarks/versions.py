"""Versions under random acts: nothing written ever changes, every difference leads where it says, and what an act costs.

    .venv/bin/python benchmarks/versions.py [--steps 1000] [--versions 50] [--seed 1]

Prints: after so many random acts (edits, hand edits of outdated versions, reverts, restored hunks, proposals kept whole or in part
or discarded, labels, publishing, rollback), how many version rows are byte for byte as they were written; for all pairs of versions,
how often diff(A, B) applied to A by the diff engine gives B; and the time of an act as a ratio to a bare INSERT on the same database.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from sqlalchemy import text as sql

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from babble_app.diffs.apply import apply  # noqa: E402
from babble_app.diffs.make import unified  # noqa: E402
from babble_app.services.runtime import running  # noqa: E402
from tests.conftest import make_settings  # noqa: E402
from tests.factories import make_workspace  # noqa: E402
from tests.integration.services.random_walk import Walk  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.agents import Version
    from babble_app.services.runtime import Runtime

INSERTS = 200


async def walk_on(rt: Runtime, steps: int, seed: int) -> Walk:
    """Walk to the end, and look at all that was written."""
    owner, workspace = await make_workspace(rt)
    walk = Walk(rt, owner, Random(seed))  # noqa: S311 - a walk that can be walked again
    await walk.begin(workspace.id)
    for _ in range(steps):
        await walk.step()
    await walk.finish()
    return walk


async def bare_insert(rt: Runtime) -> float:
    """Return the median seconds of a transaction that inserts one row of the size of a version."""
    took: list[float] = []
    async with rt.database.unit_of_work() as db:
        connection = await db.connection()
        await connection.execute(sql("CREATE TABLE bare (id INTEGER PRIMARY KEY, body BLOB)"))
    for _ in range(INSERTS):
        began = time.perf_counter()
        async with rt.database.unit_of_work() as db:
            connection = await db.connection()
            await connection.execute(
                sql("INSERT INTO bare (body) VALUES (:body)"), {"body": b"x" * 800}
            )
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def all_pairs(versions: Sequence[Version]) -> tuple[int, int]:
    """Return for how many ordered pairs the diff leads from the one to the other, and of how many."""
    texts = list(dict.fromkeys(version.text for version in versions))
    pairs = [(old, new) for old in texts for new in texts if old != new]
    good = sum(apply(old, unified(old, new), may_shrink=True).text == new for old, new in pairs)
    return good, len(pairs)


async def main() -> int:
    """Walk and tell."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--versions", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        async with running(make_settings(Path(folder))) as rt:
            walk = await walk_on(rt, given.steps, given.seed)
            bare = await bare_insert(rt)
            same = sum(walk.rows[key] == row for key, row in (await walk.read_rows()).items())
    good, pairs = all_pairs(walk.made[-given.versions :])
    print(f"{given.steps} random acts, {len(walk.made)} versions")
    print(f"versions byte for byte as written: {same} of {len(walk.rows)}")
    print(
        f"diff(A, B) applied to A gives B:   {good} of {pairs} pairs of {given.versions} versions"
    )
    print(f"bare INSERT: {bare * 1000:.1f} ms (median of {INSERTS})")
    for name, took in sorted(walk.seconds.items()):
        median = statistics.median(took)
        print(
            f"  {name:20} {len(took):4} x  {median * 1000:6.1f} ms = {median / bare:5.1f} x INSERT"
        )
    return 0 if (same, good) == (len(walk.rows), pairs) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
