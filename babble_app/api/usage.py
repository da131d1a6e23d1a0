"""What models were used for and what it cost: figures, and the calls as a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import StreamingResponse

from babble_app.api._identity import Me, Rt
from babble_app.api._times import aware
from babble_app.schemas.stats import UsageStats
from babble_app.services import usage

router = APIRouter(prefix="/api", tags=["usage"])

_DEFAULT_DAYS = 30

Since = Annotated[
    datetime | None, Query(description="Begin, such as `2026-11-01`; 30 days ago if left out.")
]
Until = Annotated[datetime | None, Query(description="End, not included; now if left out.")]
Everybody = Annotated[
    bool, Query(description="Whether everybody's are wanted; for administrators.")
]


@router.get("/usage")
async def get_usage(
    rt: Rt, me: Me, since: Since = None, until: Until = None, everybody: Everybody = False
) -> UsageStats:
    """Sum up calls, tokens, costs and times, by model, day, app, profile and chat; everybody's also by person.

    Times without a zone are UTC. Percentiles are those of the last 20,000 answered calls.
    """
    return await usage.get_stats(
        rt, me.id, since=begin_of(since), until=aware(until, "until"), everybody=everybody
    )


@router.get(
    "/usage.csv",
    response_class=StreamingResponse,
    responses={200: {"description": "One line a call.", "content": {"text/csv": {}}}},
)
async def get_usage_csv(
    rt: Rt, me: Me, since: Since = None, until: Until = None, everybody: Everybody = False
) -> StreamingResponse:
    """Download the calls as CSV, the oldest first; cells that look like formulas begin with an apostrophe."""
    lines = await usage.csv_rows(
        rt, me.id, since=begin_of(since), until=aware(until, "until"), everybody=everybody
    )
    headers = {
        "Content-Disposition": 'attachment; filename="usage.csv"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


def begin_of(since: datetime | None) -> datetime:
    """Return the begin that is meant; 30 days ago where none is named."""
    if (given := aware(since, "since")) is not None:
        return given
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=_DEFAULT_DAYS - 1)
