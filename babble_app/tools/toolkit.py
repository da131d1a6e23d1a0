"""Makes an async function a tool: its signature is the schema that models see, and what checks their arguments."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Concatenate, Protocol, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

import babble_app.tools
from babble_app.discovery import import_modules
from babble_app.schemas.models import ToolSpec

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from babble_app.retrieval.search import Passage
    from babble_app.schemas.workspaces import FilePage


class ToolError(Exception):
    """A tool cannot do what was asked; the message goes to the model, which may act on it."""


class Document(Protocol):
    """A file that tools may read."""

    @property
    def id(self) -> str:
        """The file's id."""
        ...

    @property
    def name(self) -> str:
        """The file's name as people see it."""
        ...

    @property
    def pages(self) -> Sequence[FilePage]:
        """Its text; empty for pictures."""
        ...


@dataclass
class ToolContext:
    """What tools work on: the files of one chat, and the passages shown to the model so far."""

    documents: Sequence[Document] = ()
    passages: list[Passage] = field(default_factory=list["Passage"])
    """Passage number n, as the model cites it, is at n - 1."""

    def number_of(self, passage: Passage) -> int:
        """Return the passage's number, giving it one when it is new."""
        for number, known in enumerate(self.passages, 1):
            if (known.document_id, known.page, known.start) == (
                passage.document_id, passage.page, passage.start,
            ):  # fmt: skip
                return number
        self.passages.append(passage)
        return len(self.passages)


@dataclass(frozen=True)
class Tool:
    """A function with the schema of its arguments."""

    name: str
    description: str
    arguments: type[BaseModel]
    call: Callable[..., Awaitable[str]]

    @property
    def spec(self) -> ToolSpec:
        """What the model is shown."""
        schema = self.arguments.model_json_schema()
        schema.pop("title", None)
        return ToolSpec(name=self.name, description=self.description, parameters=schema)

    async def run(self, context: ToolContext, arguments: dict[str, Any]) -> str:
        """Check the arguments and call the function.

        Raises:
            ToolError: the arguments do not fit, or the function says why it cannot.
        """
        try:
            checked = self.arguments.model_validate(arguments)
        except ValidationError as error:
            raise ToolError(_in_words(error)) from error
        values = {name: getattr(checked, name) for name in self.arguments.model_fields}
        return await self.call(context, **values)


def tool(function: Callable[Concatenate[ToolContext, ...], Awaitable[str]]) -> Tool:
    """Make a tool of an async function whose first parameter is the context; the docstring tells the model what it does."""
    name = getattr(function, "__name__", "")
    hints = get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    fields: dict[str, Any] = {
        one.name: (hints[one.name], ... if one.default is one.empty else one.default)
        for one in parameters
    }
    arguments = create_model(name, __config__=ConfigDict(extra="forbid"), **fields)
    return Tool(name, inspect.getdoc(function) or "", arguments, function)


def all_tools() -> dict[str, Tool]:
    """Return every tool of this package by name.

    Raises:
        ValueError: two tools have one name.
    """
    tools: dict[str, Tool] = {}
    for module in import_modules(babble_app.tools):
        for value in vars(module).values():
            if not isinstance(value, Tool):
                continue
            if value.name in tools:
                raise ValueError(f"two tools are named {value.name!r}")
            tools[value.name] = value
    return tools


def _in_words(error: ValidationError) -> str:
    problems = [
        f"{'.'.join(str(part) for part in one['loc']) or 'arguments'}: {one['msg']}"
        for one in error.errors()
    ]
    return "The arguments do not fit. " + "; ".join(problems)
