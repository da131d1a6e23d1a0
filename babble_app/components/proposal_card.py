"""The card of a proposed change in the chat: what it would do and the way to decide, then what became of it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.icons import icon
from babble_app.components.parts import how_many
from babble_app.components.proposal_view import cannot_keep, keep_words
from babble_app.components.version_list import tests_badge
from babble_app.states.outcomes import OutcomeState
from babble_app.states.panes import PanesState
from babble_app.states.proposals import ProposalState


def proposal_card(proposal_id: Any) -> rx.Component:
    """Show what became of the proposal that an answer made; nothing if it made none."""
    return rx.cond(
        proposal_id != "",
        rx.cond(proposal_id == ProposalState.proposal, _pending(), _decided(proposal_id)),
    )


def _pending() -> rx.Component:
    places = how_many(ProposalState.hunks)
    return rx.el.div(
        icon("diff"),
        rx.el.div(
            rx.el.strong(
                "Proposed: +",
                ProposalState.added,
                " −",
                ProposalState.removed,
                " in ",
                places,
                rx.cond(places == 1, " place", " places"),
            ),
            rx.el.p(
                "Not saved yet. ",
                tests_badge(ProposalState.tests, ProposalState.tests_kind),
                class_name="muted",
            ),
            class_name="grow",
        ),
        rx.el.div(
            rx.el.button(
                "Review",
                type="button",
                on_click=PanesState.show_decision,
                class_name="button button--small",
            ),
            rx.el.button(
                keep_words(),
                type="button",
                on_click=ProposalState.keep,
                disabled=cannot_keep(),
                class_name="button button--primary button--small",
            ),
            class_name="row",
        ),
        class_name="version-card is-pending",
    )


def _decided(proposal_id: Any) -> rx.Component:
    outcome: Any = OutcomeState.outcomes[proposal_id]
    return rx.cond(
        outcome,
        rx.el.div(
            icon("versions"),
            rx.el.strong(outcome.words, class_name="grow"),
            rx.cond(
                outcome.version_id != "",
                rx.el.button(
                    icon("diff", 16),
                    "See changes",
                    type="button",
                    on_click=PanesState.show_changes(outcome.version_id),
                    class_name="button button--small",
                ),
            ),
            class_name="version-card",
        ),
    )
