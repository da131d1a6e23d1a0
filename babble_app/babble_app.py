"""Composition root: the only module that knows every part."""

from __future__ import annotations

from pathlib import Path

import reflex as rx

from babble_app import pages
from babble_app.discovery import import_modules

STYLES = Path(__file__).parent.parent / "assets" / "styles"

list(import_modules(pages))

app = rx.App(
    stylesheets=[f"/styles/{sheet.name}" for sheet in sorted(STYLES.glob("*.css"))],
    head_components=[rx.el.script(src="/boot.js")],
    html_lang="en",
    toaster=None,
)
