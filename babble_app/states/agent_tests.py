"""The Tests tab: an agent's tests, and what comes of them on the text on screen."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import reflex as rx

from babble_app.errors import BabbleError
from babble_app.services import agent_tests, runtime, test_coverage, test_reports, test_runs
from babble_app.states import agent_test_views as views
from babble_app.states.agent_test_views import CoverageView, ResultView, TestRow
from babble_app.states.canvas import CanvasState
from babble_app.states.choices import ChoicesState
from babble_app.states.tab import own_tab, owner_of
from babble_app.states.toasts import toast
from babble_app.states.versions import VersionsState

if TYPE_CHECKING:
    from babble_app.schemas.agent_tests import TestReport
    from babble_app.services.runtime import Runtime

_SAVE_FIRST = "Tests with a live model run on saved versions: save your edits first."


@dataclass(frozen=True)
class _Screen:
    """What is on the canvas."""

    agent_id: str
    text: str
    version_id: str | None
    text_key: str
    model: str


class TestsState(rx.State):
    """The tests of the agent on the canvas; the replays among them run whenever they are shown."""

    __test__ = False  # no test class

    agent: str = ""
    status: str = "loading"
    """`loading` or `ready`."""
    rows: list[TestRow] = []
    summary: str = ""
    good: bool = True
    """Whether nothing failed."""
    stale: bool = False
    """Whether a recording no longer fits."""
    text_key: str = ""
    """The text that was tested, as `CanvasState.text_key` names it."""
    coverage: CoverageView = CoverageView()
    running: str = ""
    """The test that runs; `all` for all of them."""
    done: int = 0
    of: int = 0
    problem: str = ""
    has_live: bool = False
    """Whether there are tests that ask a model."""
    shown: str = ""
    """The test whose result is read; empty: the list."""
    shown_name: str = ""
    shown_kind: str = ""
    result: ResultView = ResultView()
    deleting: str = ""
    deleting_name: str = ""

    @rx.event(background=True, supersedes=True)
    async def load(self) -> AsyncGenerator[object, None]:
        """Show the tests, and run the replays on the text on screen; the versions then show how theirs ended."""
        async with self:
            owner_id = await owner_of(self)
            screen = await self._screen()
            if screen.agent_id != self.agent:
                self.reset()
                self.agent = screen.agent_id
            before = (self.text_key, self.summary)
        if not screen.agent_id:
            return
        await self._read(owner_id, screen)
        if self.shown:
            await self._read_result(owner_id, screen, self.shown)
        if before != (self.text_key, self.summary):
            yield VersionsState.open_agent(screen.agent_id)

    @rx.event(background=True)
    async def run_all(self, chosen: bool) -> AsyncGenerator[object, None]:
        """Run every test, with `chosen` also those that ask a model, one after the other."""
        rt = runtime.current()
        async with self:
            owner_id = await owner_of(self)
            screen = await self._screen()
            live = [row.id for row in self.rows if chosen and row.kind != "replay"]
            if self.running or not self.agent:
                return
            self.problem = _SAVE_FIRST if live and screen.version_id is None else ""
            if self.problem:
                return
            self.running, self.done, self.of = "all", 0, len(live)
        try:
            for test_id in live:
                await test_runs.run_test(
                    rt, owner_id, test_id, version_id=screen.version_id, model=screen.model
                )
                async with own_tab(self, owner_id):
                    self.done += 1
        except BabbleError as error:
            async with own_tab(self, owner_id):
                self.problem = str(error)
        finally:
            await self._settle(owner_id, screen)
        yield VersionsState.open_agent(screen.agent_id)

    @rx.event(background=True)
    async def run_one(self, test_id: str) -> AsyncGenerator[object, None]:
        """Run one test on the text on screen."""
        rt = runtime.current()
        async with self:
            owner_id = await owner_of(self)
            screen = await self._screen()
            live = any(row.id == test_id and row.kind != "replay" for row in self.rows)
            if self.running:
                return
            self.problem = _SAVE_FIRST if live and screen.version_id is None else ""
            if self.problem:
                return
            self.running, self.done, self.of = test_id, 0, 0
        try:
            if live:
                await test_runs.run_test(
                    rt, owner_id, test_id, version_id=screen.version_id, model=screen.model
                )
        except BabbleError as error:
            async with own_tab(self, owner_id):
                self.problem = str(error)
        finally:
            await self._settle(owner_id, screen)
        yield VersionsState.open_agent(screen.agent_id)

    @rx.event(background=True)
    async def show_test(self, test_id: str) -> None:
        """Read what came of a test."""
        async with self:
            owner_id = await owner_of(self)
            screen = await self._screen()
            self.shown, self.result = test_id, ResultView()
            self.shown_name = next((row.name for row in self.rows if row.id == test_id), "")
        await self._read_result(owner_id, screen, test_id)

    @rx.event
    def show_list(self) -> None:
        """Go back to the list."""
        self.shown = ""

    @rx.event(background=True)
    async def choose_for_gate(self, chosen: bool, test_id: str) -> None:
        """Decide whether the test must pass before a version goes live."""
        async with self:
            owner_id = await owner_of(self)
            screen = await self._screen()
        await agent_tests.update_test(runtime.current(), owner_id, test_id, gating=chosen)
        await self._read(owner_id, screen)

    @rx.event
    def ask_delete(self, test_id: str) -> None:
        """Ask whether it is really meant."""
        self.deleting = test_id
        self.deleting_name = next((row.name for row in self.rows if row.id == test_id), "")

    @rx.event
    def cancel_delete(self) -> None:
        """Keep the test."""
        self.deleting = ""

    @rx.event(background=True)
    async def delete(self) -> None:
        """Delete the test that the dialog asks about."""
        async with self:
            owner_id = await owner_of(self)
            screen = await self._screen()
            test_id, name, self.deleting, self.shown = self.deleting, self.deleting_name, "", ""
        if not test_id:
            return
        await agent_tests.delete_test(runtime.current(), owner_id, test_id)
        async with own_tab(self, owner_id):
            await toast(self, f"Deleted “{name}”.")
        await self._read(owner_id, screen)

    @rx.event
    def dismiss_problem(self) -> None:
        """Take the notice away."""
        self.problem = ""

    async def _screen(self) -> _Screen:
        """Return what is on the canvas; called while the tab is held."""
        canvas = await self.get_state(CanvasState)
        text, version_id = canvas._program()  # noqa: SLF001 - underscore: not callable from outside  # pyright: ignore[reportPrivateUsage]
        model = (await self.get_state(ChoicesState)).model
        return _Screen(canvas.agent, text, version_id, canvas.text_key, model)

    async def _settle(self, owner_id: str, screen: _Screen) -> None:
        """Show what came of a run."""
        async with own_tab(self, owner_id):
            self.running, shown = "", self.shown
        await self._read(owner_id, screen)
        if shown:
            await self._read_result(owner_id, screen, shown)

    async def _read(self, owner_id: str, screen: _Screen) -> None:
        rt = runtime.current()
        try:
            report = await _replay(rt, owner_id, screen)
            tests = await agent_tests.list_tests(rt, owner_id, screen.agent_id)
            covered = await test_coverage.coverage(rt, owner_id, screen.agent_id, screen.version_id)
        except BabbleError as error:
            async with own_tab(self, owner_id):
                self.status, self.problem = "ready", str(error)
            return
        found = views.results_by_test(tests, report.results, screen.text)
        badge = test_reports.make_report(list(found.values()))
        async with own_tab(self, owner_id):
            if self.agent != screen.agent_id:
                return
            self.status, self.text_key = "ready", screen.text_key
            self.rows = [views.test_row(test, found.get(test.id)) for test in tests]
            shows_coverage = bool(tests) and screen.version_id is not None
            self.coverage = views.coverage_view(covered) if shows_coverage else CoverageView()
            self.summary = badge.summary if found else ""
            self.has_live = any(row.kind != "replay" for row in self.rows)
            self.stale = any(row.status == "stale" for row in self.rows)
            self.good = not any(row.status in {"failed", "error"} for row in self.rows)
            if self.shown not in {row.id for row in self.rows}:
                self.shown = ""

    async def _read_result(self, owner_id: str, screen: _Screen, test_id: str) -> None:
        rt = runtime.current()
        try:
            test = await agent_tests.get_test(rt, owner_id, test_id)
            report = await _replay(rt, owner_id, screen)
        except BabbleError as error:
            async with own_tab(self, owner_id):
                self.shown, self.problem = "", str(error)
            return
        result = views.results_by_test([test], report.results, screen.text).get(test_id)
        async with own_tab(self, owner_id):
            if self.shown == test_id:
                self.shown_name, self.shown_kind = test.name, test.kind
                self.result = views.result_view(result, test.spec.k)


async def _replay(rt: Runtime, owner_id: str, screen: _Screen) -> TestReport:
    """Run the replays on the text on screen, as far as they were not run on it before."""
    return await test_runs.run_replays(
        rt, owner_id, screen.agent_id, text=screen.text, version_id=screen.version_id
    )
