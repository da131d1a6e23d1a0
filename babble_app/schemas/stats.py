"""Figures of usage: how much was asked of models, what it cost, how fast they were."""

from __future__ import annotations

from babble_app.schemas.base import Schema, Timestamp


class Figures(Schema):
    """Calls of models, added up."""

    calls: int = 0
    """Calls that were made; answers that were given again are `cache_hits`."""
    errors: int = 0
    cache_hits: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    """Read from a provider's cache; included in `input_tokens`."""
    cost_usd: float = 0.0
    unpriced_calls: int = 0
    """Calls whose price nobody knows; they are not in `cost_usd`."""
    latency_p50_ms: float | None = None
    """Of answered calls; None where there were none."""
    latency_p95_ms: float | None = None
    first_token_p50_ms: float | None = None
    first_token_p95_ms: float | None = None


class FigureGroup(Figures):
    """The figures of one model, person, app, chat, profile or day."""

    key: str
    """A model's name, an id, or a day as `2026-11-30` in UTC."""
    label: str = ""
    """A person's or a chat's name; empty where the key says it all, or the thing is gone."""


class UsageStats(Schema):
    """What was used between two moments."""

    since: Timestamp
    until: Timestamp | None
    """The end that was asked for, not included; None: now."""
    totals: Figures
    by_model: tuple[FigureGroup, ...]
    """The dearest first, as all groups but the days."""
    by_day: tuple[FigureGroup, ...]
    """Days on which something was used, the earliest first."""
    by_app: tuple[FigureGroup, ...]
    by_profile: tuple[FigureGroup, ...]
    by_chat: tuple[FigureGroup, ...]
    """At most 50; none when everybody is asked about."""
    by_person: tuple[FigureGroup, ...]
    """Only when everybody is asked about."""


class AppFigures(Schema):
    """What an app asked of models."""

    requests: int = 0
    """Answers of models, made or given again."""
    errors: int = 0
    cache_hits: int = 0
    """Answers that were given again; they cost nothing."""
    tokens: int = 0
    """`input_tokens` and `output_tokens` together."""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
    p50_ms: float | None = None
    """Of the answers that were made; None where there were none."""
    p95_ms: float | None = None


class AppDay(AppFigures):
    """The figures of one day."""

    day: str
    """`2026-11-30`, in UTC."""


class AppStats(AppFigures):
    """An app's own figures between two moments."""

    since: Timestamp
    until: Timestamp | None
    """The end that was asked for, not included; None: now."""
    by_day: tuple[AppDay, ...]
    """Days on which something was asked, the earliest first."""
