"""The code editor: CodeMirror 6 with Based's colours, in a chunk of its own that loads when it is first shown."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.based_language import CODEMIRROR
from babble_app.components.local_modules import local_module


def _text_and_key(text: rx.Var[str], doc_key: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str]]:
    return text, doc_key


class CodeEditor(rx.NoSSRComponent):
    """An editor that gives edits back a moment after the typing pauses, and on Ctrl/Cmd+S."""

    library = local_module(__name__, "code_editor.jsx")
    tag = "CodeEditor"
    lib_dependencies: list[str] = CODEMIRROR

    value: rx.Var[str]
    """The text from the server; it replaces the editor's only where it differs."""
    doc_key: rx.Var[str]
    """Names the document; another key begins anew, with its own undo history."""
    read_only: rx.Var[bool]
    following: rx.Var[bool]
    """Whether the view keeps to the end, as while a program is being written."""
    unsaved: rx.Var[bool]
    """Whether the browser asks before the page is closed."""
    findings: rx.Var[list[dict[str, Any]]]
    """`schemas.findings.Finding`, as dicts; underlined on their lines."""
    lit_line: rx.Var[int]
    """The line to light up and scroll to; 0 for none."""
    goto: rx.Var[dict[str, int]]
    """`{"number", "line"}`: a new number takes the cursor to that line."""
    label: rx.Var[str]

    on_edit: rx.EventHandler[_text_and_key]
    """Text and document key."""
    on_save: rx.EventHandler[_text_and_key]


code_editor = CodeEditor.create
