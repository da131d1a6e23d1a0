"""One call of a model: for whom it was made, and what came of it. What usage, budgets and the cache go by."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

from babble_app.schemas.base import Schema, Timestamp
from babble_app.schemas.models import Task
from babble_app.schemas.usage import Usage


class CallScope(Schema):
    """Whom and what a client's calls are for; empty where it does not apply."""

    owner_id: str
    """The person whose keys, budgets and cached answers they are."""
    workspace_id: str = ""
    chat_id: str = ""
    run_id: str = ""
    agent_id: str = ""
    app_id: str = ""
    token_id: str = ""
    profile: str = ""
    own_key: bool = False
    """Whether a key of the person or the workspace pays: the server's budget is not concerned then."""
    basis: str = ""
    """What answers rest on besides their messages: digest of program version and files. Part of the cache's key."""


MOST_SERVED_CHARS = 200


def _shown(name: str) -> str:
    """Return what a provider says in a form that can be stored and shown."""
    return "".join(filter(str.isprintable, name[: 2 * MOST_SERVED_CHARS]))[:MOST_SERVED_CHARS]


CallTask = Task | Literal["illustrate", "embed"]
"""What a call was for; pictures, videos and embeddings have no request with a task."""
CallOutcome = Literal["ok", "failed", "lost", "stopped", "cached"]
"""`lost`: another model of a race was faster; `stopped`: the reader went away; `cached`: nobody was called."""


class CallRecord(Schema):
    """What came of one call of one model; the calls that one request caused share `chain_id`."""

    chain_id: str
    place: int
    """Which call of the chain it was, from 1."""
    scope: CallScope
    task: CallTask
    model: str
    """`provider/name`, as it was chosen."""
    served_model: Annotated[str, AfterValidator(_shown)] = ""
    """What the provider says it ran, at most 200 characters of it, and none that cannot be seen."""
    outcome: CallOutcome
    error_code: str = ""
    why: str = ""
    usage: Usage = Usage()
    """Of a call that did not come to its end: as far as is known, else estimated."""
    latency_seconds: float = 0.0
    first_token_seconds: float | None = None
    started_at: Timestamp
