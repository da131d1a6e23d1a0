"""Reads and writes tests as a YAML file that lies beside the `.based` file (`front_desk.tests.yaml`).

    babble_tests: 1
    tests:
    - name: Two apple cakes
      kind: replay                  # or scripted, persona
      gating: true                  # chosen for the gate; false when left out
      turns:                        # what the user says (replay, scripted)
      - two apple cakes
      - no thanks
      assertions:
      - kind: conditions            # all that fired, in order
        value: [the customer names a cake, the customer leaves]
      - kind: contains
        value: Goodbye!
      recording: ...                # made by Babble
    - name: Wants to cancel
      kind: persona
      persona: An impatient regular customer.
      goal: Cancel the order of this morning.
      max_turns: 8
      runs: 5                       # tries
      k: 3                          # pass^3 ...
      tolerance: 0.2                # ... must be at least 0.8
      assertions:
      - kind: outcome
        value: The agent confirms that the order is cancelled.

Fields are those of `TestSpec` and stand in this order; what is as usual is left out. The values are those of JSON
(plain_yaml.py). What is written is read again as the same tests, and what is written of those is the same text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, ValidationError

from babble_app.based import plain_yaml
from babble_app.based.plain_yaml import InvalidYamlError
from babble_app.schemas.agent_tests import TestKind, TestSpec
from babble_app.schemas.base import Schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    import yaml

MAX_FILE_CHARS = 5_000_000
MAX_FILE_TESTS = 200
_ORDER = (
    "persona", "goal", "max_turns", "turns", "exact", "runs", "k", "tolerance", "mocks", "assertions", "recording",
)  # fmt: skip


class FileTest(TestSpec):
    """A test as files have it: name and kind beside the fields of the spec."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    kind: TestKind
    gating: bool = False

    @property
    def spec(self) -> TestSpec:
        """The fields of the spec."""
        return TestSpec.model_validate({name: getattr(self, name) for name in _ORDER})


class _File(Schema):
    babble_tests: Annotated[int, Field(ge=1, le=1)]
    tests: Annotated[tuple[FileTest, ...], Field(max_length=MAX_FILE_TESTS)] = ()


def write_tests(tests: Iterable[FileTest]) -> str:
    """Return the tests as YAML."""
    return plain_yaml.dump({"babble_tests": 1, "tests": [_plain(test) for test in tests]})


def read_tests(text: str) -> list[FileTest]:
    """Return the tests of a YAML file; any text at all may be given.

    Raises:
        InvalidYamlError: it is none.
    """
    if len(text) > MAX_FILE_CHARS:
        message = f"The file has {len(text):,} characters; {MAX_FILE_CHARS:,} is the most."
        raise InvalidYamlError(1, message)
    root = plain_yaml.compose(text)
    try:
        tests = list(_File.model_validate(plain_yaml.value_of(root)).tests)
    except ValidationError as error:
        raise _field_error(root, error) from error
    names: set[str] = set()
    for place, test in enumerate(tests):
        if test.name in names:
            line = plain_yaml.line_of(plain_yaml.find_node(root, ("tests", place, "name")))
            raise InvalidYamlError(line, f"Another test is called {test.name!r} too.")
        names.add(test.name)
    return tests


def _plain(test: FileTest) -> dict[str, Any]:
    fields = test.model_dump(mode="json", exclude_defaults=True)
    names = ("name", "kind", "gating", *_ORDER)
    return {name: fields[name] for name in names if name in fields}


def _field_error(root: yaml.Node, error: ValidationError) -> InvalidYamlError:
    """Return the first thing that is wrong with a field, with the line of what is nearest to it."""
    first = error.errors()[0]
    place = first["loc"]
    node = plain_yaml.find_node(root, place)
    named = ".".join(str(part) for part in place)
    message = first["msg"].removeprefix("Value error, ")
    return InvalidYamlError(
        plain_yaml.line_of(node), f"{named}: {message}." if named else f"{message}."
    )
