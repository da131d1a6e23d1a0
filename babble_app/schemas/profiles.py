"""Task profiles: which models a kind of work is given to, and how."""

from __future__ import annotations

from typing import Literal

from babble_app.schemas.base import Schema

ToolGroup = Literal["code", "web", "deep", "think"]
"""Calculating with code; searching and reading the web; deep search; a place to think."""


class Profile(Schema):
    """A kind of work; a custom one is a row, not code."""

    id: str
    """`coder`, or `prf_...` for a custom one."""
    name: str
    description: str = ""
    builtin: bool = False
    makes: Literal["text", "image", "video"] = "text"
    models: tuple[str, ...] = ()
    """`provider/name`, the preferred first; those that nothing opens are passed over. Empty: the person's default."""
    tools: tuple[ToolGroup, ...] = ()
    instructions: str = ""
    temperature: float | None = None
    max_output_tokens: int | None = None
    racing: bool = False
    """Whether the first two models are asked at once, and the first good token wins."""
    hedging: bool = False
    """Whether a second model is asked when the first is slower than it usually is."""
    cache_minutes: int | None = None
    """How long answers are given again; None: 60 without and 30 with history; 0: never."""
