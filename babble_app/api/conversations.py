"""Visitors' conversations with an app, for its owner: found, read, taken over, kept as tests, exported, erased."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, status
from pydantic import StringConstraints
from starlette.responses import StreamingResponse

from babble_app.api._bodies import Id, Text, example
from babble_app.api._identity import Me, Rt
from babble_app.schemas.agent_tests import AgentTest
from babble_app.schemas.apps import Channel
from babble_app.schemas.base import Schema
from babble_app.schemas.conversations import (
    Conversation,
    ConversationFilter,
    ConversationPage,
    Unanswered,
)
from babble_app.schemas.visits import Rating
from babble_app.services import (
    unanswered,
    visit_desk,
    visit_exports,
    visit_people,
    visit_tests,
)

router = APIRouter(prefix="/api/apps/{app_id}", tags=["apps"])


def wanted_conversations(
    channel: Annotated[Channel | None, Query()] = None,
    version: Annotated[
        int | None, Query(ge=1, le=1_000_000_000, description="Number of the agent's version.")
    ] = None,
    rating: Annotated[Rating | None, Query(description="Some answer is rated so.")] = None,
    waiting: Annotated[
        bool, Query(description="Only those in which a visitor waits for a person.")
    ] = False,
    search: Annotated[
        Text, Query(max_length=200, description="Stands in a message or in the visitor's name.")
    ] = "",
) -> ConversationFilter:
    """Return which conversations the query means."""
    return ConversationFilter(
        channel=channel, version=version, rating=rating, waiting=waiting, search=search
    )


Wanted = Annotated[ConversationFilter, Depends(wanted_conversations)]


class SayBody(Schema):
    """What a person says to a visitor."""

    model_config = example(text="Hello, this is Ada. How can I help?")

    text: Annotated[Text, StringConstraints(max_length=200_000)]
    """1 to 32,000 characters."""


class SaidMessage(Schema):
    """A message that was just written."""

    message_id: str


class TakenOver(Schema):
    """Who answers now."""

    human: str
    """The name that the visitor sees."""


class KeepBody(Schema):
    """How the test is called."""

    model_config = example(name="Asks for the price of a cake")

    name: Annotated[Text, StringConstraints(max_length=200)] = ""
    """Empty: after how the conversation began and where it led."""


@router.get("/conversations")
async def list_conversations(
    rt: Rt,
    me: Me,
    app_id: Id,
    wanted: Wanted,
    limit: Annotated[int, Query(ge=1, le=visit_desk.MAX_LISTED)] = 30,
    after: Annotated[
        Text, Query(max_length=200, description="What the page before calls `next`.")
    ] = "",
) -> ConversationPage:
    """List conversations in which a visitor has said something, the last touched first."""
    return await visit_desk.list_conversations(rt, me.id, app_id, wanted, limit=limit, after=after)


@router.get(
    "/conversations.jsonl",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "One line a conversation, with all its messages.",
            "content": {"application/jsonl": {}},
        }
    },
)
async def export_json(rt: Rt, me: Me, app_id: Id, wanted: Wanted) -> StreamingResponse:
    """Download conversations as lines of JSON."""
    lines = await visit_exports.json_lines(rt, me.id, app_id, wanted)
    return _download(lines, "application/jsonl", "conversations.jsonl")


@router.get(
    "/conversations.csv",
    response_class=StreamingResponse,
    responses={200: {"description": "One line a message.", "content": {"text/csv": {}}}},
)
async def export_csv(rt: Rt, me: Me, app_id: Id, wanted: Wanted) -> StreamingResponse:
    """Download messages as CSV; cells that look like formulas begin with an apostrophe."""
    lines = await visit_exports.csv_rows(rt, me.id, app_id, wanted)
    return _download(lines, "text/csv; charset=utf-8", "conversations.csv")


@router.get("/unanswered")
async def list_unanswered(rt: Rt, me: Me, app_id: Id) -> list[Unanswered]:
    """List questions of the last 30 days that were not answered, or not well, equal ones together, the most frequent first.

    An answer counts as none when it failed, was empty, was rated down, or says by one of many phrases that it does not know;
    and when a person had to go on. Wrong answers that sound sure are only found when a visitor rates them down.
    """
    return await unanswered.list_unanswered(rt, me.id, app_id)


@router.get("/conversations/{conversation_id}")
async def get_conversation(
    rt: Rt,
    me: Me,
    app_id: Id,
    conversation_id: Id,
    limit: Annotated[int, Query(ge=1, le=visit_desk.MAX_MESSAGES)] = 50,
    before: Annotated[
        Id | None, Query(description="A message's id: those that precede it are returned.")
    ] = None,
) -> Conversation:
    """Return a conversation with its newest messages, oldest first."""
    return await visit_desk.get_conversation(
        rt, me.id, app_id, conversation_id, limit=limit, before=before
    )


@router.delete("/conversations/{conversation_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_conversation(rt: Rt, me: Me, app_id: Id, conversation_id: Id) -> None:
    """Erase a conversation with all that was said in it."""
    await visit_desk.delete_conversations(rt, me.id, app_id, [conversation_id])


@router.post("/conversations/{conversation_id}/takeover")
async def take_over(rt: Rt, me: Me, app_id: Id, conversation_id: Id) -> TakenOver:
    """Answer in the place of the agent from now on; the visitor sees your name."""
    return TakenOver(human=await visit_people.take_over(rt, me.id, app_id, conversation_id))


@router.post("/conversations/{conversation_id}/handback", status_code=status.HTTP_204_NO_CONTENT)
async def hand_back(rt: Rt, me: Me, app_id: Id, conversation_id: Id) -> None:
    """Let the agent answer again, from where its program stood; one that ended by handing over begins at its top."""
    await visit_people.hand_back(rt, me.id, app_id, conversation_id)


@router.post("/conversations/{conversation_id}/messages", status_code=status.HTTP_201_CREATED)
async def write_message(
    rt: Rt, me: Me, app_id: Id, conversation_id: Id, body: SayBody
) -> SaidMessage:
    """Say something to the visitor, in a conversation that was taken over."""
    message_id = await visit_people.write_message(rt, me.id, app_id, conversation_id, body.text)
    return SaidMessage(message_id=message_id)


@router.post("/conversations/{conversation_id}/keep-as-test", status_code=status.HTTP_201_CREATED)
async def keep_as_test(
    rt: Rt, me: Me, app_id: Id, conversation_id: Id, body: KeepBody | None = None
) -> AgentTest:
    """Make a test of a conversation with an agent; it keeps the visitor's words even when the conversation is erased."""
    name = body.name if body else ""
    return await visit_tests.keep_as_test(rt, me.id, app_id, conversation_id, name=name)


def _download(lines: AsyncGenerator[str, None], media_type: str, name: str) -> StreamingResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(lines, media_type=media_type, headers=headers)
