"""Any two versions compared, and parts of one taken into the newest."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.diff_view import counts, diff_view, layout_switch
from babble_app.components.icons import icon
from babble_app.components.parts import how_many
from babble_app.states.version_rows import VersionRow
from babble_app.states.versions import VersionsState


def comparison(on_restore: Any) -> rx.Component:
    """Show the difference of the two chosen versions; `on_restore` takes picked parts into the newest."""
    return rx.el.div(
        rx.el.div(
            _picker("From", VersionsState.from_id, VersionsState.pick_from, nothing=True),
            icon("chevron-right", 16),
            _picker("To", VersionsState.to_id, VersionsState.pick_to, nothing=False),
            counts(VersionsState.added, VersionsState.removed),
            _places(),
            layout_switch(VersionsState.layout, VersionsState.pick_layout),
            class_name="comparison-head",
        ),
        rx.cond(
            (VersionsState.to_id != "") & (VersionsState.old_text == VersionsState.new_text),
            rx.el.p(
                "These two versions are the same, byte for byte.",
                class_name="muted comparison-same",
            ),
            diff_view(
                original=VersionsState.old_text,
                modified=VersionsState.new_text,
                hunks=VersionsState.hunks,
                layout=VersionsState.layout,
                mode=rx.cond(_can_restore(), "pick", "read"),
                chosen=VersionsState.picked,
                disabled=VersionsState.busy,
                label="What changed",
                on_choose=VersionsState.pick_hunk,
            ),
        ),
        rx.cond(_can_restore(), _restore_bar(on_restore)),
        class_name="comparison",
    )


def _places() -> rx.Component:
    number = how_many(VersionsState.hunks)
    return rx.cond(
        number > 0,
        rx.el.span(
            "in ", number, rx.cond(number == 1, " place", " places"), class_name="faint nowrap"
        ),
    )


def _can_restore() -> Any:
    """Say whether parts can be taken: when the newest version is compared with another one."""
    other: Any = VersionsState.to_id != VersionsState.head_id
    return (
        (VersionsState.from_id == VersionsState.head_id)
        & other
        & (how_many(VersionsState.hunks) > 0)
    )


def _restore_bar(on_restore: Any) -> rx.Component:
    number = how_many(VersionsState.picked)
    return rx.el.div(
        rx.el.p(
            "Tick what version ",
            VersionsState.head_number,
            " shall take from version ",
            VersionsState.to_number,
            ".",
            class_name="grow",
        ),
        rx.el.button(
            icon("copy", 16),
            rx.cond(
                number > 0,
                rx.cond(number == 1, "Copy 1 change", rx.Var.create(f"Copy {number} changes")),
                "Copy changes",
            ),
            type="button",
            on_click=on_restore,
            disabled=VersionsState.busy | (number == 0),
            class_name="button button--primary button--small",
        ),
        class_name="proposal-foot",
    )


def _picker(label: str, value: Any, event: Any, *, nothing: bool) -> rx.Component:
    first = rx.el.option("Nothing", value="") if nothing else rx.fragment()
    return rx.el.select(
        first,
        rx.foreach(VersionsState.rows, _option),
        value=value,
        on_change=event,
        aria_label=label,
        class_name="select comparison-select",
    )


def _option(row: VersionRow) -> rx.Component:
    title = rx.cond(row.name != "", f"Version {row.number}: {row.name}", f"Version {row.number}")
    return rx.el.option(title, value=row.id)
