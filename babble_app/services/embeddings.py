"""Embeddings on the ledger's account: refused where no budget has room, and stored as calls, whatever came of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from uuid import uuid4

from babble_app.llm import embedding, prices
from babble_app.llm.call import code_of, perhaps_billed, settle, to_its_end
from babble_app.schemas.calls import CallRecord
from babble_app.schemas.models import Embeddings
from babble_app.schemas.usage import Usage
from babble_app.services import idempotency, keys, relay, visit_admission
from babble_app.services.named_models import full_name
from babble_app.store.tables.base import now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.calls import CallOutcome
    from babble_app.services.app_callers import AppCaller
    from babble_app.services.idempotency import KeyedRequest
    from babble_app.services.runtime import Runtime


async def embed(
    rt: Runtime,
    caller: AppCaller,
    model: str,
    texts: Sequence[str] | Sequence[Sequence[int]],
    *,
    dimensions: int | None = None,
    user: str = "",
    keyed: KeyedRequest | None = None,
) -> Embeddings:
    """Return a vector for each text, on the app's account.

    Raises:
        ModelUnavailableError: nothing opens the model, or its provider makes no embeddings here.
        BudgetExhaustedError: a budget has no room for it.
        RateLimitedError: too many requests.
        BabbleError: the provider failed.
    """
    keyed = visit_admission.own_key(caller, keyed)

    async def work() -> Embeddings:
        relay.hit_limits(rt, caller, user)
        made = await _embed(rt, caller, model, texts, dimensions)
        if stored := idempotency.answered(caller.owner_id, keyed, made):
            await rt.writer.write(stored)
        return made

    return await idempotency.answer_once(rt, caller.owner_id, keyed, Embeddings, work)


async def _embed(
    rt: Runtime,
    caller: AppCaller,
    model: str,
    texts: Sequence[str] | Sequence[Sequence[int]],
    dimensions: int | None,
) -> Embeddings:
    name = full_name(model)
    workspace_id = caller.app.workspace_id
    credentials = await keys.find_all_credentials(rt, caller.owner_id, workspace_id)
    credential = next(iter(credentials.get(name.partition("/")[0], ())), None)
    client = rt.models.open_embedding(name, credential)
    own_key = credential is not None and credential.own
    scope = relay.scope_of(caller).model_copy(update={"own_key": own_key})
    most = embedding.cost_usd(name, embedding.most_tokens(texts))
    amount = None if most is None else prices.nano(most)
    hold = await rt.meter.reserve_amount(scope, name, amount)
    started_at, began = now(), time.perf_counter()

    def record(usage: Usage, error: BaseException | None = None) -> CallRecord:
        outcome = _outcome(error)
        return CallRecord(
            chain_id=f"chn_{uuid4().hex}",
            place=1,
            scope=scope,
            task="embed",
            model=name,
            outcome=outcome,
            error_code=code_of(error) if outcome == "failed" else "",
            usage=usage,
            latency_seconds=time.perf_counter() - began,
            started_at=started_at,
        )

    try:
        made = await client.embed(texts, dimensions)
    except BaseException as error:
        used = Usage(cost_usd=most if perhaps_billed(error) else 0.0)
        await to_its_end(settle(hold, record(used, error)))
        raise
    await to_its_end(settle(hold, record(made.usage)))
    return made


def _outcome(error: BaseException | None) -> CallOutcome:
    if error is None:
        return "ok"
    return "failed" if isinstance(error, Exception) else "stopped"
