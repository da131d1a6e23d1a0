"""Sealed secrets open in their own place, with their own master key, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from babble_app.services.vault import Place, SealedError, Vault

PLACE = Place("usr_1", "openai", "key_1")


def test_a_secret_comes_back_in_its_place() -> None:
    vault = Vault(b"master")

    sealed = vault.seal("sk-secret", PLACE)

    assert vault.open(sealed, PLACE) == "sk-secret"
    assert b"secret" not in sealed.ciphertext


def test_the_same_secret_is_never_sealed_the_same_way_twice() -> None:
    vault = Vault(b"master")

    assert vault.seal("sk-secret", PLACE) != vault.seal("sk-secret", PLACE)


@pytest.mark.parametrize(
    "place",
    [
        replace(PLACE, owner_id="usr_2"),
        replace(PLACE, provider="groq"),
        replace(PLACE, row_id="key_2"),
    ],
)
def test_a_secret_that_was_moved_does_not_open(place: Place) -> None:
    vault = Vault(b"master")
    sealed = vault.seal("sk-secret", PLACE)

    with pytest.raises(SealedError):
        vault.open(sealed, place)


def test_another_master_key_does_not_open_it() -> None:
    sealed = Vault(b"master").seal("sk-secret", PLACE)
    other = Vault(b"another")

    with pytest.raises(SealedError):
        other.open(sealed, PLACE)
    with pytest.raises(SealedError):
        other.open(replace(sealed, key_id=other.key_id), PLACE)


def test_a_changed_ciphertext_does_not_open() -> None:
    vault = Vault(b"master")
    sealed = vault.seal("sk-secret", PLACE)
    changed = bytes([sealed.ciphertext[0] ^ 1]) + sealed.ciphertext[1:]

    with pytest.raises(SealedError):
        vault.open(replace(sealed, ciphertext=changed), PLACE)
