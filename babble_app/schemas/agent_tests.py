"""Tests of agents and what came of them."""

from __future__ import annotations

from typing import ClassVar

from babble_app.schemas.base import Schema


class TestBadge(Schema):
    """How a version's tests ended, in figures."""

    # It is no class of tests, though pytest would take it for one by its name.
    __test__: ClassVar[bool] = False

    passed: int = 0
    failed: int = 0
    stale: int = 0
    """Tests whose recording no longer fits the program; neither passed nor failed."""
    total: int = 0
