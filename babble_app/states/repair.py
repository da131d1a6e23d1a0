"""What can be done about a test that does not pass: another recording, a request to change the program, rounds of fixing."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import reflex as rx

from babble_app.errors import BabbleError
from babble_app.services import runtime, test_recording
from babble_app.states.agent_tests import TestsState
from babble_app.states.canvas import CanvasState
from babble_app.states.chat import ChatState
from babble_app.states.choices import ChoicesState
from babble_app.states.panes import PanesState
from babble_app.states.tab import own_tab, owner_of
from babble_app.states.toasts import toast


class RepairState(rx.State):
    """What is being done about the test that is shown."""

    busy: bool = False
    doing: str = ""

    @rx.event(background=True)
    async def record_again(self) -> AsyncGenerator[object, None]:
        """Take what the agent does now for what it must do."""
        async with self:
            owner_id = await owner_of(self)
            tests = await self.get_state(TestsState)
            canvas = await self.get_state(CanvasState)
            version_id = canvas._program()[1]  # noqa: SLF001 - underscore: not callable from outside  # pyright: ignore[reportPrivateUsage]
            model = (await self.get_state(ChoicesState)).model
            test_id = tests.shown
            if self.busy or not test_id:
                return
            if version_id is None:
                tests.problem = "A recording is made on a saved version: save your edits first."
                return
            self.busy, self.doing = True, "Recording"
        problem = ""
        try:
            await test_recording.record_again(
                runtime.current(), owner_id, test_id, version_id=version_id, model=model
            )
        except BabbleError as error:
            problem = str(error)
        finally:
            async with own_tab(self, owner_id):
                self.busy, self.doing = False, ""
                (await self.get_state(TestsState)).problem = problem
                if not problem:
                    await toast(self, "Recorded again.", "good")
        yield TestsState.load()
        yield TestsState.show_test(test_id)

    @rx.event(background=True)
    async def send_request(self) -> AsyncGenerator[object, None]:
        """Put what went wrong into the chat's box, as the next request."""
        async with self:
            owner_id = await owner_of(self)
        del owner_id
        yield ChatState.suggest("")
        yield PanesState.show_chat()

    @rx.event(background=True)
    async def fix(self) -> None:
        """Let the model change the program until the test passes."""
        async with self:
            await owner_of(self)
