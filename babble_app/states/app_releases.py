"""Which version an app's visitors get: live or pinned, on trial for some, staging; what it was before, and one step back."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import reflex as rx

from babble_app.errors import BabbleError, GateClosedError
from babble_app.services import (
    agents,
    app_rollbacks,
    apps,
    runtime,
    versions,
)
from babble_app.states.app_page import AppState, shown_app, shown_id
from babble_app.states.app_views import (
    LIVE,
    NEWEST,
    ReleaseRow,
    VersionChoice,
    release_row,
    target_words,
    version_words,
)
from babble_app.states.tab import own_tab, owner_of
from babble_app.states.toasts import toast

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from babble_app.schemas.agents import Agent, VersionSummary
    from babble_app.schemas.apps import App, Release, Rollback

MOST_RELEASES = 50


class _Facts(NamedTuple):
    """What the section is made of."""

    app: App
    agent: Agent | None = None
    versions: Sequence[VersionSummary] = ()
    releases: Sequence[Release] = ()
    rollback: Rollback | None = None


class ReleasesState(rx.State):
    """What visitors get, and what they got before."""

    loaded: bool = False
    now_words: str = ""
    version: str = LIVE
    """The version's id, or `live`."""
    trial: str = ""
    """The further version's id; empty: none."""
    percent: int = 0
    staging: str = NEWEST
    live_words: str = ""
    choices: list[VersionChoice] = []
    rows: list[ReleaseRow] = []
    back_words: str = ""
    """What one step back leads to; empty: there was nothing before."""
    back_of_agent: bool = False
    asking: Literal["", "release", "roll-back"] = ""
    problem: str = ""
    blocked: bool = False
    """Whether it was tests that refused it."""
    busy: bool = False
    shown: int = 0
    """Counts what was read from the store: forms are filled anew with each."""
    _undoes: str = ""

    @rx.event
    async def load(self) -> None:
        """Read what the app of the page points at."""
        found = await shown_app(self)
        if found is None or found[1].agent_id is None:
            return
        self.asking, self.problem, self.blocked = "", "", False
        self._show(await _read(found[0], found[1].id))

    @rx.event
    def pick_trial(self, version_id: str) -> None:
        """Let some visitors get a further version; empty: none."""
        self.trial = version_id
        self.percent = (self.percent or 10) if version_id else 0

    @rx.event
    def pick_percent(self, percent: float) -> None:
        """Say how many of the visitors get it; what counts is what the form brings."""
        self.percent = read_percent(percent, self.percent)

    @rx.event
    def pick_version(self, version_id: str) -> None:
        """Choose what the others get."""
        self.version = version_id

    @rx.event(background=True)
    async def release(self, form: dict[str, Any]) -> None:
        """Let visitors get what is chosen from their next conversation on."""
        async with self:
            owner_id, app_id = await owner_of(self), await shown_id(self)
            if not app_id or self.busy:
                return
            self.percent = read_percent(form.get("percent"), self.percent)
            version, trial, percent = self.version, self.trial, self.percent
        work = apps.release(
            runtime.current(),
            owner_id,
            app_id,
            version_id=None if version == LIVE else version,
            trial_version_id=trial or None,
            trial_percent=percent if trial else 0,
        )
        await self._carry_out(owner_id, work, "Released.")

    @rx.event
    async def pick_staging(self, version_id: str) -> None:
        """Let tokens of the staging channel get a version."""
        found = await shown_app(self)
        if found is None:
            return
        chosen = None if version_id == NEWEST else version_id
        try:
            await apps.stage(runtime.current(), found[0], found[1].id, chosen)
        except BabbleError as error:
            await toast(self, str(error), "bad")
            return
        self.staging = version_id
        await toast(self, "Saved.", "good")

    @rx.event
    def ask_roll_back(self) -> None:
        """Ask whether visitors shall get what they got before."""
        if self.back_words:
            self.asking, self.problem, self.blocked = "roll-back", "", False

    @rx.event
    def close_dialog(self) -> None:
        """Leave everything as it is."""
        self.asking = ""

    @rx.event(background=True)
    async def roll_back(self) -> AsyncGenerator[object, None]:
        """Go the one step back that the dialog asked about."""
        async with self:
            owner_id, app_id = await owner_of(self), await shown_id(self)
            undoes = self._undoes
            if not app_id or self.asking != "roll-back" or self.busy:
                return
        work = app_rollbacks.roll_back(runtime.current(), owner_id, app_id, undoes=undoes)
        if await self._carry_out(owner_id, work, "Rolled back."):
            yield AppState.load

    async def _carry_out(self, owner_id: str, work: Coroutine[Any, Any, App], said: str) -> bool:
        """Move the pointer, or say why not; what was chosen stays chosen then."""
        async with own_tab(self, owner_id):
            self.busy, self.problem, self.blocked = True, "", False
        app, problem, blocked = None, "", False
        try:
            app = await work
        except BabbleError as error:
            problem, blocked = str(error), isinstance(error, GateClosedError)
        finally:
            async with own_tab(self, owner_id):
                self.busy, self.problem, self.blocked = False, problem, blocked
        if app is None:
            return False
        facts = await _read(owner_id, app.id)
        async with own_tab(self, owner_id):
            self._show(facts)
            self.asking = ""
            await toast(self, said, "good")
        return True

    def _show(self, facts: _Facts) -> None:
        app, agent, summaries, releases, rollback = facts
        if agent is None:
            return
        numbers = {one.id: one.number for one in summaries}
        self.choices = [VersionChoice(one.id, version_words(one)) for one in summaries]
        self.live_words = f"Live (version {agent.live_number} now)" if agent.live_number else "Live"
        self.version, self.trial = app.version_id or LIVE, app.trial_version_id or ""
        self.percent, self.staging = app.trial_percent, app.staging_version_id or NEWEST
        target = (app.version_id, app.trial_version_id, app.trial_percent)
        self.now_words = target_words(numbers, *target, live_number=agent.live_number)
        self.rows = [release_row(one, numbers) for one in releases[:MOST_RELEASES]]
        self.back_words, self.back_of_agent, self._undoes = "", False, ""
        if rollback is not None:
            before = (rollback.version_id, rollback.trial_version_id, rollback.trial_percent)
            self.back_words = target_words(numbers, *before)
            self.back_of_agent, self._undoes = rollback.of_agent, rollback.undoes
        self.loaded, self.shown = True, self.shown + 1


async def _read(owner_id: str, app_id: str) -> _Facts:
    rt = runtime.current()
    app = await apps.get_app(rt, owner_id, app_id)
    if app.agent_id is None:
        return _Facts(app)
    return _Facts(
        app,
        await agents.get_agent(rt, owner_id, app.agent_id),
        await versions.list_versions(rt, owner_id, app.agent_id),
        await apps.list_releases(rt, owner_id, app_id),
        await app_rollbacks.find_rollback(rt, owner_id, app_id),
    )


def read_percent(given: object, instead: int) -> int:
    """Return a whole share from 1 to 100; what is none leaves what was there `instead`."""
    try:
        share = round(float(str(given)))
    except (ValueError, OverflowError):
        return instead
    return share if 1 <= share <= 100 else instead
