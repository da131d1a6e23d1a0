"""What a search engine is: data and two functions, so that a new one is one file in `services/search_engines/`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from babble_app.discovery import declared_by_id
from babble_app.services import search_engines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from babble_app.retrieval.web import SearchResult


@dataclass(frozen=True)
class Call:
    """How an engine is asked."""

    path: str
    """Appended to the engine's address."""
    method: str = "GET"
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Engine:
    """A search engine, and how to talk to it."""

    id: str
    """As BABBLE_SEARCH_ENGINE names it."""
    title: str
    ask: Callable[[str, int, str], Call]
    """Makes the call from the query, how many results are wanted, and the key."""
    read: Callable[[Any], list[SearchResult]]
    """Takes the results out of the answer; raises ValueError when it is none."""
    base_url: str = ""
    base_url_setting: str = ""
    """The field of `Settings` that holds the address, where the engine has no own."""
    key_setting: str = ""
    """The field of `Settings` that holds the key, where one is needed."""
    refused: str = "It refuses to be asked."
    """What to do about a 401 or 403."""


@cache
def all_engines() -> dict[str, Engine]:
    """Return every engine by its id.

    Raises:
        ValueError: two files declare the same id.
    """
    return declared_by_id(search_engines, "ENGINE", Engine)


def rows_of(answer: Any, *path: str) -> list[dict[str, str]]:
    """Return the objects of the list that stands at the path of a JSON answer, their texts only; none where there is no list.

    Raises:
        ValueError: the answer is no JSON object.
    """
    if not isinstance(answer, dict):
        raise ValueError("not a JSON object")
    found: Any = cast("dict[str, Any]", answer)
    for name in path:
        found = cast("dict[str, Any]", found).get(name) if isinstance(found, dict) else None
    rows = cast("list[Any]", found) if isinstance(found, list) else []
    return [
        {name: text for name, text in cast("dict[str, Any]", row).items() if isinstance(text, str)}
        for row in rows
        if isinstance(row, dict)
    ]
