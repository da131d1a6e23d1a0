"""The library's own version, which its wheel carries."""

from __future__ import annotations

VERSION = "0.1.0"
