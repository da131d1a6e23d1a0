"""Tests of agents and their results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from babble_app.errors import NotFoundError
from babble_app.schemas.agent_tests import AgentTest, TestBadge, TestResult
from babble_app.store.tables.agent_tests import AgentTestRow, TestResultRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel.ext.asyncio.session import AsyncSession

# Kept in columns of their own, or known from the test.
_OUTSIDE_DETAIL = {
    "id", "test_id", "name", "kind", "gating", "version_id", "sha256", "status", "passed", "runs", "created_at",
}  # fmt: skip


async def get_test(
    db: AsyncSession, owner_id: str, test_id: str, *, lock: bool = False
) -> AgentTestRow:
    """Return the owner's test, locked against changes if wanted; raises NotFoundError."""
    statement = select(AgentTestRow).where(
        AgentTestRow.id == test_id, AgentTestRow.owner_id == owner_id
    )
    if lock:
        statement = statement.with_for_update()
    row = (await db.exec(statement)).one_or_none()
    if row is None:
        message = "There is no such test."
        raise NotFoundError(message)
    return row


async def list_tests(db: AsyncSession, owner_id: str, agent_id: str) -> Sequence[AgentTestRow]:
    """Return the agent's tests, the oldest first."""
    statement = (
        select(AgentTestRow)
        .where(AgentTestRow.owner_id == owner_id, AgentTestRow.agent_id == agent_id)
        .order_by(col(AgentTestRow.created_at), col(AgentTestRow.id))
    )
    return (await db.exec(statement)).all()


async def lock_tests(db: AsyncSession, owner_id: str, test_ids: Sequence[str]) -> dict[str, str]:
    """Lock those of the owner's tests that are there; return their specs' SHA-256 by their ids."""
    statement = (
        select(AgentTestRow)
        .where(AgentTestRow.owner_id == owner_id, col(AgentTestRow.id).in_(test_ids))
        .order_by(col(AgentTestRow.id))
        .with_for_update()
    )
    return {row.id: row.spec_sha256 for row in (await db.exec(statement)).all()}


async def delete_test(db: AsyncSession, owner_id: str, test_id: str) -> None:
    """Delete the owner's test with its results; raises NotFoundError."""
    await db.delete(await get_test(db, owner_id, test_id))


async def list_results(
    db: AsyncSession, owner_id: str, agent_id: str, sha256: str
) -> list[TestResult]:
    """Return what came of the agent's tests, as they are now, on a program."""
    statement = (
        select(TestResultRow, AgentTestRow)
        .join(AgentTestRow, col(AgentTestRow.id) == TestResultRow.test_id)
        .where(
            TestResultRow.owner_id == owner_id,
            TestResultRow.agent_id == agent_id,
            TestResultRow.sha256 == sha256,
            TestResultRow.spec_sha256 == AgentTestRow.spec_sha256,
        )
        .order_by(col(AgentTestRow.created_at), col(AgentTestRow.id))
    )
    return [result_shape(row, test) for row, test in (await db.exec(statement)).all()]


async def list_last_results(
    db: AsyncSession, owner_id: str, agent_id: str
) -> dict[str, TestResult]:
    """Return the newest result of each of the agent's tests, as they are now, by the tests' ids."""
    newest = (
        select_columns(
            col(TestResultRow.test_id),
            func.max(col(TestResultRow.created_at)).label("at"),
        )
        .join(AgentTestRow, col(AgentTestRow.id) == TestResultRow.test_id)
        .where(
            col(TestResultRow.owner_id) == owner_id,
            col(TestResultRow.agent_id) == agent_id,
            col(TestResultRow.spec_sha256) == AgentTestRow.spec_sha256,
        )
        .group_by(col(TestResultRow.test_id))
        .subquery()
    )
    statement = (
        select(TestResultRow, AgentTestRow)
        .join(AgentTestRow, col(AgentTestRow.id) == TestResultRow.test_id)
        .join(
            newest,
            (newest.c.test_id == TestResultRow.test_id) & (newest.c.at == TestResultRow.created_at),
        )
        .where(TestResultRow.spec_sha256 == AgentTestRow.spec_sha256)
    )
    return {test.id: result_shape(row, test) for row, test in (await db.exec(statement)).all()}


