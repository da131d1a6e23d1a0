"""Several keys of one provider: used evenly, those in trouble after the others."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from babble_app.errors import (
    BabbleError,
    ModelTimeoutError,
    ProviderKeyRefusedError,
    ProviderRateLimitedError,
)
from babble_app.llm.catalogue import Models
from babble_app.llm.credentials import Credential, environment_credentials
from babble_app.llm.key_turns import LIMITED_SECONDS, REFUSED_SECONDS, KeyTurns
from babble_app.llm.provider import all_providers
from babble_app.settings import Settings

KEYS = tuple(Credential(SecretStr(name)) for name in ("one", "two", "three"))


class Clock:
    """A clock that is set by hand."""

    now = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def make_settings(**values: str) -> Settings:
    return Settings(_env_file=None, **values)  # pyright: ignore[reportCallIssue] - pydantic-settings' own


def names(credentials: tuple[Credential, ...]) -> list[str]:
    return [one.api_key.get_secret_value() for one in credentials]


def test_keys_are_used_one_after_the_other_however_often_it_is_asked_whose_turn_it_is():
    turns = KeyTurns()
    used: list[str] = []

    for _ in range(6):
        turns.in_turn(KEYS)
        used.append(names(turns.in_turn(KEYS))[0])
        turns.note_use(used[-1])

    assert used == ["one", "two", "three"] * 2


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (ProviderKeyRefusedError("no"), REFUSED_SECONDS),
        (ProviderRateLimitedError("slower"), LIMITED_SECONDS),
        (ProviderRateLimitedError("slower", retry_after_seconds=7), 7),
    ],
)
def test_a_key_in_trouble_comes_last_for_a_while(error: BabbleError, seconds: float):
    clock = Clock()
    turns = KeyTurns(clock)

    turns.note_failure("one", error)
    during = names(turns.in_turn(KEYS))
    clock.now += seconds
    after = names(turns.in_turn(KEYS))

    assert during == ["two", "three", "one"]
    assert after == ["one", "two", "three"]


def test_a_failure_that_is_not_the_keys_changes_nothing():
    turns = KeyTurns()

    turns.note_failure("one", ModelTimeoutError("slow"))

    assert names(turns.in_turn(KEYS)) == ["one", "two", "three"]


def test_a_key_that_the_provider_took_rests_no_longer():
    turns = KeyTurns()
    turns.note_failure("one", ProviderKeyRefusedError("no"))

    turns.note_success("one")

    assert names(turns.in_turn(KEYS)) == ["one", "two", "three"]


def test_not_more_than_so_many_keys_are_remembered():
    turns = KeyTurns(most_keys=2)

    turns.note_failure("one", ProviderKeyRefusedError("no"))
    for key in ("two", "three"):
        turns.note_failure(key, ProviderRateLimitedError("slower"))

    assert names(turns.in_turn(KEYS)) == ["one", "two", "three"]  # else "one" would rest longest


def test_nothing_of_a_key_is_kept():
    turns = KeyTurns()
    turns.note_use("sk-canary-0123456789")
    turns.note_failure("sk-canary-0123456789", ProviderKeyRefusedError("no"))

    assert "canary" not in repr(turns)


def test_a_variable_holds_several_keys_with_commas():
    settings = make_settings(
        OPENAI_API_KEY="one, two,,one", OPENAI_BASE_URL="https://x.example/v1", GROQ_API_KEY=" , "
    )
    openai, groq = all_providers()["openai"], all_providers()["groq"]

    found = environment_credentials(settings, openai)

    assert names(found) == ["one", "two"]
    assert {one.base_url for one in found} == {"https://x.example/v1"}
    assert environment_credentials(settings, groq) == ()


def test_a_server_that_asks_for_no_key_is_opened_by_its_address():
    settings = make_settings(BABBLE_CUSTOM_BASE_URL="http://127.0.0.1:9/v1")

    found = environment_credentials(settings, all_providers()["custom"])

    assert found == (Credential(base_url="http://127.0.0.1:9/v1"),)


def test_opening_a_model_takes_the_keys_turn():
    models = Models(make_settings(OPENAI_API_KEY="one,two"))

    first = models.environment_credentials("openai")
    models.open("openai/gpt-4o-mini", first[0])

    assert names(models.environment_credentials("openai")) == ["two", "one"]
