"""Which version an app's visitors get: live or pinned, on trial for some, staging; what it was before, and one step back."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any, Literal

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
    from collections.abc import Coroutine

    from babble_app.schemas.agents import Agent, VersionSummary
    from babble_app.schemas.apps import App, Release, Rollback

MOST_RELEASES = 50


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

    @rx.event(background=True)
    async def load(self) -> None:
        """Read what the app of the page points at."""
        async with self:
            owner_id, app_id = await owner_of(self), await shown_id(self)
            self.asking, self.problem, self.blocked = "", "", False
        if app_id:
            await self._read(owner_id, app_id)

    @rx.event
    def pick_trial(self, version_id: str) -> None:
        """Let some visitors get a further version; empty: none."""
        self.trial = version_id
        self.percent = (self.percent or 10) if version_id else 0

    @rx.event
    def pick_percent(self, text: str) -> None:
        """Say how many of the visitors get it."""
        self.percent = min(int(text), 100) if text.isdecimal() else self.percent

    @rx.event
    def pick_version(self, version_id: str) -> None:
        """Choose what the others get."""
        self.version = version_id

    @rx.event(background=True)
    async def release(self) -> None:
        """Let visitors get what is chosen from their next conversation on."""
        async with self:
            owner_id, app_id = await owner_of(self), await shown_id(self)
            if not app_id or self.busy:
                return
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
        await self._read(owner_id, app.id)
        async with own_tab(self, owner_id):
            self.asking = ""
            await toast(self, said, "good")
        return True

    async def _read(self, owner_id: str, app_id: str) -> None:
        rt = runtime.current()
        app = await apps.get_app(rt, owner_id, app_id)
        if app.agent_id is None:
            return
        agent = await agents.get_agent(rt, owner_id, app.agent_id)
        summaries = await versions.list_versions(rt, owner_id, app.agent_id)
        releases = await apps.list_releases(rt, owner_id, app.id)
        rollback = await app_rollbacks.find_rollback(rt, owner_id, app.id)
        async with own_tab(self, owner_id):
            self._show(app, agent, summaries, releases, rollback)

    def _show(
        self,
        app: App,
        agent: Agent,
        summaries: list[VersionSummary],
        releases: list[Release],
        rollback: Rollback | None,
    ) -> None:
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
