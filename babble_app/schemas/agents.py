"""Agents, their versions, and the differences between those."""

from __future__ import annotations

from typing import Literal

from babble_app.schemas.agent_tests import TestBadge
from babble_app.schemas.base import Schema, Timestamp
from babble_app.schemas.events import VersionKind
from babble_app.schemas.findings import Finding


class Agent(Schema):
    """A Based program with a history."""

    id: str
    workspace_id: str
    name: str
    slug: str
    head_version_id: str
    head_number: int
    live_version_id: str | None = None
    """The version that apps run; nothing is published while it is null."""
    live_number: int | None = None
    gated: bool = False
    """Whether a version goes live only when the chosen tests pass."""
    proposal_id: str | None = None
    """The change that waits for the person, if any."""
    created_at: Timestamp
    updated_at: Timestamp


class VersionSummary(Schema):
    """A version without its text, for lists."""

    id: str
    agent_id: str
    number: int
    parent_id: str | None = None
    kind: VersionKind
    author: str
    """`builder`, `iterator`, or a person's name."""
    summary: str
    request: str = ""
    """What the person had asked for."""
    model: str = ""
    rounds: int = 0
    added: int = 0
    """Lines added since the parent."""
    removed: int = 0
    name: str = ""
    """The person's own name for it."""
    note: str = ""
    tests: TestBadge | None = None
    """How its tests ended; null when none were run."""
    sha256: str
    created_at: Timestamp


class Version(VersionSummary):
    """A version; nothing of it ever changes."""

    text: str
    findings: tuple[Finding, ...] = ()
    diff: str = ""
    """Canonical unified diff from the parent."""
    raw: str = ""
    """The model's own last answer, from which the program or the change was taken; empty for a person's versions."""


class DiffLine(Schema):
    """A line of a diff."""

    kind: Literal["context", "added", "removed"]
    old_line: int | None = None
    new_line: int | None = None
    text: str


class DiffHunk(Schema):
    """A group of neighbouring changes with its context."""

    header: str
    old_start: int
    old_count: int
    new_start: int
    new_count: int
    added: int
    removed: int
    lines: tuple[DiffLine, ...]


class Diff(Schema):
    """The difference between two texts."""

    unified: str
    hunks: tuple[DiffHunk, ...]
    added: int = 0
    removed: int = 0
