"""Chats of a workspace, and which files their models see."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, status
from pydantic import Field, StringConstraints

from babble_app.api._bodies import Id, ModelName, Name, Text, example
from babble_app.api._identity import Me, Rt
from babble_app.schemas.base import Schema
from babble_app.schemas.chats import Chat
from babble_app.services import chats

router = APIRouter(prefix="/api", tags=["chats"])


_ProfileId = Annotated[Text, StringConstraints(max_length=64)]


class NewChatBody(Schema):
    """A chat to be; all parts may be left out."""

    model_config = example(title="Front desk", model="demo/based")

    title: Annotated[Text, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    """Empty: made from the first exchange."""
    model: ModelName = ""
    """`provider/name`; empty: the caller's default."""
    profile: _ProfileId = ""
    """The kind of work that the chat is for: a profile's id; empty: none."""
    review_changes: bool = False
    """Whether changes of the agent become proposals that wait for the person."""


class ChatBody(Schema):
    """What to change; parts left out stay."""

    model_config = example(title="Front desk")

    title: Name = ""
    model: ModelName = ""
    """Empty: back to the caller's default."""
    profile: _ProfileId = ""
    """Empty: none any more."""
    agent_id: Id | None = None
    """The agent on the chat's canvas; null takes it off."""
    review_changes: bool = False
    """Whether changes of the agent become proposals that wait for the person."""


class FileChoiceBody(Schema):
    """The files that the models shall see, all of them."""

    model_config = example(file_ids=["fil_4fzRkP0aYtQ8sLwUe1Gd"])

    file_ids: Annotated[list[Id], Field(max_length=200)]


@router.get("/workspaces/{workspace_id}/chats")
async def list_chats(rt: Rt, me: Me, workspace_id: Id) -> list[Chat]:
    """List a workspace's chats, last edited first."""
    return await chats.list_chats(rt, me.id, workspace_id)


@router.post("/workspaces/{workspace_id}/chats", status_code=status.HTTP_201_CREATED)
async def add_chat(rt: Rt, me: Me, workspace_id: Id, body: NewChatBody) -> Chat:
    """Create a chat."""
    return await chats.create_chat(rt, me.id, workspace_id, **body.model_dump())


@router.get("/chats/{chat_id}")
async def get_chat(rt: Rt, me: Me, chat_id: Id) -> Chat:
    """Return a chat."""
    return await chats.get_chat(rt, me.id, chat_id)


@router.patch("/chats/{chat_id}")
async def update_chat(rt: Rt, me: Me, chat_id: Id, body: ChatBody) -> Chat:
    """Rename a chat, choose its model or profile, put an agent on its canvas, or let its changes wait for a review."""
    changes = body.model_dump(exclude_unset=True)
    if "agent_id" in changes:
        changes["agent_id"] = changes["agent_id"] or ""
    return await chats.update_chat(rt, me.id, chat_id, **changes)


@router.delete("/chats/{chat_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_chat(rt: Rt, me: Me, chat_id: Id) -> None:
    """Delete a chat with its messages; its agent and files stay."""
    await chats.delete_chat(rt, me.id, chat_id)


@router.put("/chats/{chat_id}/files")
async def choose_files(rt: Rt, me: Me, chat_id: Id, body: FileChoiceBody) -> Chat:
    """Choose which files of the workspace the models see in this chat."""
    return await chats.choose_files(rt, me.id, chat_id, body.file_ids)
