"""Answers of OpenAI-compatible routes: a model's, passed on as it comes, or an agent's, made by the run engine; both look alike."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from babble_app.errors import RunInterruptedError
from babble_app.schemas.calls import CallScope
from babble_app.schemas.events import MessageDone, RunFailed, RunStopped, TextDelta
from babble_app.schemas.models import ModelAnswer, ModelDone, TextPart
from babble_app.services import idempotency, models, visit_admission, visits
from babble_app.services.named_models import full_name
from babble_app.services.visit_replies import failure_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from babble_app.llm.client import ModelClient
    from babble_app.schemas.models import ModelEvent, ModelRequest
    from babble_app.services.app_callers import AppCaller
    from babble_app.services.idempotency import KeyedRequest
    from babble_app.services.runtime import Runtime
    from babble_app.services.visits import VisitRun


class Reply(Protocol):
    """An answer that somebody has yet to take, once: in pieces or whole."""

    def stream(self) -> AsyncGenerator[ModelEvent, None]:
        """Yield the pieces, then one `ModelDone`; raises BabbleError."""
        ...

    async def whole(self) -> ModelAnswer:
        """Return the answer in one piece; raises BabbleError."""
        ...


@dataclass(frozen=True)
class ModelReply:
    """What a model answers to one request."""

    rt: Runtime
    owner_id: str
    model: ModelClient
    request: ModelRequest
    keyed: KeyedRequest | None = None
    """The request's Idempotency-Key: the answer is then kept for a day."""

    def stream(self) -> AsyncGenerator[ModelEvent, None]:
        """Yield the pieces; with a key it is one, as only whole answers are kept."""
        return self.model.stream(self.request) if self.keyed is None else self._in_one_piece()

    async def whole(self) -> ModelAnswer:
        """Return the answer."""
        return await idempotency.answer_once(
            self.rt, self.owner_id, self.keyed, ModelAnswer, self._ask
        )

    async def _ask(self) -> ModelAnswer:
        answer = await self.model.complete(self.request)
        if stored := idempotency.answered(self.owner_id, self.keyed, answer):
            await self.rt.writer.write(stored)
        return answer

    async def _in_one_piece(self) -> AsyncGenerator[ModelEvent, None]:
        answer = await self.whole()
        if answer.text:
            yield TextPart(text=answer.text)
        for call in answer.tool_calls:
            yield call
        yield ModelDone(usage=answer.usage, model=answer.model, finish_reason=answer.finish_reason)


@dataclass(frozen=True)
class VisitReply:
    """What an app's agent answers to a visitor."""

    rt: Runtime
    caller: AppCaller
    run: VisitRun

    async def stream(self) -> AsyncGenerator[ModelEvent, None]:
        """Yield the pieces; the answer is made to its end also when nobody listens."""
        async with aclosing(visits.events(self.rt, self.caller, self.run)) as events:
            async for numbered in events:
                match numbered.event:
                    case TextDelta(text=text):
                        yield TextPart(text=text)
                    case MessageDone() as done:
                        yield ModelDone(usage=done.usage, model=done.model, cached=done.cached)
                    case RunFailed() as failed:
                        raise failure_of(failed)
                    case RunStopped():
                        raise RunInterruptedError("The answer was stopped.")
                    case _:
                        pass

    async def whole(self) -> ModelAnswer:
        """Return the answer."""
        pieces: list[str] = []
        done = ModelDone(model="")
        async with aclosing(self.stream()) as events:
            async for event in events:
                if isinstance(event, TextPart):
                    pieces.append(event.text)
                elif isinstance(event, ModelDone):
                    done = event
        return ModelAnswer(
            text="".join(pieces), usage=done.usage, model=done.model, cached=done.cached
        )


async def open_reply(
    rt: Runtime,
    caller: AppCaller,
    model: str,
    request: ModelRequest,
    *,
    fresh: bool = False,
    keyed: KeyedRequest | None = None,
) -> ModelReply:
    """Let a model answer on the app's account; other models do not stand in for it.

    Equal requests of the app get the answer of before for as long as elsewhere, unless it must be `fresh`.

    Raises:
        ModelUnavailableError: nothing opens the model.
        RateLimitedError: too many requests of the token, or of the user that it names.
    """
    hit_limits(rt, caller, request.wishes.user if request.wishes else "")
    route = await models.route_for(
        rt, caller.owner_id, full_name(model), workspace_id=caller.app.workspace_id
    )
    client = models.open_route(rt, route, scope_of(caller), fresh=fresh)
    return ModelReply(rt, caller.owner_id, client, request, visit_admission.own_key(caller, keyed))


def hit_limits(rt: Runtime, caller: AppCaller, user: str) -> None:
    """Count a request that is no message of a conversation; raises RateLimitedError.

    It comes from a program, so the app's limit of each visitor counts only where that program names one.
    """
    app = caller.app
    if user:
        rt.limiter.hit_rate("app_visitor", f"{app.id} {user}", app.rate_limit_per_minute)
    if caller.token_limit is not None:
        rt.limiter.hit_rate("app_token", caller.token_id, caller.token_limit)


def scope_of(caller: AppCaller) -> CallScope:
    """Return on whose account a call is that belongs to no conversation."""
    return CallScope(
        owner_id=caller.owner_id,
        workspace_id=caller.app.workspace_id,
        app_id=caller.app.id,
        token_id=caller.token_id,
    )
