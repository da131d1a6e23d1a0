"""The operator's own prices: what may stand in the file, and that they go before the shipped table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from babble_app.errors import ValidationFailedError
from babble_app.llm import model_table, prices
from babble_app.llm.worst_case import (
    DEFAULT_OUTPUT_TOKENS,
    LEAST_OUTPUT_TOKENS,
    OTHER_TOKENIZERS,
    USUAL_OUTPUT_TOKENS,
    Estimate,
    estimate,
)
from babble_app.schemas.models import ModelMessage, ModelRequest, ToolSpec
from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MINI = "openai/gpt-4o-mini"
HELLO = ModelMessage(role="user", text="hello")
USAGE = Usage(input_tokens=1_000_000, output_tokens=1_000_000, cached_tokens=500_000)
OWN = '{"openai/gpt-4o-mini": {"input_per_million": 1, "output_per_million": 2.5, "cached_per_million": 0.5}}'


@pytest.fixture(autouse=True)
def _no_own_prices() -> Iterator[None]:
    prices.use({})
    yield
    prices.use({})


def load(folder: Path, text: str) -> dict[str, prices.Price]:
    path = folder / "prices.json"
    path.write_text(text)
    return prices.load(str(path))


def test_without_a_file_the_table_says_what_a_model_costs() -> None:
    assert prices.load("") == {}
    assert model_table.cost_usd("openai", "gpt-4o-mini", USAGE) == pytest.approx(
        0.075 + 0.0375 + 0.6
    )


def test_a_price_of_the_operators_goes_before_the_tables(tmp_path: Path) -> None:
    prices.use(load(tmp_path, OWN))

    assert model_table.cost_usd("openai", "gpt-4o-mini", USAGE) == pytest.approx(0.5 + 0.25 + 2.5)
    assert model_table.cost_usd("openai", "gpt-4o", USAGE) == pytest.approx(1.25 + 0.625 + 10)


def test_what_came_from_the_cache_costs_as_much_as_fresh_input_where_no_price_is_named() -> None:
    price = prices.Price(input_per_million=2.0, output_per_million=0.0)

    assert price.cost_usd(USAGE) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "it is not JSON"),
        ("[]", "it holds no object"),
        ('{"gpt-4o": {}}', "“gpt-4o” is no provider/name"),
        ('{"a/b": {"input_per_million": 1}}', "a/b.output_per_million: Field required"),
        ('{"a/b": {"input_per_million": -1, "output_per_million": 1}}', "greater than or equal"),
        ('{"a/b": {"input_per_million": "1", "output_per_million": 1}}', "valid number"),
        ('{"a/b": {"input_per_million": 1, "output_per_million": 1, "x": 1}}', "a/b.x"),
        ('{"a/b": 3}', "a/b"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(ValidationFailedError, match="BABBLE_PRICES_FILE") as caught:
        load(tmp_path, text)

    assert words in str(caught.value)
    assert "input_per_million" in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValidationFailedError, match="No such file"):
        prices.load(str(tmp_path / "nothing.json"))


def worst(model: str, request: ModelRequest) -> int:
    cost = estimate(model, request)
    assert cost is not None
    return cost.cost_nano(cost.most_tokens)


def test_the_worst_case_is_the_whole_prompt_and_the_longest_answer(tmp_path: Path) -> None:
    prices.use(load(tmp_path, OWN))
    plain = ModelRequest(messages=(HELLO,), max_output_tokens=100)
    tool = ToolSpec(name="read_file", description="Reads a file.", parameters={"type": "object"})

    known = worst(MINI, plain)

    assert known == 5 * 1_000 + 100 * 2_500
    assert worst(MINI, plain.model_copy(update={"tools": (tool,)})) > known
    assert worst(MINI, plain.model_copy(update={"json_schema": {"type": "object"}})) > known


def test_an_answer_without_a_limit_counts_as_a_long_one_that_the_model_can_give() -> None:
    request = ModelRequest(messages=(HELLO,))
    huge = request.model_copy(update={"max_output_tokens": 10_000_000})
    most = model_table.facts("openai", "gpt-4o-mini")["max_output_tokens"]

    assert worst(MINI, request) == 5 * 150 + DEFAULT_OUTPUT_TOKENS * 600
    assert worst(MINI, huge) == 5 * 150 + most * 600


def test_other_vendors_may_count_more_tokens_for_the_same_text(tmp_path: Path) -> None:
    price = {"input_per_million": 1, "output_per_million": 1}
    prices.use(load(tmp_path, json.dumps({"openai/a": price, "groq/a": price})))
    long = ModelRequest(messages=(ModelMessage(role="user", text="hello " * 1000),))

    ours, theirs = estimate("openai/a", long), estimate("groq/a", long)

    assert ours is not None
    assert theirs is not None
    assert theirs.prompt_nano == pytest.approx(ours.prompt_nano * OTHER_TOKENIZERS, rel=0.001)


@pytest.mark.parametrize(
    ("room_tokens", "allowed"),
    [
        (1_000_000, DEFAULT_OUTPUT_TOKENS),
        (10_000, 5_000),
        (3_000, USUAL_OUTPUT_TOKENS),
        (1_000, 1_000),
        (LEAST_OUTPUT_TOKENS, LEAST_OUTPUT_TOKENS),
        (LEAST_OUTPUT_TOKENS - 1, None),
    ],
)
def test_an_answer_that_nobody_limited_is_as_long_as_there_is_money_for(
    room_tokens: int, allowed: int | None
) -> None:
    cost = Estimate(prompt_nano=0, token_nano=600, most_tokens=8_000, limited=False)

    assert cost.tokens_within(room_tokens * 600) == allowed


def test_an_answer_with_a_limit_is_not_made_shorter() -> None:
    cost = Estimate(prompt_nano=100, token_nano=600, most_tokens=50, limited=True)

    assert cost.tokens_within(100 + 50 * 600) == 50
    assert cost.tokens_within(99 + 50 * 600) is None


@pytest.mark.parametrize("model", ["demo/based", "ollama/llama3", "custom/nobody-knows", "x", ""])
def test_a_model_that_is_free_or_unknown_needs_no_money(model: str) -> None:
    assert estimate(model, ModelRequest(messages=(HELLO,))) is None
