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

    number: int
    """Its place in the difference, from 1."""
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


class MergeConflict(Schema):
    """A place that both texts changed, each in another way."""

    line: int
    """Where it begins in the merged text, from 1."""
    lines: int
    """How many lines of the merged text it takes, markers included."""
    base: str
    yours: str
    theirs: str
    """The newest version's."""


class Merge(Schema):
    """A text brought together with the newest version."""

    text: str
    """Conflicts stand in it between markers as git writes them; it is no valid program until they are resolved."""
    conflicts: tuple[MergeConflict, ...] = ()
    head_id: str
    """The version it was merged with: the parent of what is saved of it."""


ProposalStatus = Literal["pending", "kept", "discarded", "replaced"]


class Proposal(Schema):
    """A checked change that becomes a version when the person keeps it."""

    id: str
    agent_id: str
    chat_id: str | None = None
    run_id: str
    parent_id: str
    """The version that it changes."""
    parent_number: int
    head_id: str
    """The agent's newest version now."""
    stale: bool
    """Whether the agent was changed since; keeping it brings both changes together."""
    status: ProposalStatus
    version_id: str | None = None
    """What was made of it."""
    text: str
    diff: Diff
    """From its parent; `keep` takes the numbers of its hunks."""
    sha256: str
    request: str
    summary: str
    findings: tuple[Finding, ...] = ()
    rounds: int
    raw: str
    """The model's own last answer."""
    model: str
    tests: TestBadge | None = None
    created_at: Timestamp
    decided_at: Timestamp | None = None


class ProposalOutcome(Schema):
    """What became of a proposal."""

    id: str
    status: ProposalStatus
    version_id: str | None = None
    """The version that was made of it."""
    number: int | None = None
    """That version's."""


class Publication(Schema):
    """One move of an agent's live pointer."""

    id: str
    agent_id: str
    number: int
    """Counts the agent's moves from 1."""
    kind: Literal["publish", "rollback"]
    version_id: str
    version_number: int
    previous_version_id: str | None = None
    previous_number: int | None = None
    author: str
    created_at: Timestamp
