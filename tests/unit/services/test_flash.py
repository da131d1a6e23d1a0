"""The flash cookie."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from babble_app.services.flash import FLASH_SECONDS, Flash, find_flash, seal_flash
from babble_app.settings import Settings

FLASH = Flash(
    form="register", code="email_taken", message="There is one ✓", email="a@b.c", next="/x"
)


def make_settings(secret: str = "s" * 40) -> Settings:
    return Settings(_env_file=None, secret_key=SecretStr(secret), BABBLE_SECRET_KEY=secret)


def test_what_was_sealed_is_read_back():
    settings = make_settings()

    assert find_flash(settings, seal_flash(settings, FLASH)) == FLASH


def test_a_flash_is_gone_after_its_time():
    settings = make_settings()

    value = seal_flash(settings, FLASH, now=1000.0)

    assert find_flash(settings, value, now=1000.0 + FLASH_SECONDS - 1) == FLASH
    assert find_flash(settings, value, now=1000.0 + FLASH_SECONDS) is None


def test_a_flash_of_another_server_is_not_read():
    value = seal_flash(make_settings("a" * 40), FLASH)

    assert find_flash(make_settings("b" * 40), value) is None


def test_no_byte_of_a_flash_can_be_changed():
    settings = make_settings()
    value = seal_flash(settings, FLASH)

    for position in range(0, len(value) - 1, 7):
        other = "A" if value[position] != "A" else "B"
        changed = value[:position] + other + value[position + 1 :]
        assert find_flash(settings, changed) is None


@pytest.mark.parametrize("value", ["", ".", "a.b", "ä.ö", "a" * 10_000, "e30.e30", "%00.%00"])
def test_rubbish_is_no_flash(value: str):
    assert find_flash(make_settings(), value) is None