async def find_last_result(
    db: AsyncSession, owner_id: str, test: AgentTestRow, *, sha256: str | None = None
) -> TestResult | None:
    """Return the newest result of the test as it is now (on a program), or None."""
    statement = select(TestResultRow).where(
        TestResultRow.owner_id == owner_id,
        TestResultRow.test_id == test.id,
        TestResultRow.spec_sha256 == test.spec_sha256,
    )
    if sha256 is not None:
        statement = statement.where(TestResultRow.sha256 == sha256)
    row = (await db.exec(statement.order_by(col(TestResultRow.created_at).desc()))).first()
    return None if row is None else result_shape(row, test)


async def list_badges(db: AsyncSession, owner_id: str, agent_id: str) -> dict[str, TestBadge]:
    """Return how the agent's tests, as they are now, ended on each program, by the programs' SHA-256."""
    statement = (
        select_columns(
            col(TestResultRow.sha256), col(TestResultRow.status), func.count().label("count")
        )
        .join(AgentTestRow, col(AgentTestRow.id) == TestResultRow.test_id)
        .where(
            col(TestResultRow.owner_id) == owner_id,
            col(TestResultRow.agent_id) == agent_id,
            col(TestResultRow.spec_sha256) == AgentTestRow.spec_sha256,
        )
        .group_by(col(TestResultRow.sha256), col(TestResultRow.status))
    )
    connection = await db.connection()
    counts: dict[str, dict[str, int]] = {}
    for sha256, status, count in (await connection.execute(statement)).all():
        counts.setdefault(sha256, {})[status] = count
    return {sha256: make_badge(found) for sha256, found in counts.items()}


def make_badge(counts: dict[str, int]) -> TestBadge:
    """Return the badge of so many results of each status; an error is no pass."""
    return TestBadge(
        passed=counts.get("passed", 0),
        failed=counts.get("failed", 0) + counts.get("error", 0),
        stale=counts.get("stale", 0),
        total=sum(counts.values()),
    )


async def put_results(db: AsyncSession, owner_id: str, rows: Sequence[TestResultRow]) -> None:
    """Store results in place of those of the same tests on the same programs."""
    for row in rows:
        await db.exec(
            delete(TestResultRow).where(
                col(TestResultRow.owner_id) == owner_id,
                col(TestResultRow.test_id) == row.test_id,
                col(TestResultRow.sha256) == row.sha256,
                col(TestResultRow.spec_sha256) == row.spec_sha256,
            )
        )
    db.add_all(rows)
    await db.flush()


async def delete_old_results(db: AsyncSession, owner_id: str, agent_id: str, *, kept: int) -> None:
    """Delete the results for all but the programs that were tested last."""
    programs = (
        select_columns(col(TestResultRow.sha256))
        .where(col(TestResultRow.owner_id) == owner_id, col(TestResultRow.agent_id) == agent_id)
        .group_by(col(TestResultRow.sha256))
        .order_by(func.max(TestResultRow.created_at).desc())
        .limit(kept)
    )
    connection = await db.connection()
    recent = (await connection.execute(programs)).scalars().all()
    await db.exec(
        delete(TestResultRow).where(
            col(TestResultRow.owner_id) == owner_id,
            col(TestResultRow.agent_id) == agent_id,
            col(TestResultRow.sha256).not_in(recent),
        )
    )


def result_row(owner_id: str, test: AgentTestRow, result: TestResult) -> TestResultRow:
    """Return the row of a result of the test as it is now."""
    detail: dict[str, Any] = result.model_dump(
        mode="json", exclude=_OUTSIDE_DETAIL, exclude_defaults=True
    )
    return TestResultRow(
        owner_id=owner_id,
        agent_id=test.agent_id,
        test_id=test.id,
        version_id=result.version_id,
        sha256=result.sha256,
        spec_sha256=test.spec_sha256,
        status=result.status,
        passed=result.passed,
        runs=result.runs,
        detail=detail,
    )


def result_shape(row: TestResultRow, test: AgentTestRow) -> TestResult:
    """Return a stored result."""
    columns = row.model_dump(
        include={"id", "test_id", "version_id", "sha256", "status", "passed", "runs", "created_at"}
    )
    about = {"name": test.name, "kind": test.kind, "gating": test.gating}
    return TestResult.model_validate({**row.detail, **columns, **about})


def agent_test_shape(row: AgentTestRow, last: TestResult | None = None) -> AgentTest:
    """Return the row's test."""
    plain = row.model_dump(exclude={"owner_id", "version", "spec_sha256"})
    return AgentTest.model_validate({**plain, "last": last})
