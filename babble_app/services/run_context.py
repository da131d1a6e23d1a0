"""Gathers what an agent needs to answer a question: the conversation, the chosen files, the program on the canvas, the profile.

All of it that stands in the database is read in one step: going to a thread and back costs as much as reading there.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from logging import getLogger
from typing import TYPE_CHECKING, TypeVar

from babble_app.agents.profile import all_profiles
from babble_app.agents.request import AgentRequest, ContextFile
from babble_app.errors import BabbleError
from babble_app.retrieval.extraction import encode_for_model
from babble_app.schemas.models import Image, ModelMessage
from babble_app.schemas.profiles import Profile
from babble_app.services import files, web_search
from babble_app.store import conversations, keys, users
from babble_app.store import profiles as profile_rows
from babble_app.store.conversations import Conversation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.engine import Connection

    from babble_app.schemas.apps import App
    from babble_app.schemas.chats import AskedWith
    from babble_app.schemas.events import Mode
    from babble_app.schemas.profiles import ToolGroup
    from babble_app.services.run_registry import Turn
    from babble_app.services.runtime import Runtime
    from babble_app.store.conversations import Program, Said
    from babble_app.store.keys import SealedKey
    from babble_app.store.users import ChosenModels
    from babble_app.tools.toolkit import OutsideTool

    Basis = tuple[list[SealedKey], ChosenModels, Profile | None]

T = TypeVar("T")
logger = getLogger(__name__)

HISTORY_MESSAGES = 60
"""Most of a chat's newest messages that are looked at; which of them a prompt holds is chosen in agents/earlier.py."""
FRESH_SECONDS = 0.5
"""What was found longer ago, because something had to be waited for, is looked up again."""


@dataclass(frozen=True)
class Found:
    """What a run rests on, as one state of the database has it."""

    chat: Conversation
    keys: list[SealedKey]
    """Those that may be used in the chat's workspace."""
    chosen: ChosenModels
    profile: Profile | None
    turn: Turn
    """The chat's."""
    came: int | None
    """How many runs the chat had had; None if one of them had not ended yet."""
    read_at: float

    @property
    def is_current(self) -> bool:
        """Whether a run that takes the chat's turn now would find the same: no other one came in between."""
        fresh = time.monotonic() - self.read_at < FRESH_SECONDS
        return fresh and self.turn.free and self.turn.came == self.came


@dataclass(frozen=True)
class Context:
    """An agent's request, and what its program was when it was made."""

    request: AgentRequest
    workspace_id: str
    agent_id: str | None
    parent_id: str | None
    """The version that a change of the program is a change of."""
    proposal_id: str | None = None
    """The pending proposal whose text the program is."""
    review_changes: bool = False

    @property
    def basis(self) -> str:
        """A digest of what an answer rests on besides its messages: profile, program, and the files that tools may read."""
        profile = self.request.profile
        files = sorted(file.id for file in self.request.files)
        parts = [profile.model_dump_json() if profile else "", self.request.program or "", *files]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


async def find(rt: Runtime, owner_id: str, chat_id: str) -> Found:
    """Read what a run of the chat rests on; raises NotFoundError."""
    found, _ = await find_with(rt, owner_id, chat_id, lambda _: None)
    return found


async def find_with(
    rt: Runtime, owner_id: str, chat_id: str, read: Callable[[Connection], T]
) -> tuple[Found, T]:
    """Return the same, and what `read` finds before it in the same step; raises NotFoundError."""
    turn, read_at = rt.runs.turn(chat_id), time.monotonic()
    came = turn.came if turn.free else None

    def read_all(db: Connection) -> tuple[T, Conversation, Basis]:
        first = read(db)
        chat = conversations.get_conversation(db, owner_id, chat_id, HISTORY_MESSAGES)
        return first, chat, _read_basis(db, owner_id, chat)

    first, chat, basis = await rt.database.fetch(read_all)
    return _found(chat, basis, turn, came, read_at), first


async def find_new(rt: Runtime, owner_id: str, chat_id: str, app: App) -> Found:
    """Read what the first run of a visitor's conversation rests on; of the conversation, which is not stored yet, nothing."""
    turn, read_at = rt.runs.turn(chat_id), time.monotonic()
    chat = Conversation(
        title="",
        model=app.model,
        workspace_id=app.workspace_id,
        said=[],
        program=None,
        review_changes=False,
        profile=app.profile,
        file_ids=[],
    )
    key = f"{owner_id} {chat.workspace_id} {chat.profile}"
    known = rt.app_cache.bases.find(key)
    if known is None:
        known = (await rt.database.fetch(_read_basis, owner_id, chat),)
        rt.app_cache.bases.keep(key, known[0])
    return _found(chat, known[0], turn, turn.came, read_at)


