"""Task profiles: which models a kind of work is given to, and how."""

from __future__ import annotations

from typing import Literal

from babble_app.schemas.base import Schema
from babble_app.schemas.models import Task

ToolGroup = Literal["code", "web", "deep", "think"]
"""Calculating with code; searching and reading the web; deep search; a place to think."""
Difficulty = Literal["easy", "hard"]
Language = Literal[
    "ar", "de", "el", "en", "es", "fr", "he", "hi", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "uk", "zh",
]  # fmt: skip
"""Those that Babble knows when it sees them, by their ISO 639-1 codes."""


class RouteRule(Schema):
    """When some models are asked before the others: when all the conditions hold that are given."""

    models: tuple[str, ...]
    """One to four, `provider/name`: asked first, in this order. Otherwise they stand behind all other models."""
    tasks: tuple[Task, ...] = ()
    """One of these."""
    languages: tuple[Language, ...] = ()
    """The newest message of the user's is written in one of these; one whose language is not plain, in none."""
    longer_than_tokens: int | None = None
    """The whole prompt, as it is paid for: Babble's words, history, files, the question and tools; an estimate."""
    shorter_than_tokens: int | None = None
    """The whole prompt, as for `longer_than_tokens`."""
    difficulty: Difficulty | None = None
    """What the profile's classifier says of an answer, a program or a change of one that is wished for."""


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
    rules: tuple[RouteRule, ...] = ()
    """The first one that holds counts; with a model that somebody chose, none."""
    classifier: str = ""
    """A small model, `provider/name`, that judges how hard a question is, where a rule asks for that."""
    max_usd_per_million: float | None = None
    """The most that a million tokens of an answer may cost: dearer models, and those whose price nobody knows, are kept out.

    A model that somebody chose for the chat is asked whatever it costs.
    """
    cheapest_first: bool = False
    """Whether the cheapest of its models that fits is asked first, and not the first of them; unknown prices come last."""
    racing: bool = False
    """Whether the first two models are asked at once, and the first good token wins."""
    hedging: bool = False
    """Whether a second model is asked when the first is slower than it usually is."""
    cache_minutes: int | None = None
    """How long answers are given again; None: 60 without and 30 with history; 0: never."""
