"""Makes an async function a tool: its signature is the schema that models see, and what checks their arguments."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, Literal, Protocol, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

import babble_app.tools
from babble_app.discovery import import_modules
from babble_app.retrieval.enclosing import enclose
from babble_app.retrieval.search import Passage
from babble_app.retrieval.web import WebError, plain_address
from babble_app.schemas.models import ToolSpec
from babble_app.schemas.profiles import ToolGroup
from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence

    from babble_app.llm.client import ModelClient
    from babble_app.retrieval.web import WebSearch
    from babble_app.schemas.workspaces import FilePage

MOST_RESULT_CHARS = 150_000
"""What all results of tools may put into the conversation of one run: they are sent again with each round."""
_WEB_GROUPS = frozenset[ToolGroup]({"web", "deep"})


_FULL = f"The results of tools may have {MOST_RESULT_CHARS:,} characters together in one answer, and that is used up."


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
    """What tools work on: the files of one chat, the passages shown to the model so far, and what reaches outside."""

    documents: Sequence[Document] = ()
    passages: list[Passage] = field(default_factory=list[Passage])
    """Passage number n, as the model cites it, is at n - 1."""
    web: WebSearch | None = None
    """None where no search engine is configured."""
    model: ModelClient | None = None
    """For tools that have something to ask a model."""
    usage: Usage = field(default_factory=Usage)
    """Of the calls that tools made of it."""
    addresses: set[str] = field(default_factory=set[str])
    """Pages of the web that may be read, as `plain_address` writes them: those that were found or that the person named."""
    room_chars: int = MOST_RESULT_CHARS
    """How much of results the conversation still takes."""
    call_id: str = ""
    """Of the call that is being carried out."""

    def number_of(self, passage: Passage) -> int:
        """Return the passage's number, giving it one when it is new."""
        for number, known in enumerate(self.passages, 1):
            if _place(known) == _place(passage):
                return number
        self.passages.append(passage)
        return len(self.passages)

    def show_page(self, url: str, title: str, text: str) -> str:
        """Return a text of a web page as a numbered passage; the page may be read from now on.

        A page has one number, whatever is shown of it.
        """
        self.addresses.add(plain_address(url))
        passage = Passage("", title or url, 0, 0, len(text), text, 0.0, url=url)
        number = self.number_of(passage)
        return enclose("passage", text, number=number, title=passage.document, url=url)

    def require_web(self) -> WebSearch:
        """Return the web; raises ToolError where there is none."""
        if self.web is None:
            raise ToolError("Searching the web is not set up here.")
        return self.web

    def require_room(self) -> None:
        """Raise ToolError where the conversation takes no more results."""
        if self.room_chars <= 0:
            raise ToolError(f"{_FULL} Answer from what you have.")

    def fit(self, result: str) -> str:
        """Return a result as far as there is room for it; one that is cut says so before it begins."""
        shown = result[: self.room_chars]
        self.room_chars -= len(shown)
        if len(shown) == len(result):
            return result
        cut = f"(cut to {len(shown):,} of {len(result):,} characters. {_FULL} Answer from what you have.)"
        return f"{cut}\n{shown}"

    def take_usage(self) -> Usage:
        """Return what tools' calls of the model used since this was asked last."""
        usage, self.usage = self.usage, Usage()
        return usage


@dataclass(frozen=True)
class Tool:
    """A function with the schema of its arguments."""

    name: str
    description: str
    arguments: type[BaseModel]
    call: Callable[..., Awaitable[str]]
    group: ToolGroup | Literal["files"] = "files"
    """What it is offered with: a profile's group, or files that hold more than was shown."""
    by_page: ClassVar[bool] = False

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
        try:
            return await self.call(context, **values)
        except WebError as error:
            raise ToolError(str(error)) from error


@dataclass(frozen=True)
class OutsideTool:
    """A function that is not ours: an app's HTTP call, or one of the page that the visitor is on."""

    spec: ToolSpec
    call: Callable[[str, dict[str, Any]], Awaitable[str]]
    """Takes the call's id and its arguments, which it checks; raises ToolError."""
    by_page: bool = False

    @property
    def name(self) -> str:
        """What models call it by."""
        return self.spec.name

    async def run(self, context: ToolContext, arguments: dict[str, Any]) -> str:
        """Call the function; raises ToolError."""
        return await self.call(context.call_id, arguments)


def tool(function: Callable[Concatenate[ToolContext, ...], Awaitable[str]]) -> Tool:
    """Make a tool of an async function whose first parameter is the context; the docstring tells the model what it does."""
    return _make(function, "files")


def tool_of(
    group: ToolGroup,
) -> Callable[[Callable[Concatenate[ToolContext, ...], Awaitable[str]]], Tool]:
    """Make a tool, as `tool` does, that profiles offer with the group."""

    def make(function: Callable[Concatenate[ToolContext, ...], Awaitable[str]]) -> Tool:
        return _make(function, group)

    return make


def _make(
    function: Callable[Concatenate[ToolContext, ...], Awaitable[str]],
    group: ToolGroup | Literal["files"],
) -> Tool:
    name = getattr(function, "__name__", "")
    hints = get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    fields: dict[str, Any] = {
        one.name: (hints[one.name], ... if one.default is one.empty else one.default)
        for one in parameters
    }
    arguments = create_model(name, __config__=ConfigDict(extra="forbid"), **fields)
    return Tool(name, inspect.getdoc(function) or "", arguments, function, group)


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


def offered_tools(groups: Collection[ToolGroup], *, files: bool, web: bool) -> dict[str, Tool]:
    """Return the tools of the groups, those of files if there is more to be found in them; those of the web only where it is."""
    wanted = {group for group in groups if web or group not in _WEB_GROUPS}
    return {
        name: tool
        for name, tool in _known_tools().items()
        if tool.group in wanted or (files and tool.group == "files")
    }


@cache
def _known_tools() -> dict[str, Tool]:
    return all_tools()


def wants_web(groups: Collection[ToolGroup]) -> bool:
    """Whether one of the groups needs the web."""
    return not _WEB_GROUPS.isdisjoint(groups)


def _place(passage: Passage) -> object:
    """Return what two passages that are one have in common."""
    return passage.url or (passage.document_id, passage.page, passage.start)


def _in_words(error: ValidationError) -> str:
    problems = [
        f"{'.'.join(str(part) for part in one['loc']) or 'arguments'}: {one['msg']}"
        for one in error.errors()
    ]
    return "The arguments do not fit. " + "; ".join(problems)
