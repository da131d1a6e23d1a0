"""A small share of the benchmark's corpus: the text that is meant, or a refusal, and nothing else."""

from __future__ import annotations

import time
from random import Random

import pytest

from babble_app.diffs.apply import apply
from babble_app.diffs.errors import DiffError
from benchmarks.diff_corpus.cases import make_case
from benchmarks.diff_corpus.fuzz import huge, make_input


def result_of(text: str, answer: str) -> str | None:
    try:
        return apply(text, answer, may_shrink=True).text
    except DiffError:
        return None


@pytest.mark.parametrize("seed", range(4))
def test_defective_diffs_give_the_text_that_is_meant_or_nothing(seed: int) -> None:
    rng = Random(seed)  # noqa: S311 -- the same cases each time
    cases = [make_case(rng, "programs") for _ in range(100)]

    results = [(case, result_of(case.text, case.answer)) for case in cases]

    sure = [(case, result) for case, result in results if not case.open]
    wrong = [case.answer for case, result in sure if result not in (None, case.expected)]
    assert wrong == []
    meant = [(case, result) for case, result in sure if case.expected is not None]
    assert sum(result is not None for _, result in meant) >= 0.95 * len(meant)


def test_whatever_comes_is_answered_with_a_text_or_a_refusal() -> None:
    for seed in range(1000):
        text, answer = make_input(Random(seed))  # noqa: S311

        first = result_of(text, answer)

        assert first == result_of(text, answer)
        assert first is None or first != text


@pytest.mark.parametrize("number", [0, 3, 6, 9, 10, 11, 13, 14, 19, 20, 21])
def test_large_inputs_are_answered_soon(number: int) -> None:
    text, answer = huge()[number]
    started = time.process_time()

    result_of(text, answer)

    assert time.process_time() - started < 1
