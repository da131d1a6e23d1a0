"""Makes apps with visitors who talk to them, for tests of what their owners do about it."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from babble_app.schemas.visits import VisitorMessage
from babble_app.services import app_callers, app_tokens, apps, visits
from babble_app.services.visit_replies import ReplyBuilder
from babble_app.store.tables.visits import FeedbackRow
from tests.factories import make_agent, make_workspace

if TYPE_CHECKING:
    from babble_app.schemas.visits import ChatReply
    from babble_app.services.app_callers import AppCaller
    from babble_app.services.runtime import Runtime

DESK = """say("Hello, this is the front desk.")
loop:
    talk("You help guests of a hotel.", False)
until "the visitor wants a person":
    say("I will get somebody.")
    transfer("front desk")
"""
"""A program that hands over to a person."""


@dataclass
class Visited:
    """An app whose visitors come with its token."""

    rt: Runtime
    caller: AppCaller
    agent_id: str = ""

    @property
    def owner_id(self) -> str:
        """Whose app it is."""
        return self.caller.owner_id

    @property
    def app_id(self) -> str:
        """Which app it is."""
        return self.caller.app.id

    async def ask(self, text: str, session_id: str = "", *, visitor: str = "") -> ChatReply:
        """Say something as a visitor and return the reply."""
        message = VisitorMessage(text=text)
        run = await visits.start(
            self.rt, self.caller, message, session_id=session_id, visitor=visitor
        )
        builder = ReplyBuilder(run)
        async with aclosing(visits.events(self.rt, self.caller, run)) as events:
            async for numbered in events:
                builder.take(numbered.event)
        assert builder.reply is not None
        return builder.reply

    async def rate(self, reply: ChatReply, rating: str, comment: str = "") -> None:
        """Let the visitor rate an answer."""
        async with self.rt.database.unit_of_work() as db:
            db.add(
                FeedbackRow(
                    message_id=reply.message_id,
                    owner_id=self.owner_id,
                    app_id=self.app_id,
                    chat_id=reply.session_id,
                    rating=rating,
                    comment=comment,
                )
            )


async def make_visited(
    rt: Runtime,
    owner_id: str | None = None,
    *,
    program: str = "",
    channel: Any = "production",
    model: str = "",
) -> Visited:
    """Make an app, of the plain assistant or of a program, and a token of it."""
    owner_id, workspace = await make_workspace(rt, owner_id)
    agent_id = None
    if program:
        agent_id = (await make_agent(rt, owner_id, workspace.id, program=program)).agent_id
    app = await apps.create_app(
        rt, owner_id, "Desk", workspace_id=workspace.id, agent_id=agent_id, model=model
    )
    token = await app_tokens.create_token(rt, owner_id, app.id, "site", channel=channel)
    caller = await app_callers.find_caller(rt, token.token)
    return Visited(rt, caller, agent_id or "")
