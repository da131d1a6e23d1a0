"""What pictures and videos cost."""

from __future__ import annotations

import pytest

from babble_app.llm import media_prices, prices
from babble_app.llm.media import Made
from babble_app.llm.prices import Price
from babble_app.schemas.usage import Usage


def made(*, tokens: tuple[int, int] = (0, 0), seconds: float = 0.0) -> Made:
    usage = Usage(input_tokens=tokens[0], output_tokens=tokens[1])
    return Made(b"", "image/png", usage, seconds)


@pytest.mark.parametrize(
    ("model", "one", "cost"),
    [
        ("openrouter/google/gemini-2.5-flash-image", made(), 0.039),
        ("openai/gpt-image-2", made(tokens=(100, 1000)), 0.0305),
        ("openai/gpt-image-2", made(), None),
        ("openai/sora-2", made(seconds=8), 0.8),
        ("openai/sora-2", made(), 0.4),
    ],
    ids=["each", "by tokens", "tokens not counted", "by seconds", "seconds not told"],
)
def test_the_table_knows_what_one_costs(model: str, one: Made, cost: float | None) -> None:
    price = media_prices.find(model)

    assert price is not None
    assert price.of(one) == (None if cost is None else pytest.approx(cost))


@pytest.mark.parametrize(
    ("model", "most"),
    [
        ("openrouter/google/gemini-2.5-flash-image", 0.039),
        ("openai/gpt-image-2", 6_240 * 3e-5 + 3 * 5e-6),
        ("openai/sora-2", 0.4),
    ],
)
def test_before_it_is_made_the_dearest_usual_one_is_set_aside(model: str, most: float) -> None:
    price = media_prices.find(model)

    assert price is not None
    assert price.most("A red fox") == pytest.approx(most)


def test_a_video_is_reserved_and_paid_by_the_length_that_was_asked_for() -> None:
    price = media_prices.find("openai/sora-2")

    assert price is not None
    assert price.most("A red fox", 12) == pytest.approx(1.2)
    assert price.of(made(), 12) == pytest.approx(1.2)
    assert price.of(made(seconds=4), 12) == pytest.approx(0.4)


@pytest.mark.parametrize("model", ["custom/flux", "openai/gpt-4o-mini", "openai/gpt-image-99"])
def test_what_the_table_does_not_name_has_no_price(model: str) -> None:
    assert media_prices.find(model) is None


def test_the_operators_own_price_goes_first() -> None:
    prices.use({"openai/gpt-image-2": Price(input_per_million=0, output_per_million=1_000_000)})
    try:
        price = media_prices.find("openai/gpt-image-2")
    finally:
        prices.use({})

    assert price is not None
    assert price.of(made(tokens=(5, 3))) == 3


def test_what_the_provider_says_stands() -> None:
    assert media_prices.with_cost(Usage(cost_usd=0.5), 1.0).cost_usd == 0.5
    assert media_prices.with_cost(Usage(), 1.0).cost_usd == 1.0
