"""Figures of usage as the page shows them: tiles, days, tables."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from babble_app.schemas.stats import FigureGroup, Figures, UsageStats
from babble_app.states.usage_chart import CHART_HEIGHT, chart, nice_top
from babble_app.states.usage_views import (
    Period,
    begin_of,
    csv_href,
    tables,
    tiles,
    unpriced_words,
)
from babble_app.states.words import duration_words, money_words, percent_words, tokens_words
from tests.call_factories import NOON


def make_stats(totals: Figures, **groups: tuple[FigureGroup, ...]) -> UsageStats:
    names = ("by_model", "by_day", "by_app", "by_profile", "by_chat", "by_person")
    since = begin_of("7d", NOON)
    return UsageStats(
        since=since, until=None, totals=totals, **{name: groups.get(name, ()) for name in names}
    )


def make_group(key: str, cost_usd: float = 0.0, **fields: Any) -> FigureGroup:
    return FigureGroup(key=key, cost_usd=cost_usd, **{"calls": 1, **fields})


@pytest.mark.parametrize(
    ("period", "begins"),
    [
        ("today", "2026-11-15T00:00:00+00:00"),
        ("7d", "2026-11-09T00:00:00+00:00"),
        ("30d", "2026-10-17T00:00:00+00:00"),
        ("month", "2026-11-01T00:00:00+00:00"),
    ],
)
def test_a_span_begins_with_a_day_and_ends_today(period: Period, begins: str) -> None:
    assert begin_of(period, NOON).isoformat() == begins


def test_figures_have_as_many_digits_as_say_something() -> None:
    assert [money_words(usd) for usd in (0, 0.0004, 0.00012, 0.0099, 1.234, 1234.5)] == [
        "$0.00",
        "$0.0004",
        "$0.00012",
        "$0.0099",
        "$1.23",
        "$1,234.50",
    ]
    assert [tokens_words(count) for count in (0, 9_999, 12_345, 99_960, 999_600, 4_100_000)] == [
        "0",
        "9,999",
        "12.3 k",
        "100 k",
        "1.0 M",
        "4.1 M",
    ]
    assert [duration_words(ms) for ms in (None, 420.4, 3_210, 150_000)] == [
        "–",
        "420 ms",
        "3.2 s",
        "2.5 min",
    ]
    assert [percent_words(share) for share in (0, 0.001, 0.82)] == ["0 %", "under 1 %", "82 %"]


def test_tiles_say_what_is_known() -> None:
    totals = Figures(
        calls=10, errors=1, cache_hits=10, input_tokens=2000, cached_tokens=500, output_tokens=20_000,
        cost_usd=1.5, unpriced_calls=1, latency_p50_ms=2000, latency_p95_ms=9000,
    )  # fmt: skip

    shown = {tile.label: (tile.value, tile.note) for tile in tiles(totals)}

    assert shown == {
        "Cost": ("$1.50", "1 call of unknown price"),
        "Calls of models": ("10", ""),
        "Tokens read": ("2,000", "25 % from a provider's cache"),
        "Tokens written": ("20.0 k", ""),
        "Errors": ("1", "10 % of the calls"),
        "Answers given again": ("10", "50 % of all answers"),
        "Whole answer (median)": ("2.0 s", "95 % within 9.0 s"),
        "First word (median)": ("–", ""),
    }
    assert [tile.label for tile in tiles(totals) if tile.bad] == ["Errors"]


def test_a_cost_that_nobody_knows_is_not_called_nothing() -> None:
    totals = Figures(calls=2, unpriced_calls=2)

    assert tiles(totals)[0].value == "not known"
    assert unpriced_words(totals).startswith("2 calls went to models whose price is not known")
    assert unpriced_words(Figures(calls=2)) == ""
    assert tiles(Figures(calls=2))[0].value == "$0.00"


def test_the_chart_has_a_bar_for_every_day_of_the_span() -> None:
    days = (make_group("2026-11-10", 1.0), make_group("2026-11-15", 4.0, errors=2, calls=3))
    stats = make_stats(Figures(calls=4, cost_usd=5), by_day=days)

    drawn = chart(stats, NOON)

    assert drawn.title == "Cost by day"
    assert [bar.day for bar in drawn.bars] == [f"2026-11-{day:02}" for day in range(9, 16)]
    assert [bar.height for bar in drawn.bars] == [0, 250, 0, 0, 0, 0, CHART_HEIGHT]
    assert all(bar.top + bar.height == CHART_HEIGHT for bar in drawn.bars)
    assert drawn.bars[-1].label == "15 Nov: $4.00, 3 calls, 2 errors"
    assert drawn.bars[0].label == "9 Nov: $0.00, no calls"
    assert drawn.ticks == ["$4.00", "$2.00", "$0"]
    assert drawn.days == ["9 Nov", "10 Nov", "11 Nov", "12 Nov", "13 Nov", "14 Nov", "15 Nov"]


def test_of_many_days_three_are_named() -> None:
    stats = make_stats(Figures()).model_copy(update={"since": begin_of("30d", NOON)})

    assert chart(stats, NOON).days == ["17 Oct", "1 Nov", "15 Nov"]


def test_where_nothing_cost_anything_the_chart_counts_calls() -> None:
    stats = make_stats(Figures(calls=3), by_day=(make_group("2026-11-15", calls=3),))

    drawn = chart(stats, NOON)

    assert (drawn.title, drawn.ticks) == ("Calls by day", ["4", "2", "0"])


def test_a_day_of_little_cost_is_still_seen() -> None:
    days = (make_group("2026-11-14", 0.0001), make_group("2026-11-15", 100.0))

    drawn = chart(make_stats(Figures(calls=2, cost_usd=100), by_day=days), NOON)

    assert drawn.bars[-2].height > 0


@pytest.mark.parametrize(
    ("most", "whole", "top"),
    [(0, False, 1e-9), (0.37, False, 0.4), (1, False, 1), (10, False, 10), (1, True, 2), (3, True, 4),
     (9, True, 10), (10, True, 10), (21, True, 40), (615, True, 800)],
)  # fmt: skip
def test_axes_end_at_round_numbers(most: float, whole: bool, top: float) -> None:
    assert nice_top(most, whole=whole) == pytest.approx(top)


def test_tables_show_shares_names_and_links() -> None:
    stats = make_stats(
        Figures(calls=4, cost_usd=4),
        by_model=(
            make_group("openai/gpt", 3.0, errors=1),
            make_group("x/free", 1.0, unpriced_calls=1),
            make_group("x/unknown", unpriced_calls=1),
        ),
        by_chat=(make_group("cht_1", 4.0, label="Plans"), make_group("cht_2")),
    )

    models, chats = tables(stats)

    assert (models.title, models.share_of, chats.title) == ("By model", "cost", "By chat")
    assert [(row.name, row.share, row.cost, row.trouble) for row in models.rows] == [
        ("openai/gpt", "75.0%", "$3.00", "1 error"),
        ("x/free", "25.0%", "$1.00+", ""),
        ("x/unknown", "0.0%", "not known", ""),
    ]
    assert [(row.name, row.href) for row in chats.rows] == [
        ("Plans", "/chat/cht_1"),
        ("A deleted or untitled chat", ""),
    ]


def test_where_nothing_cost_anything_shares_are_of_the_calls() -> None:
    models = (make_group("demo/a", calls=1), make_group("demo/b", calls=3))

    (table,) = tables(make_stats(Figures(calls=4), by_model=models))

    assert table.share_of == "calls"
    assert [(row.name, row.share) for row in table.rows] == [
        ("demo/b", "75.0%"),
        ("demo/a", "25.0%"),
    ]


def test_the_file_has_the_span_that_is_shown() -> None:
    since = NOON - timedelta(days=3)

    assert csv_href(since, everybody=False) == "/api/usage.csv?since=2026-11-12"
    assert csv_href(since, everybody=True) == "/api/usage.csv?since=2026-11-12&everybody=true"
