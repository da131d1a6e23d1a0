"""Everything about one version: what it came from, what the checker says, and the model's own answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import reflex as rx

from babble_app.services import (
    agents,
    runtime,
    versions,
)
from babble_app.states.tab import own_tab, owner_of
from babble_app.states.version_rows import KINDS, author_words, tests_kind, tests_words

if TYPE_CHECKING:
    from babble_app.schemas.agents import Version


@dataclass(frozen=True)
class VersionDetails:
    """A version with its text, for reading."""

    id: str = ""
    number: int = 0
    facts: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Pairs of words: `Author`, `Iterator`."""
    findings: list[str] = field(default_factory=list[str])
    tests: str = ""
    tests_kind: str = ""
    raw: str = ""
    text: str = ""


class DetailsState(rx.State):
    """The version that the dialog is about."""

    version: VersionDetails = VersionDetails()
    _file_name: str = ""

    @rx.event(background=True)
    async def show_details(self, version_id: str) -> None:
        """Open the dialog."""
        async with self:
            owner_id = await owner_of(self)
        rt = runtime.current()
        version = await versions.get_version(rt, owner_id, version_id)
        agent = await agents.get_agent(rt, owner_id, version.agent_id)
        async with own_tab(self, owner_id):
            self.version = _details(version)
            self._file_name = f"{agent.slug}-v{version.number}.based"

    @rx.event
    def close(self) -> None:
        """Close the dialog."""
        self.reset()

    @rx.event
    def download(self) -> Any:
        """Hand the version out as a file."""
        return rx.download(data=self.version.text, filename=self._file_name)  # pyright: ignore[reportUnknownMemberType] - Var[Unknown]


def _details(version: Version) -> VersionDetails:
    rounds = "1 round" if version.rounds == 1 else f"{version.rounds} rounds"
    facts = [
        ("What happened", KINDS[version.kind]),
        ("By", author_words(version.author)),
        ("Name", version.name),
        ("Note", version.note),
        ("Summary", version.summary),
        ("Asked for", version.request),
        ("Model", f"{version.model}, {rounds}" if version.model else ""),
        ("Lines", f"{version.added} added, {version.removed} removed"),
        ("SHA-256", version.sha256),
    ]
    return VersionDetails(
        id=version.id,
        number=version.number,
        facts=[(title, words) for title, words in facts if words],
        findings=[f"Line {item.line}: {item.message}" for item in version.findings],
        tests=tests_words(version.tests),
        tests_kind=tests_kind(version.tests),
        raw=version.raw,
        text=version.text,
    )
