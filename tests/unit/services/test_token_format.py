"""How our own tokens look, and how often their uses are noted."""

from __future__ import annotations

import pytest

from babble_app.services import last_uses
from babble_app.services.last_uses import LastUses
from babble_app.services.token_format import is_well_formed, make_token, shown_prefix


@pytest.mark.parametrize("prefix", ["bb", "bbk"])
def test_a_token_is_told_from_a_mistyped_one_without_a_query(prefix: str) -> None:
    token = make_token(prefix)
    swapped = token[:10] + token[11] + token[10] + token[12:]

    assert is_well_formed(token, prefix)
    assert shown_prefix(token) == token[: len(prefix) + 5]
    assert len(token) == len(prefix) + 37
    for wrong in (token[:-1], f"{token}0", token.replace("_", "-"), "", prefix, f"{token}\n"):
        assert not is_well_formed(wrong, prefix)
    assert swapped == token or not is_well_formed(swapped, prefix)


def test_a_token_of_one_kind_is_none_of_another() -> None:
    assert not is_well_formed(make_token("bb"), "bbk")
    assert not is_well_formed(make_token("bbk"), "bb")


def test_a_use_is_noted_once_in_a_while_for_each_credential(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uses = LastUses()

    assert [uses.is_due(name) for name in ("a", "a", "b", "a")] == [True, False, True, False]
    monkeypatch.setattr(last_uses, "NOTE_EVERY_SECONDS", 0.0)
    assert uses.is_due("a")
