"""Apps as pages show them: plain values with the words for what they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from babble_app.states.words import count_words, money_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from babble_app.schemas.agents import Agent, VersionSummary
    from babble_app.schemas.apps import App, AppActivity, Release

LIVE = "live"
"""How the pickers call the version that follows the agent."""
NEWEST = "newest"
"""How the picker of the staging channel calls the version that follows the agent's newest."""


@dataclass(frozen=True)
class AppRow:
    """An app in the list."""

    id: str = ""
    name: str = ""
    what: str = ""
    """`Baker, version 3 (live)`, or that it is the plain assistant."""
    today: str = ""
    seen_at: str = ""
    paused: bool = False
    closed: bool = False
    """Whether neither a page nor a program can reach it: no token that is valid."""


@dataclass(frozen=True)
class AppView:
    """The app that a page is about."""

    id: str = ""
    name: str = ""
    slug: str = ""
    workspace_id: str = ""
    agent: str = ""
    """Its agent's id; empty: the plain assistant."""
    agent_name: str = ""
    paused: bool = False
    contents: str = ""
    """What is deleted with it, in words."""


@dataclass(frozen=True)
class AgentChoice:
    """An agent that an app can be made of."""

    id: str
    name: str
    place: str
    """Its workspace."""


@dataclass(frozen=True)
class VersionChoice:
    """A version in the pickers."""

    id: str
    words: str


@dataclass(frozen=True)
class ReleaseRow:
    """What the app pointed at from a moment on."""

    id: str
    words: str
    author: str
    at: str


def app_row(app: App, agent: Agent | None, activity: AppActivity) -> AppRow:
    """Return the app as the list shows it."""
    return AppRow(
        id=app.id,
        name=app.name,
        what=_what(app, agent),
        today=_today(activity),
        seen_at=activity.last_seen_at.isoformat() if activity.last_seen_at else "",
        paused=app.paused,
        closed=activity.tokens == 0,
    )


def app_view(app: App, agent: Agent | None, activity: AppActivity) -> AppView:
    """Return the app as its own page shows it."""
    tokens = count_words(activity.tokens, "valid token")
    talks = count_words(activity.conversations, "conversation")
    return AppView(
        id=app.id,
        name=app.name,
        slug=app.slug,
        workspace_id=app.workspace_id,
        agent=agent.id if agent else "",
        agent_name=agent.name if agent else "",
        paused=app.paused,
        contents=f"{tokens} and {talks} of its visitors",
    )


def version_words(version: VersionSummary) -> str:
    """Return `Version 3, with prices`, as a picker names it."""
    said = version.name or version.summary
    short = f"{said[:60].rstrip()}…" if len(said) > 60 else said
    return f"Version {version.number}" + (f": {short}" if short else "")


def target_words(
    numbers: Mapping[str, int],
    version_id: str | None,
    trial_id: str | None,
    percent: int,
    *,
    live_number: int | None = None,
) -> str:
    """Say what visitors get: `version 3`, `whichever version is live; 10 % of them version 4`."""
    now = f" (version {live_number} now)" if live_number else ""
    words = f"whichever version is live{now}"
    if version_id is not None:
        words = _version(numbers, version_id)
    if trial_id is not None and percent:
        words += f"; {percent} % of them {_version(numbers, trial_id)}"
    return words


def release_row(release: Release, numbers: Mapping[str, int]) -> ReleaseRow:
    """Return a release as the history shows it."""
    begins = {"create": "Made for", "release": "Released", "rollback": "Rolled back to"}
    target = target_words(
        numbers, release.version_id, release.trial_version_id, release.trial_percent
    )
    return ReleaseRow(
        id=release.id,
        words=f"{begins[release.kind]} {target}",
        author=release.author,
        at=release.created_at.isoformat(),
    )


def _version(numbers: Mapping[str, int], version_id: str) -> str:
    number = numbers.get(version_id)
    return f"version {number}" if number else "a version that was deleted"


def _what(app: App, agent: Agent | None) -> str:
    if agent is None:
        return "Plain assistant"
    pinned = "pinned" if app.version_id else f"live version {agent.live_number or 0}"
    trial = f", {app.trial_percent} % on trial" if app.trial_percent else ""
    return f"{agent.name}, {pinned}{trial}"


def _today(activity: AppActivity) -> str:
    if not activity.conversations_today and not activity.calls_today:
        return "quiet today"
    words = f"{count_words(activity.conversations_today, 'conversation')} today"
    return f"{words}, {money_words(activity.cost_today_usd)}"
