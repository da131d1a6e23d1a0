"""The test pane: a conversation with the program on screen, saved or not."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable
from typing import TYPE_CHECKING, Any

import reflex as rx

from babble_app.errors import BabbleError
from babble_app.schemas.mocks import Mock
from babble_app.services import runtime, session_forks, sessions
from babble_app.states import testing_views as views
from babble_app.states.canvas import CanvasState
from babble_app.states.choices import ChoicesState
from babble_app.states.mocks import MocksState
from babble_app.states.tab import own_tab, owner_of
from babble_app.states.testing_views import TestLine
from babble_app.states.trace import show_trace

if TYPE_CHECKING:
    from babble_app.schemas.sessions import AgentSession

VIEWS = ("talk", "trace", "inside", "mocks")
_CUT = "The rest of the conversation did not fit any more and was left out."


class TestState(rx.State):
    """One test conversation."""

    __test__ = False

    agent: str = ""
    session: str = ""
    version: str = ""
    """The version that runs, empty for unsaved text."""
    text_key: str = ""
    """Which text runs, as `CanvasState.text_key` names it."""
    label: str = ""
    lines: list[TestLine] = []
    status: str = ""
    status_words: str = ""
    can_talk: bool = False
    line: int = 0
    """Where the program stands; lit in the editor."""
    busy: bool = False
    pending: str = ""
    """What was said and is not answered yet."""
    failed: str = ""
    """What was said and could not be answered."""
    problem: str = ""
    problem_line: int = 0
    note: str = ""
    returned: dict[str, str | int] = {}
    view: str = "talk"
    _mocks: list[Mock] = []
    """What the session was told to answer calls with."""

    @rx.event(background=True)
    async def start(self) -> None:
        """Run the text on screen from its beginning."""
        rt = runtime.current()
        async with self:
            owner_id = await owner_of(self)
            canvas = await self.get_state(CanvasState)
            agent_id, label, key = canvas.agent, _label(canvas), canvas.text_key
            program, version_id = canvas._program()  # noqa: SLF001 - underscore: not callable from outside  # pyright: ignore[reportPrivateUsage]
            model = (await self.get_state(ChoicesState)).model
            if self.busy or not agent_id:
                return
            self.reset()
            self.busy, self.agent = True, agent_id
        mocks = await self._read_mocks(owner_id, agent_id)
        begun = sessions.start_session(
            rt,
            owner_id,
            agent_id,
            version_id=version_id,
            program=None if version_id else program,
            model=model,
            mocks=mocks,
        )
        await self._follow(owner_id, begun, label=label, text_key=key)

    @rx.event(background=True)
    async def send(self, text: str) -> None:
        """Say something to the agent; what could not be answered can be sent again."""
        async with self:
            owner_id = await owner_of(self)
            session_id = self.session
            if self.busy or not session_id:
                return
            self._begin()
            self.pending, self.view = text, "talk"
        await self._follow(owner_id, self._say(owner_id, session_id, text), text=text)

    @rx.event(background=True)
    async def send_again(self) -> AsyncGenerator[object, None]:
        """Try once more what could not be answered."""
        async with self:
            await owner_of(self)
            text = self.failed
        if text:
            yield TestState.send(text)

    @rx.event
    def take_back(self) -> None:
        """Put what could not be answered back into the box, to be changed."""
        self._return(self.failed)
        self.failed, self.problem = "", ""

    @rx.event(background=True)
    async def go_on(self, number: int) -> None:
        """Go on after answer `number`, as another conversation."""
        await self._fork(number + 1)

    @rx.event(background=True)
    async def ask_again(self, number: int) -> None:
        """Let answer `number` be given anew: by the model, or by the person, whose words come back into the box."""
        async with self:
            await owner_of(self)
            said = next((one for one in self.lines if one.step == number), None)
        if await self._fork(number) and said is not None and said.kind == "user":
            async with self:
                self._return(said.text)

    @rx.event(background=True)
    async def replace_answer(self, number: int, answer: dict[str, Any]) -> None:
        """Put another answer in the place of number `number`, and give those after it again while they fit."""
        await self._fork(number, answer)

    @rx.event(background=True)
    async def replay(self) -> None:
        """Say everything again to the text on screen, with the mocks as they are now."""
        rt = runtime.current()
        async with self:
            owner_id = await owner_of(self)
            canvas = await self.get_state(CanvasState)
            program, version_id = canvas._program()  # noqa: SLF001 - as above  # pyright: ignore[reportPrivateUsage]
            label, key, session_id = _label(canvas), canvas.text_key, self.session
            if self.busy or not session_id or canvas.agent != self.agent:
                return
            self._begin()
        await self._tell_mocks(owner_id, session_id)
        played = session_forks.replay(
            rt,
            owner_id,
            session_id,
            version_id=version_id,
            program=None if version_id else program,
        )
        await self._follow(owner_id, played, label=label, text_key=key, replayed=True)

    @rx.event
    def pick_view(self, tab: str) -> Any:
        """Show the conversation, the trace, what is inside the program, or the mocks."""
        self.view = tab if tab in VIEWS else "talk"
        return MocksState.load() if self.view == "mocks" else None

    @rx.event
    def dismiss_note(self) -> None:
        """Take the notices away."""
        self.note, self.problem, self.failed = "", "", ""

    async def _fork(self, step: int, answer: dict[str, Any] | None = None) -> bool:
        async with self:
            owner_id = await owner_of(self)
            session_id = self.session
            if self.busy or not session_id:
                return False
            self._begin()
        await self._tell_mocks(owner_id, session_id)
        forked = session_forks.fork(
            runtime.current(), owner_id, session_id, step=step, answer=answer
        )
        return await self._follow(owner_id, forked, replayed=answer is not None)

    async def _follow(
        self,
        owner_id: str,
        work: Awaitable[AgentSession],
        *,
        text: str = "",
        label: str = "",
        text_key: str = "",
        replayed: bool = False,
    ) -> bool:
        """Show what comes of the work, or why nothing does, in one update; say whether it went well.

        `text` is what was said; it is kept to be said again if it cannot be answered.
        """
        session = refused = None
        try:
            session = await work
        except BabbleError as error:
            refused = str(error)
        finally:  # whatever happens: a tab that stays busy cannot be used any more
            async with own_tab(self, owner_id):
                self.busy, self.pending = False, ""
                if session is None:
                    self.failed, self.problem = text, refused or ""
                    self.problem_line = views.problem_line(self.problem)
                else:
                    said = _said(self.lines)
                    self.label, self.text_key = label or self.label, text_key or self.text_key
                    self._show(session)
                    await show_trace(self, session)
                    self.note = _CUT if replayed and _said(self.lines) < said else ""
        return session is not None

    async def _say(self, owner_id: str, session_id: str, text: str) -> AgentSession:
        rt = runtime.current()
        await self._tell_mocks(owner_id, session_id)
        await sessions.send_message(rt, owner_id, session_id, text)
        return await sessions.get_session(rt, owner_id, session_id)

    async def _read_mocks(self, owner_id: str, agent_id: str) -> list[Mock]:
        """Return the agent's mocks: of this tab, else of the conversation before."""
        async with self:
            mocks = (await self.get_state(MocksState))._of(agent_id)  # noqa: SLF001 - as above  # pyright: ignore[reportPrivateUsage]
        if mocks is None:
            mocks = list(await sessions.find_mocks(runtime.current(), owner_id, agent_id))
        async with own_tab(self, owner_id):
            self._mocks = mocks
        return mocks

    async def _tell_mocks(self, owner_id: str, session_id: str) -> None:
        """Let the session know the mocks as they are now, if they were changed."""
        async with self:
            known = self._mocks
            mocks = (await self.get_state(MocksState))._of(self.agent)  # noqa: SLF001 - as above  # pyright: ignore[reportPrivateUsage]
        if mocks is not None and mocks != known:
            await sessions.set_mocks(runtime.current(), owner_id, session_id, mocks)
            async with own_tab(self, owner_id):
                self._mocks = mocks

    def _begin(self) -> None:
        self.busy, self.problem, self.failed, self.note = True, "", "", ""

    def _return(self, text: str) -> None:
        self.returned = {"number": int(self.returned.get("number", 0)) + 1, "text": text}

    def _show(self, session: AgentSession) -> None:
        self.session, self.version = session.id, session.version_id or ""
        self.lines = views.lines(session)
        self.status, self.status_words = session.state.status, views.STATUS[session.state.status]
        self.can_talk = session.state.status in {"waiting", "done"}
        self.line = session.state.line or 0


def _label(canvas: CanvasState) -> str:
    """Say what is on screen."""
    if canvas._program()[1]:  # noqa: SLF001 - as above  # pyright: ignore[reportPrivateUsage]
        return f"Version {canvas.number}"
    changes = "unsaved edits" if canvas.dirty else "the proposed change"
    return f"Version {canvas.number} with {changes}"


def _said(lines: list[TestLine]) -> int:
    return sum(line.kind == "user" for line in lines)
