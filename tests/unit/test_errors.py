"""Expected failures: each has a code of its own, a status and a sentence about itself."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from babble_app import errors
from babble_app.errors import BabbleError

KINDS = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, BabbleError)
]  # fmt: skip


def test_no_two_errors_share_a_code() -> None:
    codes = Counter(kind.code for kind in KINDS)

    assert [code for code, times in codes.items() if times > 1] == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_an_error_is_described_whole(kind: type[BabbleError]) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", kind.code)
    assert 400 <= kind.status <= 599
    assert (kind.__doc__ or "").endswith(".")


def test_the_codes_of_the_wire_contract_are_there() -> None:
    wanted = {
        "invalid_token",
        "rate_limited",
        "origin_not_allowed",
        "model_unavailable",
        "context_too_large",
        "not_found",
        "validation_failed",
        "conflict",
        "idempotency_conflict",
        "invalid_credentials",
    }

    assert wanted <= {kind.code for kind in KINDS}
