"""Sums up what came of tests, and says whether a version may go live by the chosen ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.schemas.agent_tests import TestReport
from babble_app.store import agent_tests as rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.agent_tests import TestBadge, TestResult


def make_report(results: Sequence[TestResult]) -> TestReport:
    """Sum up results of one program."""
    counts: dict[str, int] = {}
    for result in results:
        counts[result.status] = counts.get(result.status, 0) + 1
    badge = rows.make_badge(counts)
    changed = sum(result.status == "failed" and result.kind == "replay" for result in results)
    return TestReport(
        badge=badge,
        changed=changed,
        summary=_summary(counts, badge, changed),
        results=tuple(results),
    )


def _summary(counts: dict[str, int], badge: TestBadge, changed: int) -> str:
    if not badge.total:
        return "No tests"
    others = {
        "changed": changed,
        "failed": counts.get("failed", 0) - changed,
        "stale": badge.stale,
        "could not be run": counts.get("error", 0),
    }
    parts = [f"{badge.passed}/{badge.total} pass"]
    return "; ".join(parts + [f"{count} {word}" for word, count in others.items() if count])


def gate_problem(name: str, result: TestResult | None) -> str:
    """Return why a chosen test keeps a version from going live, or nothing."""
    if result is None:
        return f"“{name}” was not run on this version."
    if result.status == "passed":
        return ""
    words = {"failed": "fails", "stale": "is stale", "error": "could not be run"}
    why = f": {result.problems[0]}" if result.problems else "."
    return f"“{name}” {words[result.status]}{why}"
