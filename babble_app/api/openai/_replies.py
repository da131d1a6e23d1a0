"""Opens the answer to a request: of the app or an agent by the run engine, else of the model that it names."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from babble_app.api._identity import client_address
from babble_app.api.openai._reading import as_told
from babble_app.errors import ValidationFailedError
from babble_app.services import named_models, recalled, relay
from babble_app.services.recalled import TellingCaller

if TYPE_CHECKING:
    from fastapi import Request

    from babble_app.schemas.models import ModelRequest
    from babble_app.services.app_callers import AppCaller
    from babble_app.services.idempotency import KeyedRequest
    from babble_app.services.relay import Reply
    from babble_app.services.runtime import Runtime

_FORGETFUL = "Answers of models are not kept here, so none can be gone on from: send the whole conversation as input."


async def open_reply(
    rt: Runtime,
    caller: AppCaller,
    request: Request,
    model: str,
    wanted: ModelRequest,
    *,
    field: str,
    streamed: bool,
    keyed: KeyedRequest | None = None,
    after: str = "",
) -> tuple[str, Reply]:
    """Return the answer, and what its id ends in: of a run's, the run's.

    An agent is told what was said, and nothing of tools, formats and the like: its program decides.

    Args:
        rt: The runtime.
        caller: Who calls.
        request: The HTTP request.
        model: As the caller names it.
        wanted: What the model is asked.
        field: Where the messages are in the caller's body.
        streamed: Whether the answer is read as it comes.
        keyed: The request's Idempotency-Key.
        after: What the id of an agent's earlier answer ends in, to go on from there.

    Raises:
        ModelUnavailableError: nothing has that name.
        BabbleError: it cannot be begun.
    """
    agent = await named_models.find_agent(rt, caller, model)
    if agent is None:
        if after:
            raise ValidationFailedError(_FORGETFUL, field="previous_response_id")
        fresh = "no-cache" in request.headers.get("cache-control", "")
        reply = await relay.open_reply(rt, caller, model, wanted, fresh=fresh, keyed=keyed)
        return secrets.token_hex(12), reply
    user = wanted.wishes.user if wanted.wishes else ""
    who = TellingCaller(agent, model, user, client_address(request), streamed)
    told = as_told(wanted.messages, field)
    run = await recalled.start(rt, who, told, after=after, keyed=keyed)
    return run.run_id.partition("_")[2], relay.VisitReply(rt, agent.caller, run)
