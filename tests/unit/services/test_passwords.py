"""What passwords are accepted, and how they are kept."""

from __future__ import annotations

import pytest

from babble_app.errors import ValidationFailedError
from babble_app.services.passwords import Passwords, check_password


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "at least 10"),
        ("", "at least 10"),
        ("x" * 1025, "at most 1,024"),
        ("Ada.Lovelace@example.com", "must not be your email"),
        ("ada.lovelace", "must not be your email"),
        ("Password123", "first that are guessed"),
        ("aaaaaaaaaaaa", "first that are guessed"),
        ("1234567890", "first that are guessed"),
    ],
)
def test_a_bad_password_is_refused_in_words(password: str, words: str) -> None:
    with pytest.raises(ValidationFailedError, match=words):
        check_password(password, "ada.lovelace@example.com")


@pytest.mark.parametrize(
    "password", ["a plain sentence", "пароль из слов", "x7$ kd!! 9s", "å" * 4 + "bcdefg"]
)
def test_a_good_password_is_accepted(password: str) -> None:
    check_password(password, "ada@example.com")


async def test_a_password_is_kept_as_argon2id_with_the_chosen_costs() -> None:
    passwords = Passwords()

    stored = await passwords.hash("a plain sentence")

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await passwords.verify("a plain sentence", stored)
    assert not await passwords.verify("a plain sentencE", stored)
    assert not passwords.needs_rehash(stored)


async def test_a_hash_of_other_costs_is_to_be_made_anew() -> None:
    cheap = "$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43

    assert Passwords().needs_rehash(cheap)


async def test_no_account_has_no_password_whatever_is_tried() -> None:
    assert not await Passwords().verify("nobody's password", None)


@pytest.mark.parametrize("password", ["\0" * 12, "\ud800" * 12, "x" * 2_000_000])
async def test_no_input_makes_verifying_fail(password: str) -> None:
    passwords = Passwords()

    assert not await passwords.verify(password, await passwords.hash("a plain sentence"))


async def test_the_same_letters_from_another_keyboard_are_the_same_password() -> None:
    passwords = Passwords()

    stored = await passwords.hash("caf\u00e9 au lait")

    assert await passwords.verify("cafe\u0301 au lait", stored)
