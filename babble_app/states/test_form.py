"""The form in which a test is written or changed."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import reflex as rx
from pydantic import ValidationError

from babble_app.errors import BabbleError, ValidationFailedError
from babble_app.schemas.agent_tests import Assertion, TestKind, TestSpec
from babble_app.services import agent_tests, runtime
from babble_app.states.agent_tests import TestsState
from babble_app.states.canvas import CanvasState
from babble_app.states.json_fields import FieldError, read_json
from babble_app.states.tab import own_tab, owner_of

if TYPE_CHECKING:
    from babble_app.schemas.agent_tests import AgentTest

KIND_CHOICES = (
    ("scripted", "Scripted: you write what the user says, a live model answers"),
    ("persona", "Persona: a model plays the user, a live model answers, a judge looks at the outcome"),
)  # fmt: skip
ASSERTIONS = {
    "contains": "says",
    "not_contains": "never says",
    "matches": "says (regular expression)",
    "conditions": "takes exactly these exits",
    "reaches": "takes these exits, among others",
    "status": "ends as",
    "extract": "records the result",
    "action": "does the action",
    "variable": "has the variable",
    "outcome": "outcome, for the judge",
}
_LISTS = {"conditions", "reaches"}
_VALUES = {"extract", "action"}
NAMED = {"extract", "action", "variable"}
_MOST_ASSERTIONS = 100


@dataclass(frozen=True)
class AssertionRow:
    """One thing that must be so."""

    number: int
    """Names its fields in the form; stays while others come and go."""
    kind: str
    name: str = ""
    value: str = ""
    filled: bool = False
    """Made from a recording, and not changed since."""


class TestFormState(rx.State):
    """The test as it is being written."""

    __test__ = False  # no test class

    open: bool = False
    id: str = ""
    """The test that is changed; empty for one that is being made."""
    kind: str = "scripted"
    name: str = ""
    turns: str = ""
    persona: str = ""
    goal: str = ""
    max_turns: str = "12"
    runs: str = "3"
    k: str = "1"
    tolerance: str = "0"
    exact: bool = True
    assertions: list[AssertionRow] = []
    problem: str = ""
    busy: bool = False
    _next: int = 0

    @rx.event
    def open_new(self) -> None:
        """Write a test by hand."""
        self.reset()
        self.open = True

    @rx.event(background=True)
    async def open_test(self, test_id: str) -> None:
        """Change a test."""
        async with self:
            owner_id = await owner_of(self)
        test = await agent_tests.get_test(runtime.current(), owner_id, test_id)
        async with own_tab(self, owner_id):
            self._fill(test)

    @rx.event
    def close_form(self) -> None:
        """Change nothing."""
        self.open = False

    @rx.event
    def pick_kind(self, tab: str) -> None:
        """Write out what the user says, or let a model play the user."""
        self.kind = "persona" if tab == "persona" else "scripted"

    @rx.event
    def add_assertion(self) -> None:
        """Ask for one thing more."""
        if len(self.assertions) < _MOST_ASSERTIONS:
            kind = "outcome" if self.kind == "persona" else "contains"
            self.assertions = [*self.assertions, AssertionRow(self._number(), kind)]

    @rx.event
    def pick_assertion(self, chosen_name: str, number: int) -> None:
        """Ask for something of another kind."""
        if chosen_name in ASSERTIONS:
            self.assertions = [
                AssertionRow(number, chosen_name, row.name, row.value)
                if row.number == number
                else row
                for row in self.assertions
            ]

    @rx.event
    def drop_assertion(self, number: int) -> None:
        """Ask for one thing less."""
        self.assertions = [row for row in self.assertions if row.number != number]

    @rx.event(background=True)
    async def save_test(self, form: dict[str, Any]) -> AsyncGenerator[object, None]:
        """Store the test, or say what is wrong with it."""
        async with self:
            owner_id = await owner_of(self)
            agent_id = (await self.get_state(CanvasState)).agent
            test_id, kind, rows = self.id, cast("TestKind", self.kind), self.assertions
            if self.busy or not agent_id:
                return
            self.busy, self.problem = True, ""
        problem = ""
        try:
            changes = read_spec(form, kind=kind, rows=rows)
            name = str(form.get("name") or "")
            rt = runtime.current()
            if test_id:
                await agent_tests.update_test(rt, owner_id, test_id, name=name, changes=changes)
            else:
                spec = _validated(changes)
                await agent_tests.add_test(rt, owner_id, agent_id, name=name, kind=kind, spec=spec)
        except (FieldError, BabbleError) as error:
            problem = str(error)
        finally:
            async with own_tab(self, owner_id):
                self.busy, self.problem, self.open = False, problem, problem != ""
        if not problem:
            yield TestsState.load()

    def _fill(self, test: AgentTest) -> None:
        spec = test.spec
        self.reset()
        self.open, self.id, self.kind, self.name = True, test.id, test.kind, test.name
        self.turns = "\n".join(turn.replace("\n", "\\n") for turn in spec.turns)
        self.persona, self.goal, self.exact = spec.persona, spec.goal, spec.exact
        self.max_turns, self.runs = str(spec.max_turns), str(spec.runs)
        self.k, self.tolerance = str(spec.k), f"{spec.tolerance:g}"
        self.assertions = [self._row(one) for one in spec.assertions]

    def _row(self, one: Assertion) -> AssertionRow:
        if one.kind in _LISTS:
            value = "\n".join(one.value)
        elif one.kind in _VALUES:
            value = json.dumps(one.value, ensure_ascii=False)
        else:
            value = str(one.value)
        return AssertionRow(self._number(), one.kind, one.name, value, one.filled)

    def _number(self) -> int:
        self._next += 1
        return self._next


def read_spec(form: Mapping[str, Any], *, kind: str, rows: list[AssertionRow]) -> dict[str, Any]:
    """Return the fields of the spec that the form sets.

    Raises:
        FieldError: a field is not what it must be; the message names it.
    """
    changes: dict[str, Any] = {"assertions": [_assertion(form, row) for row in rows]}
    if kind == "persona":
        changes |= {
            "persona": str(form.get("persona") or ""),
            "goal": str(form.get("goal") or ""),
            "max_turns": _whole(form, "max_turns", "Most messages"),
        }
    else:
        lines = str(form.get("turns") or "").splitlines()
        changes["turns"] = [line.strip().replace("\\n", "\n") for line in lines if line.strip()]
    if kind == "replay":
        changes["exact"] = bool(form.get("exact"))
    else:
        changes |= {"runs": _whole(form, "runs", "Runs"), "k": _whole(form, "k", "k")}
        changes["tolerance"] = _fraction(form, "tolerance", "Tolerance")
    return changes


def _assertion(form: Mapping[str, Any], row: AssertionRow) -> dict[str, Any]:
    text = str(form.get(f"value-{row.number}") or "")
    value: Any = text
    if row.kind in _LISTS:
        value = [line.strip() for line in text.splitlines() if line.strip()]
    elif row.kind in _VALUES:
        value = read_json(text, f"What “{ASSERTIONS[row.kind]}” compares with")
    name = str(form.get(f"name-{row.number}") or "").strip()
    try:
        one = Assertion.model_validate({"kind": row.kind, "name": name, "value": value})
    except ValidationError as error:
        raise FieldError(f"“{ASSERTIONS[row.kind]}”: {_first(error)}") from error
    as_recorded = row.filled and (name, text.split()) == (row.name, row.value.split())
    return one.model_dump() | {"filled": as_recorded}


def _validated(changes: Mapping[str, Any]) -> TestSpec:
    try:
        return TestSpec.model_validate(changes)
    except ValidationError as error:
        raise ValidationFailedError(_first(error), field="spec") from error


def _first(error: ValidationError) -> str:
    """Return the first complaint of a validation, in its own words."""
    return error.errors()[0]["msg"].removeprefix("Value error, ") + "."


def _whole(form: Mapping[str, Any], name: str, words: str) -> int:
    text = str(form.get(name) or "").strip()
    if not text.isascii() or not text.isdigit():
        raise FieldError(f"{words} must be a whole number.")
    return int(text)


def _fraction(form: Mapping[str, Any], name: str, words: str) -> float:
    try:
        value = float(str(form.get(name) or "0").replace(",", "."))
    except ValueError as error:
        raise FieldError(f"{words} must be a number from 0 to 1.") from error
    if not 0 <= value <= 1:
        raise FieldError(f"{words} must be a number from 0 to 1.")
    return value
