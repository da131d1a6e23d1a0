"""A proposed change: its hunks to accept or refuse, what is wrong with the rest, and the two ways to end it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.diff_view import counts, diff_view, layout_switch
from babble_app.components.icons import icon
from babble_app.components.parts import how_many, notice
from babble_app.components.version_details import raw_answer
from babble_app.components.version_list import tests_badge
from babble_app.states.merging import MergeState
from babble_app.states.panes import PanesState
from babble_app.states.proposals import ProposalState
from babble_app.states.versions import VersionsState


def proposal_view() -> rx.Component:
    """Show the change that waits for the person's word."""
    return rx.el.div(
        rx.el.div(
            _head(),
            rx.cond(ProposalState.stale, _stale()),
            diff_view(
                original=ProposalState.old_text,
                modified=ProposalState.new_text,
                hunks=ProposalState.hunks,
                layout=VersionsState.layout,
                mode="decide",
                chosen=ProposalState.accepted,
                disabled=ProposalState.busy,
                label="Proposed change",
                on_choose=ProposalState.decide,
            ),
            rx.cond(
                ProposalState.raw != "",
                rx.el.div(raw_answer(ProposalState.raw), class_name="comparison-end"),
            ),
            class_name="comparison-body",
        ),
        _foot(),
        class_name="comparison",
    )


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.p(ProposalState.summary, class_name="proposal-summary"),
        rx.el.div(
            rx.el.span("Proposed, not saved", class_name="badge badge--warn"),
            tests_badge(ProposalState.tests, ProposalState.tests_kind),
            rx.el.span("changes version ", ProposalState.parent_number, class_name="faint nowrap"),
            counts(ProposalState.added, ProposalState.removed),
            layout_switch(VersionsState.layout, VersionsState.pick_layout),
            class_name="row row--wrap",
        ),
        rx.cond(
            ProposalState.warnings,
            rx.el.ul(rx.foreach(ProposalState.warnings, _item), class_name="findings muted"),
        ),
        class_name="proposal-head",
    )


def _item(text: Any) -> rx.Component:
    return rx.el.li(text)


def _stale() -> rx.Component:
    return notice(
        "warn",
        rx.el.p(
            "Version ",
            ProposalState.head_number,
            " was saved since. Merge the two to see them together; Keep merges them where they do not touch.",
        ),
        rx.el.button(
            "Merge with version ",
            ProposalState.head_number,
            type="button",
            on_click=MergeState.merge_proposal,
            disabled=ProposalState.busy,
            class_name="button button--small",
        ),
        role="status",
    )


def _foot() -> rx.Component:
    return rx.fragment(
        rx.cond(
            ProposalState.errors,
            notice(
                "bad",
                rx.el.p("With these changes alone the program has errors:"),
                rx.el.ul(rx.foreach(ProposalState.errors, _item), class_name="findings"),
                role="alert",
            ),
        ),
        rx.cond(ProposalState.problem != "", notice("bad", ProposalState.problem, role="alert")),
        rx.el.div(
            rx.el.span(_how_many_accepted(), class_name="grow", role="status"),
            _all_or_none(),
            rx.el.button(
                "Discard",
                type="button",
                on_click=ProposalState.discard,
                disabled=ProposalState.busy,
                class_name="button button--small",
            ),
            rx.el.button(
                icon("check", 16),
                keep_words(),
                type="button",
                on_click=ProposalState.keep,
                disabled=cannot_keep(),
                class_name="button button--primary button--small",
            ),
            class_name="proposal-foot",
        ),
    )


def keep_words() -> Any:
    """Say what Keep would do: `Keep changes`, or `Keep 3 of 5`."""
    accepted, there = how_many(ProposalState.accepted), how_many(ProposalState.hunks)
    return rx.cond(accepted == there, "Keep changes", rx.Var.create(f"Keep {accepted} of {there}"))


def cannot_keep() -> Any:
    """Say whether nothing could be saved now."""
    return (
        ProposalState.busy
        | (how_many(ProposalState.accepted) == 0)
        | (how_many(ProposalState.errors) > 0)
    )


def _how_many_accepted() -> Any:
    accepted, there = how_many(ProposalState.accepted), how_many(ProposalState.hunks)
    return rx.Var.create(f"{accepted} of {there} accepted")


def _all_or_none() -> rx.Component:
    accepted, there = how_many(ProposalState.accepted), how_many(ProposalState.hunks)
    return rx.cond(
        there > 1,
        rx.el.button(
            rx.cond(accepted == there, "Refuse all", "Accept all"),
            type="button",
            on_click=ProposalState.decide_all(accepted != there),
            disabled=ProposalState.busy,
            class_name="button button--quiet button--small",
        ),
    )


def proposal_banner() -> rx.Component:
    """Say above the code that the text on screen is not saved, and let the person look at the saved one."""
    return rx.el.div(
        icon("info"),
        rx.el.p(
            rx.cond(
                ProposalState.in_editor,
                rx.fragment(
                    "A proposed change of version ",
                    ProposalState.parent_number,
                    ": not saved yet. The next request goes on from it.",
                ),
                rx.fragment("A proposed change waits for your word."),
            ),
            class_name="grow",
        ),
        rx.el.button(
            rx.cond(ProposalState.in_editor, "Show the saved text", "Show the proposal"),
            type="button",
            on_click=ProposalState.show_in_editor(~_in_editor()),
            class_name="button button--quiet button--small",
        ),
        rx.el.button(
            icon("diff", 16),
            "Review",
            type="button",
            on_click=PanesState.show_decision,
            class_name="button button--small",
        ),
        role="status",
        class_name="notice notice--warn canvas-notice",
    )


def _in_editor() -> Any:
    return ProposalState.in_editor
