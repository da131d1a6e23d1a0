"""Keeping a test conversation as a test."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import reflex as rx

from babble_app.errors import BabbleError
from babble_app.services import agent_tests, runtime
from babble_app.states.agent_tests import TestsState
from babble_app.states.tab import own_tab, owner_of
from babble_app.states.testing import TestState
from babble_app.states.toasts import toast

_NAME_CHARS = 60


class KeepState(rx.State):
    """The dialog that asks for the test's name."""

    open: bool = False
    suggestion: str = ""
    busy: bool = False
    problem: str = ""

    @rx.event
    async def ask(self) -> None:
        """Ask what the test is called."""
        test = await self.get_state(TestState)
        said = [line.text for line in test.lines if line.kind == "user"]
        self.open, self.problem = test.session != "", ""
        self.suggestion = said[0][:_NAME_CHARS] if said else test.label

    @rx.event
    def cancel(self) -> None:
        """Keep nothing."""
        self.open = False

    @rx.event(background=True)
    async def keep_test(self, form: dict[str, Any]) -> AsyncGenerator[object, None]:
        """Make the test, or say why it cannot be made."""
        async with self:
            owner_id = await owner_of(self)
            session_id = (await self.get_state(TestState)).session
            if self.busy or not session_id:
                return
            self.busy, self.problem = True, ""
        problem = ""
        try:
            await agent_tests.keep_as_test(
                runtime.current(), owner_id, session_id, name=str(form.get("name") or "")
            )
        except BabbleError as error:
            problem = str(error)
        finally:
            async with own_tab(self, owner_id):
                self.busy, self.problem = False, problem
                self.open = problem != ""
                if not problem:
                    await toast(
                        self, "Kept as a test. Every new version is run against it.", "good"
                    )
        yield TestsState.load()
