"""What a message waits for before the model is asked: plain columns, read by `Database.fetch` in one step.

The statements are made once: building one costs more than carrying it out on SQLite.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import String, and_, bindparam, literal_column, select
from sqlmodel import col

from babble_app.errors import NotFoundError
from babble_app.store.agents import unpacked
from babble_app.store.prepared import Prepared
from babble_app.store.tables.agents import AgentRow, VersionRow
from babble_app.store.tables.chats import ChatFileRow, ChatRow, MessageRow
from babble_app.store.tables.proposals import ProposalRow
from babble_app.store.tables.runs import RunRow
from babble_app.store.tables.workspaces import FileRow

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_OWNER = bindparam("owner_id", type_=String)
_CHAT = bindparam("chat_id", type_=String)

_PROGRAM = Prepared(
    select(
        col(ChatRow.title),
        col(ChatRow.model),
        col(ChatRow.workspace_id),
        col(ChatRow.review_changes),
        col(ChatRow.profile),
        col(AgentRow.id),
        col(AgentRow.name),
        col(VersionRow.id),
        col(VersionRow.text_zlib),
        col(ProposalRow.id),
        col(ProposalRow.parent_id),
        col(ProposalRow.text_zlib),
    )
    .select_from(ChatRow)
    .outerjoin(
        AgentRow, and_(col(AgentRow.id) == ChatRow.agent_id, col(AgentRow.owner_id) == _OWNER)
    )
    .outerjoin(
        VersionRow,
        and_(col(VersionRow.id) == AgentRow.head_version_id, col(VersionRow.owner_id) == _OWNER),
    )
    .outerjoin(
        ProposalRow,
        and_(
            col(ChatRow.review_changes),
            col(ProposalRow.agent_id) == AgentRow.id,
            col(ProposalRow.owner_id) == _OWNER,
            # In the text: SQLite plans a query anew for each value that decides whether a partial index helps.
            col(ProposalRow.status) == literal_column("'pending'"),
        ),
    )
    .where(col(ChatRow.id) == _CHAT, col(ChatRow.owner_id) == _OWNER)
)
_FILES = Prepared(
    select(col(FileRow.id))
    .join(ChatFileRow, col(ChatFileRow.file_id) == FileRow.id)
    .where(col(ChatFileRow.chat_id) == _CHAT, col(FileRow.owner_id) == _OWNER)
    .order_by(col(FileRow.created_at), col(FileRow.id))
)
_MESSAGES = Prepared(
    select(
        col(MessageRow.id),
        col(MessageRow.role),
        col(MessageRow.text),
        col(RunRow.question_id),
        col(MessageRow.status),
    )
    .outerjoin(RunRow, and_(col(RunRow.id) == MessageRow.run_id, col(RunRow.owner_id) == _OWNER))
    .where(col(MessageRow.chat_id) == _CHAT, col(MessageRow.owner_id) == _OWNER)
    .order_by(col(MessageRow.position).desc())
    .limit(bindparam("most"))
)

_WRITTEN = Prepared(
    select(col(MessageRow.details)["versions"], col(ProposalRow.sha256))
    .outerjoin(
        ProposalRow,
        and_(
            col(ProposalRow.run_id) == MessageRow.run_id,
            col(ProposalRow.agent_id) == bindparam("agent_id", type_=String),
            col(ProposalRow.owner_id) == _OWNER,
        ),
    )
    .where(
        col(MessageRow.chat_id) == _CHAT,
        col(MessageRow.owner_id) == _OWNER,
        col(MessageRow.role) == "assistant",
    )
    .order_by(col(MessageRow.position).desc())
    .limit(bindparam("most"))
)
_SHA256 = Prepared(
    select(col(VersionRow.sha256)).where(
        col(VersionRow.id) == bindparam("version_id", type_=String),
        col(VersionRow.owner_id) == _OWNER,
    )
)


class Said(NamedTuple):
    """A message of the conversation."""

    id: str
    role: str
    text: str
    question_id: str | None
    """Which question the run of this message answers."""
    status: str
    """How an answer ended."""


class Program(NamedTuple):
    """What is on the canvas: the newest version, or the change of it that waits for the person."""

    agent_id: str
    name: str
    version_id: str
    """Of a change: the version that it changes."""
    text: str
    proposal_id: str | None
    written_sha256: str | None
    """Of the program that the chat's last answer with one wrote for this agent; None if none did."""


class Conversation(NamedTuple):
    """A chat as a run finds it."""

    title: str
    model: str
    """The one that somebody chose for it; empty: none."""
    workspace_id: str
    said: list[Said]
    """The newest messages, oldest first."""
    program: Program | None
    review_changes: bool
    profile: str
    """The id of its kind of work; empty: none."""
    file_ids: list[str]


def get_conversation(db: Connection, owner_id: str, chat_id: str, limit: int) -> Conversation:
    """Return the owner's chat as it is now, with its newest messages; raises NotFoundError."""
    whose = {"owner_id": owner_id, "chat_id": chat_id}
    canvas = _PROGRAM.one(db, whose)
    if canvas is None:
        raise NotFoundError("There is no such chat.")
    said = [Said(*row) for row in _MESSAGES.rows(db, {**whose, "most": limit})]
    program: Program | None = None
    title, model, workspace_id, review_changes, profile, agent_id, *columns = canvas
    if agent_id:
        written = _find_written(db, {**whose, "most": limit, "agent_id": agent_id})
        program = _program(agent_id, columns, written)
    return Conversation(
        title=title,
        model=model,
        workspace_id=workspace_id,
        said=said[::-1],
        program=program,
        review_changes=review_changes,
        profile=profile,
        file_ids=[file_id for (file_id,) in _FILES.rows(db, whose)],
    )


def _program(agent_id: str, columns: list[Any], written_sha256: str | None) -> Program:
    name, head_id, head, proposal_id, parent_id, proposed = columns
    if proposal_id is None:
        return Program(agent_id, name, head_id, unpacked(head), None, written_sha256)
    return Program(agent_id, name, parent_id, unpacked(proposed), proposal_id, written_sha256)


def _find_written(db: Connection, values: dict[str, Any]) -> str | None:
    for versions, proposed in _WRITTEN.rows(db, values):
        if proposed:
            return str(proposed)
        own = [one for one in versions or () if one["agent_id"] == values["agent_id"]]
        if own:
            version = {"version_id": own[-1]["version_id"], "owner_id": values["owner_id"]}
            found = _SHA256.one(db, version)
            return found[0] if found else None
    return None
