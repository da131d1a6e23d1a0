"""Tests of agents and their results."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from babble_app.store.tables.base import Table, Versioned, new_id, now


class AgentTestRow(Versioned, Table, table=True):
    """A test of an agent."""

    __tablename__ = "agent_tests"

    id: str = Field(default_factory=lambda: new_id("tst"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    agent_id: str = Field(foreign_key="agents.id", ondelete="CASCADE", index=True)
    name: str
    kind: str
    spec: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    spec_sha256: str
    """Of kind and spec: results of what the test was before do not count."""
    gating: bool = False
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)


class TestResultRow(Table, table=True):
    """What came of a test on one program; at most one for each program and state of the test."""

    __tablename__ = "test_results"
    __table_args__ = (
        Index("ix_test_results_agent_id_sha256", "agent_id", "sha256"),
        Index("uq_test_results_program", "test_id", "sha256", "spec_sha256", unique=True),
    )
    __test__ = False

    id: str = Field(default_factory=lambda: new_id("tre"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    agent_id: str = Field(foreign_key="agents.id", ondelete="CASCADE")
    test_id: str = Field(foreign_key="agent_tests.id", ondelete="CASCADE")
    version_id: str | None = None
    """The version it was run for last; versions with the same text share the result."""
    sha256: str
    """Of the program."""
    spec_sha256: str
    status: str
    passed: int = 0
    runs: int = 1
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime = Field(default_factory=now)
