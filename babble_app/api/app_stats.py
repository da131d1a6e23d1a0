"""An app's own figures."""

from __future__ import annotations

from fastapi import APIRouter

from babble_app.api._app_identity import Caller
from babble_app.api._identity import Rt
from babble_app.api._times import aware
from babble_app.api.usage import Since, Until, begin_of
from babble_app.errors import PermissionDeniedError
from babble_app.schemas.stats import AppStats
from babble_app.services import usage

router = APIRouter(prefix="/api/v1/stats", tags=["host apps"])

_PUBLIC = "Pages have this token, so it shows no figures. They are for the token of an app without origins, and on the Usage page."


@router.get("")
async def get_stats(rt: Rt, caller: Caller, since: Since = None, until: Until = None) -> AppStats:
    """Sum up what the app asked of models: requests, tokens, cost, answers given again, times, and the same by day.

    Percentiles are those of the last 20,000 answers. Only with the token of an app without origins: one that pages use is public,
    and what the app costs is not for everybody who has seen the page: 403.
    """
    if caller.visitor or caller.token_is_public:
        raise PermissionDeniedError(_PUBLIC)
    return await usage.get_app_stats(
        rt,
        caller.owner_id,
        caller.app.id,
        since=begin_of(since),
        until=aware(until, "until"),
    )
