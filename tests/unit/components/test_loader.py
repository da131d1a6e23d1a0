"""The widget's loader: its size, that it is what its sources say, and how it guards the page's functions."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from babble_app import building
from tests.unit.components.scripts import LOADER, run

TOOLS = LOADER / "tools.js"
SCHEMA = {
    "type": "object",
    "required": ["sql"],
    "additionalProperties": False,
    "properties": {
        "sql": {"type": "string", "maxLength": 20},
        "mode": {"enum": ["insert", "replace"]},
        "tables": {"type": "array", "items": {"type": "string"}},
        "limit": {"type": ["integer", "null"], "minimum": 1},
    },
}


def test_the_loader_is_small() -> None:
    assert len(gzip.compress(building.LOADER.read_bytes(), 9)) < 10_000


def test_the_loader_is_what_its_sources_say() -> None:
    bundled = building.bundle_loader()
    if bundled is None:
        pytest.skip("the bundler comes with the first build of the pages")

    assert building.LOADER.read_bytes() == bundled, "run `make run`, or building.bundle_loader()"


def test_arguments_that_do_not_fit_are_told_why() -> None:
    cases: list[tuple[Any, str]] = [
        ({"sql": "SELECT 1", "mode": "insert", "tables": ["a"], "limit": None}, ""),
        ({}, "arguments.sql is missing"),
        ({"sql": 1}, "arguments.sql must be string"),
        ({"sql": "x" * 21}, "arguments.sql must be at most 20"),
        ({"sql": "", "mode": "drop"}, 'arguments.mode must be one of ["insert","replace"]'),
        ({"sql": "", "tables": ["a", 2]}, "arguments.tables[1] must be string"),
        ({"sql": "", "limit": 1.5}, "arguments.limit must be integer or null"),
        ({"sql": "", "limit": 0}, "arguments.limit must be at least 1"),
        ({"sql": "", "toString": 1}, "arguments.toString is not wanted"),
        ([], "arguments must be object"),
        (None, "arguments must be object"),
    ]

    reasons = run(
        TOOLS,
        "misfit",
        "cases.map(([given]) => misfit(schema, given))",
        schema=SCHEMA,
        cases=cases,
    )

    assert reasons == [reason for _, reason in cases]


def test_a_function_is_carried_out_only_with_arguments_that_fit() -> None:
    tools = """{
        twice: { parameters: schema, handler: async ({ sql }) => sql + sql },
        shape: { parameters: schema, handler: (given) => given },
        breaks: { parameters: schema, handler: () => { throw new Error("no editor"); } },
    }"""
    calls: list[tuple[str, Any]] = [
        ("twice", {"sql": "a"}),
        ("shape", {"sql": "a"}),
        ("twice", {"sql": 1}),
        ("breaks", {"sql": "a"}),
        ("toString", {}),
    ]

    answers = run(
        TOOLS,
        "carryOut",
        f"Promise.all(calls.map(([name, given]) => carryOut({tools}, name, given)))",
        schema=SCHEMA,
        calls=calls,
    )

    assert [(answer["ok"], answer["result"]) for answer in answers] == [
        (True, "aa"),
        (True, '{"sql":"a"}'),
        (False, "arguments.sql must be string"),
        (False, "no editor"),
        (False, "this page has no function toString"),
    ]


def test_agents_are_told_of_functions_that_can_be_carried_out_only() -> None:
    told = run(
        TOOLS,
        "described",
        "described({ a: { handler() {} }, b: { description: 'none' }, c: { confirm: false, handler() {} } })",
    )

    assert [(tool["name"], tool["confirm"]) for tool in told] == [("a", True), ("c", False)]
