"""A tab of an app's page: one file in `app_tabs/` declares one as `TAB`, and the page finds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx


@dataclass(frozen=True)
class AppTab:
    """What the page needs to know of a tab."""

    name: str
    """In the address: `?tab=look`."""
    title: str
    place: int
    """From left to right."""
    panel: Callable[[], rx.Component]
    on_load: tuple[Any, ...]
    """Events of the tab's states that read the app of the page (`states/app_page.py: shown_app`), sent when the page is opened and
    when the tab is picked. No background events: those overtake the page's own, which tells which app it is."""
