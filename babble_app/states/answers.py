"""The dialog in which a recorded answer is changed, before the conversation is played again from there."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from typing import TYPE_CHECKING, Any

import reflex as rx

from babble_app.services import runtime, sessions
from babble_app.states.json_fields import FieldError, read_json
from babble_app.states.mocks import read_status
from babble_app.states.tab import own_tab, owner_of
from babble_app.states.testing import TestState
from babble_app.states.testing_views import Named

if TYPE_CHECKING:
    from babble_app.schemas.sessions import AgentSession

REPLY, ANSWER, FAILURE = "reply", "answer", "failure"


class AnswerState(rx.State):
    """One answer as a form: which of the possible ones it is, and its text."""

    open: bool = False
    step: int = 0
    kind: str = ""
    asked: str = ""
    choices: list[Named] = []
    """What can be chosen: a reply or one of the exits, an answer or a failure."""
    choice: str = ""
    status: str = ""
    text: str = ""
    problem: str = ""

    @rx.event(background=True)
    async def open_answer(self, number: int) -> None:
        """Show answer `number` of the conversation in the form."""
        async with self:
            owner_id = await owner_of(self)
            session_id = (await self.get_state(TestState)).session
        if not session_id:
            return
        session = await sessions.get_session(runtime.current(), owner_id, session_id)
        async with own_tab(self, owner_id):
            self._fill(session, number)

    @rx.event
    def choose(self, chosen_name: str) -> None:
        """Change what kind of answer it is; its text is another then."""
        known = {one.name for one in self.choices}
        if chosen_name in known and chosen_name != self.choice:
            self.choice, self.problem = chosen_name, ""
            self.text = "{}" if chosen_name not in {REPLY, ANSWER, FAILURE} else ""

    @rx.event
    def close_answer(self) -> None:
        """Leave the answer as it is."""
        self.open = False

    @rx.event(background=True)
    async def save_answer(self, form: dict[str, Any]) -> AsyncGenerator[object, None]:
        """Play the conversation again with this answer, or say what is wrong with it."""
        async with self:
            await owner_of(self)
            kind, choice, step = self.kind, self.choice, self.step
        try:
            answer = read_answer(kind, choice, form)
        except FieldError as error:
            async with self:
                self.problem = str(error)
            return
        async with self:
            self.open = False
        yield TestState.replace_answer(step, answer)

    def _fill(self, session: AgentSession, number: int) -> None:
        step = next((one for one in session.steps if one.number == number), None)
        if step is None:
            return
        answer = session.log[number]
        self.open, self.problem, self.step, self.kind = True, "", number, step.kind
        self.asked = _asked(step.asked)
        self.choices, self.choice = [], ""
        if step.kind == "talk":
            exits = [Named(one["slug"], f"leaves by: {one['text']}") for one in step.asked["exits"]]
            self.choices = [Named(REPLY, "says something"), *exits]
            self.choice = answer.get("exit", REPLY)
        elif step.kind in {"http", "action"}:
            self.choices = [Named(ANSWER, "is answered"), Named(FAILURE, "fails")]
            self.choice = FAILURE if answer.get("error") else ANSWER
        self.status = str(answer.get("status", "200"))
        self.text = _text(step.kind, answer)


def _asked(asked: Mapping[str, Any]) -> str:
    call = f"{asked['method']} {asked['url']}" if "url" in asked else ""
    return call or str(asked.get("question") or asked.get("name") or asked.get("text") or "")


def _text(kind: str, answer: Mapping[str, Any]) -> str:
    if answer.get("error"):
        return str(answer["error"])
    if kind == "talk" and "exit" in answer:
        return json.dumps(answer.get("arguments") or {}, ensure_ascii=False, indent=2)
    plain = {"talk": "reply", "user": "text", "summarize": "text", "rephrase": "text"}
    if kind in plain:
        return str(answer.get(plain[kind], ""))
    value = answer.get("body" if kind == "http" else "value")
    return json.dumps(value, ensure_ascii=False, indent=2)


def read_answer(kind: str, choice: str, form: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer that the form describes, as a program's log holds it.

    Raises:
        FieldError: something in it is none; the message says what and where.
    """
    text = str(form.get("text") or "")
    if kind in {"user", "summarize", "rephrase"} or choice in {REPLY, FAILURE}:
        if not text.strip():
            raise FieldError("Write what it says." if choice != FAILURE else "Say how it fails.")
        if choice == FAILURE:
            return {"kind": kind, "error": text.strip()}
        return {"kind": kind, "reply" if kind == "talk" else "text": text.strip()}
    value = read_json(text, "The arguments" if kind == "talk" else "The answer")
    if kind == "talk":
        if value is not None and not isinstance(value, dict):
            raise FieldError('The arguments must be an object, as {"day": "Monday"}.')
        return {"kind": "talk", "exit": choice, "arguments": value or {}}
    if kind == "http":
        status = read_status(str(form.get("status") or ""))
        return {"kind": "http", "status": status, "body": value, "headers": {}, "mocked": True}
    return {"kind": kind, "value": value} | ({"mocked": True} if kind == "action" else {})
