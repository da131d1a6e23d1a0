"""What answers a program's network calls and actions in a test run."""

from __future__ import annotations

from typing import Any, Literal

from babble_app.schemas.base import Schema


class Mock(Schema):
    """One prepared answer; fields of the other kind are empty."""

    kind: Literal["http", "action"]
    method: str = ""
    """Of an http call; any when empty."""
    url: str = ""
    """A glob (`https://shop.example/*`); any when empty."""
    name: str = ""
    """A glob over an action's name (`integrations.slack.*`); any when empty."""
    status: int = 200
    body: Any = None
    """What is answered: the response's body, the action's value."""
    error: str = ""
    """When set, the call fails with these words."""
