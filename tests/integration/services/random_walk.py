"""A walk of random acts on one agent, each checked against a model of what must come of it.

The model is small: the texts and rows of all versions as they were written, which is the head, what waits, what was live. After
each act the newest version is what the model says, and at the end every version's row is, byte for byte, as it was written.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import text as sql

from babble_app.diffs.compare import compare
from babble_app.diffs.merge import merge
from babble_app.diffs.pick import pick
from babble_app.errors import ConflictError, ValidationFailedError
from babble_app.schemas.events import VersionProposed
from babble_app.services import (
    agents,
    proposals,
    publishing,
    versions,
)
from babble_app.services.proposals import Origin

if TYPE_CHECKING:
    from random import Random

    from babble_app.schemas.agents import Proposal, Version
    from babble_app.services.runtime import Runtime

FIRST = "".join(f'say("This is line {n}.", True)\n' for n in range(1, 21))
WORDS = ("Hello.", "Hello.", "How are you?", "What is your name?", "Thank you.", "Goodbye.")


@dataclass
class Walk:
    """The agent, and what must be so of it."""

    rt: Runtime
    owner: str
    random: Random
    made: list[Version] = field(default_factory=list["Version"])
    """All versions, the head last."""
    rows: dict[str, tuple[Any, ...]] = field(default_factory=dict[str, "tuple[Any, ...]"])
    """Their rows as they were written."""
    waiting: Proposal | None = None
    pile: list[str] = field(default_factory=list[str])
    """What is live, on top of what was live before."""
    seconds: dict[str, list[float]] = field(default_factory=dict[str, "list[float]"])
    """How long each act took, by its name."""

    @property
    def head(self) -> Version:
        """The newest version."""
        return self.made[-1]

    async def begin(self, workspace_id: str) -> None:
        """Make the agent."""
        self.made.append(
            await agents.import_agent(self.rt, self.owner, workspace_id, name="Walk", text=FIRST)
        )
        await self.look()

    async def step(self) -> None:
        """Do one act and look at what came of it."""
        act = self.random.choice(ACTS)
        began = time.perf_counter()
        await act(self)
        self.seconds.setdefault(act.__name__, []).append(time.perf_counter() - began)
        await self.look()

    async def look(self) -> None:
        """Compare the agent with the model, and keep the rows that are new."""
        agent = await agents.get_agent(self.rt, self.owner, self.head.agent_id)
        assert (agent.head_version_id, agent.head_number) == (self.head.id, len(self.made))
        assert agent.live_version_id == (self.pile[-1] if self.pile else None)
        assert agent.proposal_id == (self.waiting.id if self.waiting else None)
        if self.head.id not in self.rows:
            self.rows |= await self.read_rows(self.head.id)

    async def read_rows(self, version_id: str = "%") -> dict[str, tuple[Any, ...]]:
        """Return whole rows of the table, by id."""
        query = sql("SELECT * FROM versions WHERE id LIKE :id")
        async with self.rt.database.reading() as db:
            found = await (await db.connection()).execute(query, {"id": version_id})
            return {row.id: tuple(row) for row in found}

    async def finish(self) -> None:
        """Compare every version with what was written, and the history with the model."""
        assert await self.read_rows() == self.rows
        listed = await versions.list_versions(self.rt, self.owner, self.head.agent_id)
        assert [item.id for item in reversed(listed)] == [item.id for item in self.made]
        assert [item.number for item in reversed(listed)] == list(range(1, len(self.made) + 1))
        for version in self.random.sample(self.made, min(50, len(self.made))):
            stored = await versions.get_version(self.rt, self.owner, version.id)
            assert (stored.text, stored.diff) == (version.text, version.diff)

    def put(self, version: Version, text: str, kind: str) -> None:
        """Note a version that must hold `text` on top of the head."""
        assert (version.text, version.kind) == (text, kind)
        assert (version.parent_id, version.number) == (self.head.id, self.head.number + 1)
        self.made.append(version)

    def changed(self, text: str) -> str:
        """Return the text with some lines replaced, added or taken out; it stays a valid program."""
        lines = text.splitlines(keepends=True)
        for _ in range(self.random.randint(1, 4)):
            at = self.random.randrange(len(lines))
            fresh = f'say("{self.random.choice((*WORDS, str(self.random.random())))}", True)\n'
            match self.random.choice(("replace", "insert", "delete")):
                case "replace":
                    lines[at] = fresh
                case "insert" if len(lines) < 40:
                    lines.insert(at, fresh)
                case _ if len(lines) > 5:
                    del lines[at]
                case _:
                    pass
        return "".join(lines)

    def chosen(self, old: str, new: str) -> list[int]:
        """Return the numbers of some of the hunks, at least one."""
        numbers = list(range(1, len(compare(old, new).hunks) + 1))
        return self.random.sample(numbers, self.random.randint(1, len(numbers)))

    async def save(self, text: str, parent: Version, kind: Any) -> Version:
        """Put a text on top of a version."""
        return await versions.add_version(
            self.rt,
            self.owner,
            parent.agent_id,
            text=text,
            parent_id=parent.id,
            kind=kind,
            author="Ada",
        )


async def edit(walk: Walk) -> None:
    """Save a change of the head."""
    text = walk.changed(walk.head.text)
    kind = walk.random.choice(("manual", "edit"))
    if text == walk.head.text:
        await refused(walk.save(text, walk.head, kind), ValidationFailedError)
        return
    walk.put(await walk.save(text, walk.head, kind), text, kind)


async def edit_an_older_one(walk: Walk) -> None:
    """Be refused, merge with the head, and save that where nothing clashes."""
    old = walk.random.choice(walk.made)
    text = walk.changed(old.text)
    if old is walk.head or text == old.text:
        return
    await refused(walk.save(text, old, "manual"), ConflictError, walk.head.id)
    merged = await versions.merge(walk.rt, walk.owner, old.agent_id, base_id=old.id, text=text)
    assert merged.head_id == walk.head.id
    assert merged.text == merge(old.text, text, walk.head.text).text
    if merged.conflicts:
        await refused(walk.save(merged.text, walk.head, "manual"), ValidationFailedError)
    elif merged.text.strip() and merged.text != walk.head.text:
        walk.put(await walk.save(merged.text, walk.head, "manual"), merged.text, "manual")


async def revert(walk: Walk) -> None:
    """Go back to any version."""
    wanted = walk.random.choice(walk.made)
    work = versions.revert(walk.rt, walk.owner, wanted.agent_id, wanted.id)
    if wanted.text == walk.head.text:
        await refused(work, ValidationFailedError)
        return
    version = await work
    assert version.sha256 == wanted.sha256
    walk.put(version, wanted.text, "revert")


async def restore(walk: Walk) -> None:
    """Copy some hunks of any version into the head."""
    source = walk.random.choice(walk.made)
    head = walk.head.text
    if source.text == head:
        return
    hunks = walk.chosen(head, source.text)
    work = versions.restore_hunks(
        walk.rt, walk.owner, source.agent_id, from_id=source.id, hunks=hunks, head_id=walk.head.id
    )
    walk.put(await work, pick(head, source.text, set(hunks)), "restore-hunks")


async def propose(walk: Walk) -> None:
    """Let a change wait: of the head, or of what waits already, whose place it takes."""
    before, parent_id = walk.waiting, walk.head.id
    old = walk.head.text
    if before is not None:
        parent_id, old = before.parent_id, before.text
    origin = Origin(
        None, "run_1", "Change it.", "demo/based", parent_id, before.id if before else None
    )
    parent = next(item for item in walk.made if item.id == parent_id)
    text = walk.changed(old)
    proposed = VersionProposed(kind="edit", program=text, name="", summary="Changed.", raw="x")
    work = proposals.add_proposal(walk.rt, walk.owner, parent.agent_id, origin, proposed)
    if text == parent.text and before is None:
        await refused(work, ValidationFailedError)
        return
    walk.waiting = await work
    assert (walk.waiting is None) == (text == parent.text)
    if walk.waiting is not None:
        assert (walk.waiting.text, walk.waiting.parent_id) == (text, parent_id)
        assert walk.waiting.stale == (parent_id != walk.head.id)


async def keep(walk: Walk) -> None:
    """Keep what waits, all of it or some hunks, together with what came in since."""
    if walk.waiting is None:
        return
    parent = next(item for item in walk.made if item.id == walk.waiting.parent_id)
    hunks = walk.random.choice((None, walk.chosen(parent.text, walk.waiting.text)))
    text = walk.waiting.text if hunks is None else pick(parent.text, walk.waiting.text, set(hunks))
    work = proposals.keep(walk.rt, walk.owner, walk.waiting.id, hunks=hunks)
    if parent is not walk.head:
        merged = merge(parent.text, text, walk.head.text)
        text = merged.text
        if merged.clashes or text == walk.head.text:
            await refused(work, ConflictError, walk.head.id)
            return
    walk.put(await work, text, "edit")
    await decided(walk)


async def discard(walk: Walk) -> None:
    """Discard what waits."""
    if walk.waiting is not None:
        await proposals.discard(walk.rt, walk.owner, walk.waiting.id)
        await decided(walk)


async def label(walk: Walk) -> None:
    """Name any version."""
    version = walk.random.choice(walk.made)
    name = walk.random.choice(("", "Summer", "Winter"))
    summary = await versions.label_version(walk.rt, walk.owner, version.id, name=name, note="x")
    assert (summary.name, summary.sha256) == (name, version.sha256)


async def publish(walk: Walk) -> None:
    """Publish any version."""
    version = walk.random.choice(walk.made)
    await publishing.publish(walk.rt, walk.owner, version.agent_id, version.id)
    if walk.pile[-1:] != [version.id]:
        walk.pile.append(version.id)


async def roll_back(walk: Walk) -> None:
    """Roll back, or be told that there is nothing to go back to."""
    work = publishing.roll_back(walk.rt, walk.owner, walk.head.agent_id)
    if len(walk.pile) < 2:
        await refused(work, ConflictError)
        return
    await work
    walk.pile.pop()


async def choose_badly(walk: Walk) -> None:
    """Name hunks that are none."""
    source = walk.random.choice(walk.made)
    hunks = walk.random.choice(([], [0], [-1], [999], [1, 1]))
    work = versions.restore_hunks(
        walk.rt, walk.owner, source.agent_id, from_id=source.id, hunks=hunks
    )
    await refused(work, ValidationFailedError)


async def decided(walk: Walk) -> None:
    """See that a proposal is decided once."""
    assert walk.waiting is not None
    gone, walk.waiting = walk.waiting, None
    await refused(proposals.keep(walk.rt, walk.owner, gone.id), ConflictError)
    await refused(proposals.discard(walk.rt, walk.owner, gone.id), ConflictError)


async def refused(work: Any, error: type[Exception], head: str | None = None) -> None:
    """See that it is refused, and with which head."""
    try:
        await work
    except error as caught:
        assert head is None or getattr(caught, "head", None) == head  # noqa: PT017
        return
    raise AssertionError(work)


ACTS = (
    *(edit,) * 5,
    *(edit_an_older_one,) * 2,
    *(propose,) * 4,
    *(keep,) * 3,
    revert,
    restore,
    discard,
    label,
    publish,
    publish,
    roll_back,
    choose_badly,
)
"""Each as often as it is to be done."""
