"""Days and months begin and end in UTC, whatever the zone of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from babble_app.services.periods import end_of, in_words, name_of, start_of


@pytest.mark.parametrize(
    ("at", "day_ends", "month_ends"),
    [
        ("2026-11-30T23:59:59.999999+00:00", "2026-12-01", "2026-12-01"),
        ("2026-12-31T00:00:00+00:00", "2027-01-01", "2027-01-01"),
        ("2024-02-28T12:00:00+00:00", "2024-02-29", "2024-03-01"),
        ("2026-01-31T12:00:00+00:00", "2026-02-01", "2026-02-01"),
        ("2026-12-01T01:00:00+02:00", "2026-12-01", "2026-12-01"),
    ],
)
def test_a_period_ends_at_midnight_utc(at: str, day_ends: str, month_ends: str) -> None:
    moment = datetime.fromisoformat(at)

    assert end_of("day", moment) == datetime.fromisoformat(day_ends).replace(tzinfo=UTC)
    assert end_of("month", moment) == datetime.fromisoformat(month_ends).replace(tzinfo=UTC)


def test_a_period_begins_where_the_last_one_ended() -> None:
    at = datetime(2026, 12, 1, 1, tzinfo=timezone(timedelta(hours=2)))

    assert start_of("day", at) == datetime(2026, 11, 30, tzinfo=UTC)
    assert start_of("month", at) == datetime(2026, 11, 1, tzinfo=UTC)
    assert start_of("day", end_of("day", at)) == end_of("day", at)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(seconds=20), "at midnight UTC (in 1 minute)"),
        (timedelta(minutes=90), "at midnight UTC (in 90 minutes)"),
        (timedelta(hours=3), "at midnight UTC (in 3 hours)"),
        (timedelta(days=3), "on 1 December (UTC)"),
    ],
)
def test_when_it_is_free_again_is_said_as_people_say_it(left: timedelta, words: str) -> None:
    end = datetime(2026, 12, 1, tzinfo=UTC)

    assert in_words(end, end - left) == words
    assert (name_of("day", end), name_of("month", end)) == ("today", "December")
