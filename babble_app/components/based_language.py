"""The Based language for the editors: a JavaScript module that their components import."""

from __future__ import annotations

from babble_app.components.local_modules import local_module

CODEMIRROR = [
    "@codemirror/commands@6.11.1",
    "@codemirror/language@6.13.1",
    "@codemirror/legacy-modes@6.5.5",
    "@codemirror/lint@6.9.8",
    "@codemirror/merge@6.12.3",
    "@codemirror/search@6.7.2",
    "@codemirror/state@6.7.6",
    "@codemirror/view@6.43.15",
    "@lezer/highlight@1.2.5",
]
"""npm packages, pinned together: two copies of @codemirror/state in one page do not work."""

local_module(__name__, "based_language.js")
