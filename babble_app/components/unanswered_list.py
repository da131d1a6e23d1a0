"""The questions of visitors that were not answered, or not well."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.parts import empty, how_many, skeleton_list, time_ago
from babble_app.states.unanswered import UnansweredState
from babble_app.states.visit_views import QuestionPlace, QuestionRow
from babble_app.states.visits import VisitsState


def unanswered_list() -> rx.Component:
    """Show them, those asked most often first, and say how they are found."""
    return rx.el.div(
        rx.el.p(
            "Of the last 30 days. A question is here when its answer failed, was empty or was rated down, when the answer says"
            " that it does not know, or when a person had to go on. A wrong answer that sounds sure is only found when a visitor"
            " rates it down.",
            class_name="muted unanswered-note",
        ),
        rx.cond(
            UnansweredState.loaded,
            rx.cond(
                how_many(UnansweredState.rows) > 0,
                rx.el.ol(rx.foreach(UnansweredState.rows, _row), class_name="list"),
                empty(
                    "Nothing was left unanswered",
                    rx.el.p(
                        "Questions that the agent could not answer gather here: what to put into its files or its program next."
                    ),
                ),
            ),
            skeleton_list(3),
        ),
        class_name="unanswered",
    )


def _row(row: QuestionRow) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(row.question, class_name="unanswered-question"),
            rx.cond(row.answer != "", rx.el.p(row.answer, class_name="unanswered-answer")),
            rx.el.div(
                rx.cond(row.times != "", rx.el.span(row.times, class_name="badge badge--accent")),
                rx.foreach(row.reasons, _reason),
                rx.el.span(time_ago(row.at), class_name="faint"),
                class_name="visits-marks",
            ),
            rx.el.div(rx.foreach(row.places, _place), class_name="row row--wrap"),
            class_name="stack stack--tight grow",
        ),
        class_name="list-item",
    )


def _reason(words: Any) -> rx.Component:
    return rx.el.span(words, class_name="badge")


def _place(place: QuestionPlace) -> rx.Component:
    return rx.el.a(
        place.label,
        href=place.href,
        on_click=VisitsState.pick_view("talks"),
        class_name="link",
    )
