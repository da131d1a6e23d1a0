"""The difference view: two programs compared hunk by hunk, unified or side by side, unchanged parts folded away."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.based_language import CODEMIRROR
from babble_app.components.local_modules import local_module

local_module(__name__, "diff_lines.js")


def _number_and_choice(
    number: rx.Var[int], chosen: rx.Var[bool]
) -> tuple[rx.Var[int], rx.Var[bool]]:
    return number, chosen


class DiffView(rx.NoSSRComponent):
    """A comparison to read, to decide on or to pick from; unified where side by side would be too narrow."""

    library = local_module(__name__, "diff_view.jsx")
    tag = "DiffView"
    lib_dependencies: list[str] = CODEMIRROR

    original: rx.Var[str]
    modified: rx.Var[str]
    hunks: rx.Var[list[Any]]
    """`states.comparisons.HunkView`s of the two texts."""
    layout: rx.Var[str]
    """`unified` or `split`."""
    mode: rx.Var[str]
    """`read`; `decide`: each hunk is accepted or refused; `pick`: hunks can be ticked."""
    chosen: rx.Var[list[int]]
    """Numbers of the hunks that are accepted, or ticked."""
    disabled: rx.Var[bool]
    label: rx.Var[str]

    on_choose: rx.EventHandler[_number_and_choice]
    """A hunk's number, and whether it is accepted, or ticked."""


diff_view = DiffView.create


def counts(added: Any, removed: Any) -> rx.Component:
    """Show how many lines came and went."""
    return rx.el.span(
        rx.el.span("+", added, class_name="count-added"),
        rx.el.span("−", removed, class_name="count-removed"),
        class_name="counts mono",
        title="Lines added and removed",
    )


def layout_switch(value: Any, event: Any) -> rx.Component:
    """Let the person choose between unified and side by side."""
    return rx.el.div(
        *[
            rx.el.button(
                title,
                type="button",
                aria_pressed=value == name,
                on_click=event(name),
                class_name="segmented-option",
            )
            for name, title in (("unified", "Unified"), ("split", "Side by side"))
        ],
        role="group",
        aria_label="Layout",
        class_name="segmented comparison-layout",
    )
