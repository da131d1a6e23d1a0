"""The figures of the usage page: tiles, the days as bars, and tables with the shares."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.parts import how_many, notice
from babble_app.states.usage import UsageState
from babble_app.states.usage_chart import BAR_WIDTH, CHART_HEIGHT, Bar
from babble_app.states.usage_views import FigureRow, FigureTable, Tile

_TILES = 8


def summary() -> rx.Component:
    """Return the sums over all, and the days."""
    return rx.fragment(
        rx.el.dl(rx.foreach(UsageState.tiles, _tile), class_name="tiles"),
        rx.cond(UsageState.unpriced != "", notice("warn", UsageState.unpriced)),
        rx.cond(how_many(UsageState.chart.bars) > 1, _chart()),
    )


def tables() -> rx.Component:
    """Return what was used by whom and what."""
    return rx.cond(
        UsageState.used,
        rx.el.div(
            rx.foreach(UsageState.tables, _table), aria_busy=UsageState.busy, class_name="figures"
        ),
    )


def summary_skeleton() -> rx.Component:
    """Hold the place of tiles and chart."""
    return rx.fragment(
        rx.el.div(
            *[rx.el.div(class_name="tile skeleton")] * _TILES,
            class_name="tiles",
            aria_hidden="true",
        ),
        rx.el.div(class_name="chart-plot skeleton", aria_hidden="true"),
    )


def _tile(tile: Tile) -> rx.Component:
    return rx.el.div(
        rx.el.dt(tile.label, class_name="tile-label"),
        rx.el.dd(
            tile.value, class_name=rx.cond(tile.bad, "tile-value tile-value--bad", "tile-value")
        ),
        rx.el.dd(tile.note, class_name="tile-note"),
        key=tile.label,
        class_name="tile",
    )


def _chart() -> rx.Component:
    return rx.el.section(
        rx.el.h2(UsageState.chart.title, class_name="section-title"),
        rx.el.div(
            rx.el.div(
                rx.foreach(UsageState.chart.ticks, rx.el.span),
                aria_hidden="true",
                class_name="chart-ticks",
            ),
            rx.el.svg(
                rx.foreach(UsageState.chart.bars, _bar),
                view_box=UsageState.chart.view_box,
                preserve_aspect_ratio="none",
                role="group",
                aria_label=UsageState.chart.title,
                class_name="chart-plot",
            ),
            rx.el.div(
                rx.foreach(UsageState.chart.days, rx.el.span),
                aria_hidden="true",
                class_name=rx.cond(
                    how_many(UsageState.chart.days) == how_many(UsageState.chart.bars),
                    "chart-days chart-days--each",
                    "chart-days",
                ),
            ),
            class_name="chart",
        ),
        rx.el.details(
            rx.el.summary("As a table", class_name="link"),
            _days_table(),
            class_name="chart-table",
        ),
        class_name="section",
    )


def _bar(bar: Bar) -> rx.Component:
    """Draw a day; the whole column answers to the pointer, however low its bar is."""
    return rx.el.svg.g(
        rx.el.svg.title(bar.label),
        rx.el.svg.rect(
            x=bar.left, y=0, width=BAR_WIDTH, height=CHART_HEIGHT, class_name="chart-column"
        ),
        rx.el.svg.rect(
            x=bar.left, y=bar.top, width=BAR_WIDTH, height=bar.height, class_name="chart-bar"
        ),
        role="img",
        aria_label=bar.label,
        key=bar.day,
    )


def _days_table() -> rx.Component:
    return rx.el.table(
        rx.el.thead(
            rx.el.tr(
                rx.el.th("Day (UTC)", scope="col"),
                *(_number_head(name) for name in ("Calls", "Tokens", "Cost")),
            )
        ),
        rx.el.tbody(rx.foreach(UsageState.chart.bars, _day_row)),
        class_name="table figure-table",
    )


def _day_row(bar: Bar) -> rx.Component:
    return rx.cond(
        bar.used,
        rx.el.tr(
            rx.el.th(bar.day, scope="row"),
            *(_number(text) for text in (bar.calls, bar.tokens, bar.cost)),
            key=bar.day,
        ),
    )


def _table(table: FigureTable) -> rx.Component:
    return rx.el.section(
        rx.el.h2(table.title, class_name="section-title"),
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(
                        table.column,
                        rx.el.span(
                            " and its share of the ", table.share_of, class_name="visually-hidden"
                        ),
                        scope="col",
                    ),
                    _number_head("Calls"),
                    _number_head("Tokens"),
                    _number_head("Answer", "Half of the answers were complete within"),
                    _number_head("Cost"),
                )
            ),
            rx.el.tbody(rx.foreach(table.rows, _row)),
            class_name="table figure-table",
        ),
        key=table.title,
        class_name="section",
    )


def _row(row: FigureRow) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            rx.el.div(
                rx.cond(
                    row.href != "",
                    rx.el.a(row.name, href=row.href, class_name="link"),
                    rx.el.span(row.name),
                ),
                rx.cond(row.trouble != "", rx.el.span(row.trouble, class_name="badge badge--bad")),
                class_name="row row--wrap figure-name",
            ),
            rx.el.div(
                rx.el.div(class_name="share-bar", style={"width": row.share}),
                role="img",
                aria_label=row.share,
                title=row.share,
                class_name="share",
            ),
            scope="row",
        ),
        *(_number(text) for text in (row.calls, row.tokens, row.answer, row.cost)),
        key=row.key,
    )


def _number_head(name: str, more: str = "") -> rx.Component:
    return rx.el.th(name, scope="col", title=more or None, class_name="figure")


def _number(text: Any) -> rx.Component:
    return rx.el.td(text, class_name="figure")
