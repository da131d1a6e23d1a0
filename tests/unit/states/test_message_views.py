"""Stored messages as the page shows them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from babble_app.schemas.chats import Message, RunProblem
from babble_app.schemas.events import Citation
from babble_app.schemas.usage import Usage
from babble_app.states.message_views import in_reading_order, message_view, source_view


def make_message(number: int, role: str, run: str | None, **fields: Any) -> Message:
    return Message.model_validate(
        {
            "id": f"msg_{number}",
            "chat_id": "cht_1",
            "run_id": run,
            "role": role,
            "text": f"text {number}",
            "created_at": datetime(2026, 11, 21, tzinfo=UTC),
            **fields,
        }
    )


def test_an_answer_stands_behind_its_own_question() -> None:
    stored = [
        make_message(1, "user", "run_1"),
        make_message(2, "user", "run_2"),
        make_message(3, "assistant", "run_1"),
        make_message(4, "assistant", "run_2"),
    ]

    assert [one.id for one in in_reading_order(stored)] == ["msg_1", "msg_3", "msg_2", "msg_4"]


def test_an_answer_that_was_asked_for_again_stands_last() -> None:
    stored = [
        make_message(1, "user", "run_1"),
        make_message(2, "assistant", "run_1", status="failed"),
        make_message(3, "assistant", "run_9"),
    ]

    assert [one.id for one in in_reading_order(stored)] == ["msg_1", "msg_2", "msg_3"]


def test_a_whole_answer_offers_no_retry_and_a_failed_one_does() -> None:
    problem = RunProblem(code="provider_unavailable", message="The provider is down.")

    whole = message_view(make_message(1, "assistant", "run_1"))
    failed = message_view(make_message(2, "assistant", "run_2", status="failed", problem=problem))

    assert not whole.can_run_again
    assert failed.can_run_again
    assert failed.problem == "The provider is down."


def test_the_figures_name_model_and_tokens() -> None:
    usage = Usage(input_tokens=1200, output_tokens=34, cost_usd=0.0123)

    view = message_view(make_message(1, "assistant", "run_1", model="openai/gpt-4o", usage=usage))

    assert view.figures == "openai/gpt-4o · 1,200 in, 34 out · $0.0123"


@pytest.mark.parametrize(
    ("url", "link", "place"),
    [
        ("https://www.sea.example/whales", "https://www.sea.example/whales", "sea.example"),
        ("http://[broken", "", ""),
        ("javascript:alert(1)", "", ""),
        ("data:text/html,x", "", ""),
        ("", "", "page 3"),
    ],
)
def test_only_web_addresses_of_sources_become_links(url: str, link: str, place: str) -> None:
    page = None if url else 3
    citation = Citation(number=1, file_id="", file="Whales", page=page, quote="Big.", url=url)

    view = source_view(citation)

    assert (view.url, view.place) == (link, place)


def test_why_a_model_answered_is_shown_beside_it() -> None:
    view = message_view(make_message(1, "assistant", "run_1", why="b: a was rate-limited"))

    assert (view.why, view.repeated) == ("b: a was rate-limited", "")


def test_an_answer_given_again_says_so_in_the_place_of_why() -> None:
    why = "answered before, at 2026-11-12 13:14:15 UTC"

    view = message_view(make_message(1, "assistant", "run_1", why=why))

    assert (view.why, view.repeated) == ("", "answered before")
    assert view.repeated_at == "2026-11-12T13:14:15+00:00"


def test_an_answer_that_was_stored_with_an_age_keeps_it() -> None:
    why = "answered before, 12 minutes ago"

    view = message_view(make_message(1, "assistant", "run_1", why=why))

    assert (view.why, view.repeated, view.repeated_at) == ("", why, "")


def test_a_cost_that_would_show_as_nothing_is_said_to_be_small() -> None:
    usage = Usage(input_tokens=12, output_tokens=7, cost_usd=0.00001)

    view = message_view(make_message(1, "assistant", "run_1", model="a/b", usage=usage))

    assert view.figures == "a/b · 12 in, 7 out · under $0.0001"
