"""Chats, their messages and their runs."""

from __future__ import annotations

from typing import Literal

from babble_app.schemas.base import Schema, Timestamp
from babble_app.schemas.events import (
    Attempt,
    Citation,
    FileUse,
    Mode,
    ToolAnswered,
    ToolCalled,
    VersionSaved,
)
from babble_app.schemas.profiles import ToolGroup
from babble_app.schemas.usage import Usage

RunStatus = Literal["queued", "running", "done", "failed", "stopped", "interrupted"]
MessageStatus = Literal["done", "failed", "stopped", "interrupted"]


class Chat(Schema):
    """A conversation in a workspace."""

    id: str
    workspace_id: str
    title: str
    model: str = ""
    """Empty: the person's default."""
    profile: str = ""
    """The kind of work that the chat is for: a profile's id; empty: none."""
    agent_id: str | None = None
    """The agent on the chat's canvas."""
    file_ids: tuple[str, ...] = ()
    """The files the models see."""
    review_changes: bool = False
    """Whether changes of the agent become proposals that wait for the person."""
    active_run_id: str | None = None
    """The run that is queued or running, if any."""
    created_at: Timestamp
    updated_at: Timestamp
    """Last edited: the newest message, rename or choice of files."""


class RunProblem(Schema):
    """Why a run failed."""

    code: str
    message: str
    retryable: bool = False


class AskedWith(Schema):
    """What a program that asks gives along with its question."""

    data: str = ""
    """What it says of itself and its user, as JSON; the model is shown it as data."""
    tools: tuple[ToolGroup, ...] | None = None
    """In place of the profile's; None: the profile's."""


class Message(Schema):
    """A stored question or answer."""

    id: str
    chat_id: str
    run_id: str | None = None
    role: Literal["user", "assistant"]
    text: str
    reasoning: str = ""
    status: MessageStatus = "done"
    """Of an answer: whether it is whole."""
    model: str = ""
    why: str = ""
    """Of an answer: why that model gave it, where there was a choice."""
    cached: bool = False
    """Whether an earlier answer to the same was given again."""
    usage: Usage = Usage()
    problem: RunProblem | None = None
    attempts: tuple[Attempt, ...] = ()
    tools: tuple[ToolCalled | ToolAnswered, ...] = ()
    citations: tuple[Citation, ...] = ()
    versions: tuple[VersionSaved, ...] = ()
    proposal_id: str | None = None
    """The change that it proposed, where changes wait for the person."""
    context: tuple[FileUse, ...] = ()
    """What the model was shown of the chat's files."""
    raw: str = ""
    """The model's last answer when no valid program came of it."""
    asked_with: AskedWith | None = None
    """Of a question that a program asked."""
    human: str = ""
    """Of an answer to a visitor that a person wrote: who."""
    created_at: Timestamp


class Run(Schema):
    """One answer in the making, or made."""

    id: str
    chat_id: str
    question_id: str
    answer_id: str | None = None
    status: RunStatus
    mode: Mode = "auto"
    model: str = ""
    problem: RunProblem | None = None
    created_at: Timestamp
    started_at: Timestamp | None = None
    ended_at: Timestamp | None = None