def _found(chat: Conversation, basis: Basis, turn: Turn, came: int | None, read_at: float) -> Found:
    stored, chosen, profile = basis
    return Found(
        chat=chat,
        keys=stored,
        chosen=chosen,
        profile=all_profiles().get(chat.profile, profile),
        turn=turn,
        came=came,
        read_at=read_at,
    )


def _read_basis(db: Connection, owner_id: str, chat: Conversation) -> Basis:
    stored = keys.list_sealed(db, owner_id, chat.workspace_id)
    own = chat.profile and chat.profile not in all_profiles()
    profile = profile_rows.find_shape(db, owner_id, chat.profile) if own else None
    return stored, users.get_models(db, owner_id), profile


async def gather(
    rt: Runtime,
    owner_id: str,
    found: Found,
    *,
    question_id: str,
    text: str,
    mode: Mode,
    asked_with: AskedWith,
) -> Context:
    """Return everything that the agent needs; later changes by the person do not reach it."""
    chat = found.chat
    canvas = chat.program
    request = AgentRequest(
        text=text,
        mode=mode,
        program=canvas.text if canvas else None,
        agent_name=canvas.name if canvas else None,
        history=_history(chat.said, question_id),
        files=tuple([await _file(rt, owner_id, file_id) for file_id in chat.file_ids]),
        today=datetime.now(UTC).date(),
        edited_by_hand=_was_edited(canvas),
        profile=_with_tools(found.profile, asked_with.tools),
        data=asked_with.data,
        web=web_search.open_web(rt, owner_id),
    )
    return Context(
        request=request,
        workspace_id=chat.workspace_id,
        agent_id=canvas.agent_id if canvas else None,
        parent_id=canvas.version_id if canvas else None,
        proposal_id=canvas.proposal_id if canvas else None,
        review_changes=chat.review_changes,
    )


def for_app(context: Context, app: App, outside: tuple[OutsideTool, ...]) -> Context:
    """Return what an app's visitor is answered from: the app's instructions count like those of the kind of work."""
    context = replace(context, request=replace(context.request, outside=outside))
    if not app.instructions:
        return context
    profile = context.request.profile or Profile(id="", name="")
    instructions = "\n\n".join(part for part in (profile.instructions, app.instructions) if part)
    profile = profile.model_copy(update={"instructions": instructions})
    request = replace(context.request, profile=profile)
    return replace(context, request=request)


def _with_tools(profile: Profile | None, tools: tuple[ToolGroup, ...] | None) -> Profile | None:
    if tools is None:
        return profile
    plain = profile or Profile(id="", name="")
    return plain.model_copy(update={"tools": tools})


def _history(said: Sequence[Said], question_id: str) -> tuple[ModelMessage, ...]:
    """Return the exchanges before the question, the oldest first.

    A question that waited in the queue stands before the answer it waited for, so exchanges are put together by their runs,
    not by their places.
    """
    answers = {one.question_id: one.text for one in said if one.role == "assistant" and one.text}
    history: list[ModelMessage] = []
    for message in said:
        if message.id == question_id:
            break
        if message.role == "user":
            history.append(ModelMessage(role="user", text=message.text))
            if answer := answers.get(message.id):
                history.append(ModelMessage(role="assistant", text=answer))
        elif message.question_id is None and message.text:
            # Written by a person who had taken over; several in a row are one to a provider.
            before = history.pop().text if history and history[-1].role == "assistant" else ""
            text = "\n\n".join(filter(None, (before, message.text)))
            history.append(ModelMessage(role="assistant", text=text))
    return tuple(history)


def _was_edited(canvas: Program | None) -> bool:
    """Whether the program is another one than this chat's last answer left: edited by hand, reverted, changed in another chat."""
    if canvas is None or canvas.written_sha256 is None:
        return False
    return hashlib.sha256(canvas.text.encode()).hexdigest() != canvas.written_sha256


async def _file(rt: Runtime, owner_id: str, file_id: str) -> ContextFile:
    file = await files.wait_until_read(rt, owner_id, file_id)
    text = await files.get_text(rt, owner_id, file_id)
    image = None
    if file.kind == "image" and file.status == "ready":
        _, path = await files.get_content_path(rt, owner_id, file_id)
        try:
            media_type, data = await encode_for_model(path)
            image = Image(media_type=media_type, data=data)
        except BabbleError as error:
            logger.info("image %s is not shown to the model: %s", file_id, error.code)
    return ContextFile(id=file.id, name=file.name, kind=file.kind, pages=text.pages, image=image)
