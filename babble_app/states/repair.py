"""What can be done about a test that does not pass: another recording, a request to change the program, rounds of fixing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

import reflex as rx

from babble_app.errors import BabbleError
from babble_app.services import runtime, test_fixes, test_recording
from babble_app.states.agent_tests import TestsState
from babble_app.states.canvas import CanvasState
from babble_app.states.chat import ChatState
from babble_app.states.choices import ChoicesState
from babble_app.states.live import LiveState
from babble_app.states.panes import PanesState
from babble_app.states.tab import own_tab, owner_of, tab_is_open
from babble_app.states.toasts import toast

if TYPE_CHECKING:
    from babble_app.schemas.agent_tests import TestFix

WATCH_SECONDS = 0.5


class RepairState(rx.State):
    """What is being done about the test that is shown."""

    busy: bool = False
    fixing: bool = False
    """The model changes the program, round after round."""
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
            test_id = (await self.get_state(TestsState)).shown
        if not test_id:
            return
        try:
            text = await test_fixes.fix_request(runtime.current(), owner_id, test_id)
        except BabbleError as error:
            await self._refuse(owner_id, error)
            return
        yield ChatState.suggest(text)
        yield PanesState.show_chat()

    @rx.event(background=True)
    async def fix(self) -> AsyncGenerator[object, None]:
        """Let the model change the program until the test passes: at most five rounds in this chat."""
        async with self:
            owner_id = await owner_of(self)
            test_id = (await self.get_state(TestsState)).shown
            chat_id = (await self.get_state(ChatState)).shown_id
            model = (await self.get_state(ChoicesState)).model
            if self.busy or not test_id or not chat_id:
                return
        try:
            await test_fixes.start_fix(runtime.current(), owner_id, test_id, chat_id, model=model)
        except BabbleError as error:
            await self._refuse(owner_id, error)
            return
        yield RepairState.watch()

    @rx.event(background=True)
    async def stop_fix(self) -> None:
        """Stop changing the program; the versions that came of it stay."""
        async with self:
            owner_id = await owner_of(self)
            test_id = (await self.get_state(TestsState)).shown
        if test_id:
            await test_fixes.stop_fix(runtime.current(), owner_id, test_id)

    @rx.event(background=True, supersedes=True)
    async def watch(self) -> AsyncGenerator[object, None]:
        """Follow the fixing of the test that is shown, if it goes on; the chat shows what the model does."""
        rt = runtime.current()
        async with self:
            owner_id = await owner_of(self)
            test_id = (await self.get_state(TestsState)).shown
        if not test_id:
            return
        state, seen = await test_fixes.get_fix(rt, owner_id, test_id), 0
        if state.status != "running":
            return
        try:
            while state.status == "running" and tab_is_open(self):
                async with own_tab(self, owner_id):
                    self._show(state)
                    in_view = (await self.get_state(ChatState)).shown_id == state.chat_id
                if len(state.run_ids) > seen and in_view:
                    seen = len(state.run_ids)
                    yield ChatState.refresh()
                    yield LiveState.attach(state.chat_id)
                await asyncio.sleep(WATCH_SECONDS)
                state = await test_fixes.get_fix(rt, owner_id, test_id)
        finally:
            async with own_tab(self, owner_id):
                self.busy, self.fixing, self.doing = False, False, ""
        async with own_tab(self, owner_id):
            if state.status == "passed":
                await toast(self, state.message, "good")
            else:
                (await self.get_state(TestsState)).problem = state.message
        yield TestsState.load()
        yield TestsState.show_test(test_id)

    def _show(self, state: TestFix) -> None:
        words = f"Change {state.round} of at most {state.of}" if state.round else "Running the test"
        if not self.busy or self.doing != words:
            self.busy, self.fixing, self.doing = True, True, words

    async def _refuse(self, owner_id: str, error: BabbleError) -> None:
        async with own_tab(self, owner_id):
            (await self.get_state(TestsState)).problem = str(error)
