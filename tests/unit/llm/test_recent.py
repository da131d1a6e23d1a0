"""A memory keeps what is used and forgets the rest."""

from __future__ import annotations

from babble_app.llm.catalogue import MOST_MODELS, Models
from babble_app.llm.recent import Recent
from tests.integration.llm.clients import make_settings


def test_what_was_not_used_for_longest_is_forgotten() -> None:
    recent = Recent[str, int](2)

    recent.put("a", 1)
    recent.put("b", 2)
    recent.get("a")
    recent.put("c", 3)

    assert [recent.get(key) for key in "abc"] == [1, None, 3]
    assert len(recent) == 2


def test_what_is_made_is_made_once_and_again_when_it_was_forgotten() -> None:
    recent = Recent[str, list[str]](1)

    first = recent.get_or_make("a", list)

    assert recent.get_or_make("a", list) is first
    recent.get_or_make("b", list)
    assert recent.get_or_make("a", list) is not first


def test_names_that_people_make_up_do_not_pile_up() -> None:
    models = Models(make_settings())

    for number in range(MOST_MODELS + 5):
        models.open(f"ollama/made-up-{number}", None)

    assert len(models._habits) == MOST_MODELS
