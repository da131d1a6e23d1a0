"""The usage page: which span, whose figures, and what they are."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC, datetime

import reflex as rx

from babble_app.services import runtime, usage
from babble_app.states.budgets import load_budgets
from babble_app.states.session import get_user
from babble_app.states.shell import fill_shell
from babble_app.states.usage_chart import Chart, chart
from babble_app.states.usage_views import (
    PERIODS,
    FigureTable,
    Period,
    Tile,
    begin_of,
    csv_href,
    empty_title,
    tables,
    tiles,
    unpriced_words,
)


class UsageState(rx.State):
    """What the figures of the page are."""

    loaded: bool = False
    busy: bool = False
    """While other figures are being added up; those of before stay on the screen."""
    is_admin: bool = False
    period: Period = "30d"
    everybody: bool = False
    used: bool = False
    empty_title: str = ""
    csv_href: str = ""
    tiles: list[Tile] = []
    unpriced: str = ""
    chart: Chart = Chart()
    tables: list[FigureTable] = []

    @rx.event
    async def load(self) -> None:
        """Show the page; the span that was chosen stays, for this also runs when a lost connection is back."""
        await fill_shell(self, workspace_id="", title="Usage")
        user = await get_user(self)
        self.is_admin = user.role == "admin"
        self.everybody = self.everybody and self.is_admin
        await self._refresh()
        await load_budgets(self)

    @rx.event
    async def pick_period(self, period: str) -> AsyncGenerator[object, None]:
        """Show the figures of another span."""
        for known in PERIODS:
            if known == period:
                self.period, self.busy = known, True
                yield
                await self._refresh()

    @rx.event
    async def show_everybody(self, chosen: bool) -> AsyncGenerator[object, None]:
        """Show an administrator everybody's figures, or the administrator's own."""
        user = await get_user(self)
        self.everybody, self.busy = chosen and user.role == "admin", True
        yield
        await self._refresh()

    async def _refresh(self) -> None:
        user, until = await get_user(self), datetime.now(UTC)
        since = begin_of(self.period, until)
        try:
            stats = await usage.get_stats(
                runtime.current(), user.id, since=since, everybody=self.everybody
            )
        finally:
            self.busy = False
        self.used = stats.totals.calls + stats.totals.cache_hits > 0
        self.empty_title = empty_title(self.period)
        self.csv_href = csv_href(since, everybody=self.everybody)
        self.tiles, self.unpriced = tiles(stats.totals), unpriced_words(stats.totals)
        self.chart, self.tables = chart(stats, until), tables(stats)
        self.loaded = True
