"""Versions as lists show them: plain values, with the words for what they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from babble_app.schemas.agent_tests import TestBadge
    from babble_app.schemas.agents import Agent, VersionSummary

KINDS = {
    "create": "Created",
    "edit": "Changed",
    "manual": "Edited by hand",
    "revert": "Went back",
    "import": "Imported",
    "restore-hunks": "Took parts back",
}
_MODELS_OF_OURS = {"builder", "iterator"}


@dataclass(frozen=True)
class VersionRow:
    """A version in a list."""

    id: str
    number: int
    parent_id: str
    name: str
    note: str
    kind: str
    """In words: `Changed`, `Went back`; empty where the summary says it."""
    sign: str
    """Who made it, as an icon: `builder`, `iterator`, `person`, `revert`."""
    author: str
    summary: str
    request: str
    model: str
    rounds: int
    added: int
    removed: int
    at: str
    is_head: bool
    is_live: bool
    tests: str
    """`18 of 20 tests pass`, or empty."""
    tests_kind: str
    """`good`, `bad` or `warn`."""


def version_rows(agent: Agent, summaries: Iterable[VersionSummary]) -> list[VersionRow]:
    """Return an agent's versions for a list."""
    return [_row(agent, item) for item in summaries]


def tests_words(badge: TestBadge | None) -> str:
    """Say how the tests ended; nothing where there are none."""
    if badge is None or not badge.total:
        return ""
    stale = f", {badge.stale} stale" if badge.stale else ""
    return f"{badge.passed} of {badge.total} tests pass{stale}"


def tests_kind(badge: TestBadge | None) -> str:
    """Return the colour of the badge: red for a failure, amber for a stale test."""
    if badge is None or not badge.total:
        return ""
    return "bad" if badge.failed else "warn" if badge.stale else "good"


def author_words(author: str) -> str:
    """Return who made a version; models are capitalised like names."""
    return author.capitalize() if author in _MODELS_OF_OURS else author


def _row(agent: Agent, item: VersionSummary) -> VersionRow:
    return VersionRow(
        id=item.id,
        number=item.number,
        parent_id=item.parent_id or "",
        name=item.name,
        note=item.note,
        kind=KINDS[item.kind] if item.summary else "",
        sign=_sign(item),
        author=author_words(item.author),
        summary=item.summary or KINDS[item.kind],
        request=item.request,
        model=item.model,
        rounds=item.rounds,
        added=item.added,
        removed=item.removed,
        at=item.created_at.isoformat(),
        is_head=item.id == agent.head_version_id,
        is_live=item.id == agent.live_version_id,
        tests=tests_words(item.tests),
        tests_kind=tests_kind(item.tests),
    )


def _sign(item: VersionSummary) -> str:
    if item.kind in {"revert", "restore-hunks"}:
        return "revert"
    return item.author if item.author in _MODELS_OF_OURS else "person"
