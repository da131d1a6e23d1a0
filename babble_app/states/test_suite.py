"""All of an agent's tests at once: made for every path, out to a file, in from one."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import reflex as rx

from babble_app.errors import BabbleError
from babble_app.services import runtime, test_coverage, test_files
from babble_app.states.agent_tests import TestsState
from babble_app.states.canvas import CanvasState
from babble_app.states.tab import own_tab, owner_of
from babble_app.states.toasts import toast
from babble_app.states.words import count_words

MAX_CHARS = 900_000
"""Of a file that is taken in: a larger message of a browser would close its socket."""


class SuiteState(rx.State):
    """The dialog of an import, and whether something is being made."""

    busy: bool = False
    importing: bool = False
    text: str = ""
    chosen: int = 0
    """Counts the files that were chosen: each puts its text into the box."""
    problem: str = ""

    @rx.event
    def open_import(self) -> None:
        """Ask for a file."""
        self.importing, self.problem, self.text = True, "", ""

    @rx.event
    def take_file(self, text: str) -> None:
        """Put the file's text into the box, to be looked at."""
        self.text, self.problem = text[:MAX_CHARS], ""
        self.chosen += 1

    @rx.event
    def close_import(self) -> None:
        """Import nothing."""
        self.importing, self.text = False, ""

    @rx.event(background=True)
    async def import_tests(self, form: dict[str, Any]) -> AsyncGenerator[object, None]:
        """Add the file's tests, or say what is wrong with it."""
        async with self:
            owner_id = await owner_of(self)
            agent_id = (await self.get_state(CanvasState)).agent
            if self.busy or not agent_id:
                return
            self.busy, self.problem = True, ""
        problem, added = "", 0
        try:
            text = str(form.get("text") or "")
            added = len(await test_files.import_yaml(runtime.current(), owner_id, agent_id, text))
        except BabbleError as error:
            problem = str(error)
        finally:
            async with own_tab(self, owner_id):
                self.busy, self.problem, self.importing = False, problem, problem != ""
                if not problem:
                    self.text = ""
                    await toast(self, f"Imported {count_words(added, 'test')}.", "good")
        yield TestsState.load()

    @rx.event(background=True)
    async def export(self) -> AsyncGenerator[object, None]:
        """Hand the tests out as a file, to be kept beside the program's."""
        async with self:
            owner_id = await owner_of(self)
            canvas = await self.get_state(CanvasState)
            agent_id, name = canvas.agent, canvas.agent_name
        text = await test_files.export_yaml(runtime.current(), owner_id, agent_id)
        file = f"{name or 'agent'}.tests.yaml".replace("/", "-")
        yield rx.download(data=text, filename=file)  # pyright: ignore[reportUnknownMemberType] - Var[Unknown]

    @rx.event(background=True)
    async def generate(self) -> AsyncGenerator[object, None]:
        """Make a test with a persona for every path that has none, to be edited."""
        async with self:
            owner_id = await owner_of(self)
            canvas = await self.get_state(CanvasState)
            agent_id, version_id = canvas.agent, canvas.version_id
            if self.busy or not agent_id:
                return
            self.busy = True
        try:
            rt = runtime.current()
            made = len(await test_coverage.generate(rt, owner_id, agent_id, version_id or None))
            words = f"Made {count_words(made, 'test')}: look at what their users want."
            await self._tell(owner_id, words if made else "Every path has a test already.")
        except BabbleError as error:
            await self._tell(owner_id, str(error))
        finally:
            async with own_tab(self, owner_id):
                self.busy = False
        yield TestsState.load()

    async def _tell(self, owner_id: str, words: str) -> None:
        async with own_tab(self, owner_id):
            await toast(self, words)
