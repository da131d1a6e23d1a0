"""Names and addresses as people type them."""

from __future__ import annotations

import pytest

from babble_app.errors import ValidationFailedError
from babble_app.services.files import display_name
from babble_app.services.names import clean_email, clean_model, clean_name, free_slug, usable_name


def test_a_name_loses_the_blanks_around_it() -> None:
    assert clean_name("  Shop  ") == "Shop"
    assert clean_name("👩‍🚀 Ünïcode") == "👩‍🚀 Ünïcode"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Please give"),
        ("   ", "Please give"),
        ("x" * 10_000, "10,000 characters; 120 is the most"),
        ("a\nb", "cannot be shown"),
        ("a\0b", "cannot be shown"),
        ("safe\u202egpj.exe", "cannot be shown"),
        ("\ud800", "cannot be shown"),
    ],
)
def test_a_bad_name_is_refused_in_words(name: str, words: str) -> None:
    with pytest.raises(ValidationFailedError, match=words):
        clean_name(name)


@pytest.mark.parametrize(
    "email", ["ada@example.com", "a.b+c@sub.example.co.uk", "jörg@bücher.example", "o'neil@x.io"]
)
def test_an_address_is_accepted(email: str) -> None:
    assert clean_email(f" {email.upper()} ") == email


@pytest.mark.parametrize(
    "email",
    ["", "ada", "ada@", "@example.com", "ada@example", "a b@example.com", "a@b@example.com", "ada@-x.com",
     "ada@example..com", "x" * 65 + "@example.com", "a@" + "b" * 260 + ".com", "a\0@example.com", "a@exa\nmple.com"],
)  # fmt: skip
def test_a_bad_address_is_refused(email: str) -> None:
    with pytest.raises(ValidationFailedError) as caught:
        clean_email(email)

    assert caught.value.field == "email"


def test_a_model_is_a_provider_and_a_name_or_nothing() -> None:
    assert clean_model(" openai/gpt-4o-mini ") == "openai/gpt-4o-mini"
    assert clean_model("") == ""
    for bad in ("gpt", "x/" + "y" * 300, "a/b\nc"):
        with pytest.raises(ValidationFailedError):
            clean_model(bad)


def test_a_models_proposal_of_a_name_is_made_usable() -> None:
    assert usable_name("  Order\nhelper \u202e ") == "Order helper"
    assert usable_name("\0") == ""


def test_slugs_are_plain_and_free() -> None:
    assert free_slug("Öl & Käse!", set()) == "ol-kase"
    assert free_slug("订单", set()) == "agent"
    assert free_slug("Shop", {"shop", "shop-2"}) == "shop-3"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\notes.txt", "notes.txt"),
        ("evil\u202efdp.txt", "evilfdp.txt"),
        ("a\r\nb: c.txt", "ab: c.txt"),
        ("  many   blanks .md ", "many blanks .md"),
    ],
)
def test_a_files_name_loses_folders_and_deceiving_characters(given: str, shown: str) -> None:
    assert display_name(given) == shown


@pytest.mark.parametrize("name", ["", "..", "/", "...", "\0\0", "x" * 10_000 + ".txt"])
def test_a_files_name_of_nothing_or_too_much_is_refused(name: str) -> None:
    with pytest.raises(ValidationFailedError):
        display_name(name)
