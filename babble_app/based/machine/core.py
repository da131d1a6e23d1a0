"""The machine: drives the walk over the syntax tree on a stack of its own.

Each kind of node has a handler, which returns the node's value or is a generator that yields what it needs first: a
node to be evaluated, another generator to be run, or an effect to be answered from outside. The stack is a list, so the
depth of a program never meets Python's recursion limit, and a run pauses wherever it is.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Generator
from inspect import GEN_CLOSED, getgeneratorstate
from random import Random
from types import GeneratorType
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from babble_app.based.effects import EFFECTS, Effect, NowEffect
from babble_app.based.machine.errors import EndRunError, HaltError
from babble_app.based.machine.limits import Limits, Meter
from babble_app.based.machine.scopes import Scope
from babble_app.based.machine.values import MISSING, Function, Module, Native, Service, TypeValue
from babble_app.schemas.sessions import TraceEvent

if TYPE_CHECKING:
    from babble_app.based.effects import Role
    from babble_app.schemas.sessions import SessionStatus, TraceType

Steps: TypeAlias = Generator[Any, Any, Any]
"""A piece of evaluation that may pause; yields nodes, steps or effects, and returns a value or the steps to it."""
Handler: TypeAlias = Callable[["Machine", Any], Any]
_TRACE_CHARS = 4_000
_PREVIEW_CHARS = 200
_CODE = (Function, Native, Module, TypeValue, Service)


class Machine:
    """One run: its names, its transcript, its trace and its limits."""

    def __init__(
        self,
        handlers: dict[type[ast.AST], Handler],
        builtins: dict[str, Any],
        *,
        seed: int = 0,
        limits: Limits | None = None,
    ) -> None:
        self.handlers = handlers
        self.builtins = builtins
        self.meter = Meter(limits or Limits())
        self.random = Random(seed)  # noqa: S311 -- a program's dice, repeatable on purpose
        self.scope = Scope()
        self.line = 1
        self.events: list[TraceEvent] = []
        self.transcript: list[tuple[Role, str]] = []
        self.handling: list[Exception] = []
        """Exceptions whose `except` blocks are running."""
        self.slept_seconds = 0.0
        self.step = 0
        """Answers taken from outside."""
        self.visited: set[int] = set()
        """Lines of the statements that ran."""
        self.user_waits = False
        """Whether a message came after `done()` that no conversation has heard yet."""

    def run(self, tree: ast.Module) -> Generator[Effect | NowEffect, Any, None]:
        """Run a program to its end; yields effects and is sent their answers."""
        status: SessionStatus = "finished"
        try:
            yield from self.drive(self._module(tree))
        except EndRunError as end:
            status = end.status
        except Exception as error:  # noqa: BLE001 -- whatever the program raised and did not catch
            code, text = self._explain(error)
            self.emit("error", name=code, text=text, force=True)
            status = "limit" if code.startswith("R_LIMIT") else "failed"
        self.emit("end", name=status, line=None, force=True)

    def _explain(self, error: Exception) -> tuple[str, str]:
        """Return an error's code and words."""
        if isinstance(error, HaltError):
            return error.code, str(error)
        if isinstance(error, (RecursionError, MemoryError)):
            return "R_LIMIT_SIZE", "A value is too large."
        try:
            self.meter.weigh([error])
        except HaltError as halt:
            return halt.code, str(halt)
        return "R_NAME" if isinstance(error, NameError) else "R_ERROR", _error_text(error)

    def _module(self, tree: ast.Module) -> Steps:
        for statement in tree.body:
            yield statement
            for name in _assigned_names(statement):
                value = self.scope.names.get(name, MISSING)
                if value is not MISSING:
                    preview = _clean(self.preview(value))
                    self.emit("assign", name=name, line=statement.lineno, data={"value": preview})

    def preview(self, value: Any) -> str:
        """Return a short text for the trace; what is too large to be shown is no error here."""
        try:
            self.meter.weigh([value])
        except HaltError:
            return "..."
        return repr(value)[:_PREVIEW_CHARS]

    def variables(self) -> dict[str, str]:
        """Return short texts of what the program's own names hold; functions and modules are left out."""
        return {
            name: _clean(self.preview(value))
            for name, value in self.scope.top().names.items()
            if not isinstance(value, _CODE)
        }

    def drive(self, root: Steps) -> Steps:
        """Run steps on the stack."""
        stack: list[Steps] = [root]
        value: Any = None
        error: Exception | None = None
        while stack:
            try:
                if error is None:
                    value = stack[-1].send(value)
                else:
                    pending, error = error, None
                    value = stack[-1].throw(pending)
                if isinstance(value, ast.AST):
                    value = self.visit(value)
            except StopIteration as stop:
                stack.pop()
                value = stop.value
            except Exception as caught:  # noqa: BLE001 -- thrown into the step below, as Python would
                if _raised_by_step(stack):
                    stack.pop()
                error, value = caught, None
                continue
            if isinstance(value, GeneratorType):
                stack.append(cast("Steps", value))
                value = None
            elif isinstance(value, EFFECTS):
                value = yield value
                self.step += 1
        if error is not None:
            raise error
        return value

    def visit(self, node: ast.AST) -> Any:
        """Return a node's value, or the steps to it."""
        self.meter.step()
        handler = self.handlers.get(type(node))
        if handler is None:
            raise HaltError("R_NOT_ALLOWED", f"`{type(node).__name__}` is not supported.")
        if isinstance(node, ast.stmt):
            self.line = node.lineno
            self.visited.add(node.lineno)
        return handler(self, node)

    def emit(
        self,
        kind: TraceType,
        *,
        text: str = "",
        name: str = "",
        line: int | None = -1,
        data: dict[str, Any] | None = None,
        via: Any = "",
        force: bool = False,
    ) -> None:
        """Add an event to the trace, at the current line unless another (or None) is given."""
        if len(self.events) >= self.meter.limits.events and not force:
            raise HaltError(
                "R_LIMIT_EVENTS", f"The trace has more than {self.meter.limits.events:,} events."
            )
        self.events.append(
            TraceEvent(
                type=kind,
                line=self.line if line == -1 else line,
                text=_clean(text) if kind == "agent" else _clean(text[:_TRACE_CHARS]),
                via=via,
                name=_clean(name[:200]),
                data=data or {},
                step=self.step,
            )
        )

    def speak(self, text: str, via: str, line: int) -> None:
        """Let the agent say something."""
        text = _clean(text)
        self.meter.transcript(text)
        self.transcript.append(("assistant", text))
        self.emit("agent", text=text, via=via, line=line)

    def hear(self, text: str, line: int) -> None:
        """Take a message of the user."""
        text = _clean(text)
        self.meter.transcript(text)
        self.transcript.append(("user", text))
        self.emit("user", text=text, line=line)

    def lookup(self, name: str) -> Any:
        """Return a name's value.

        Raises:
            NameError: nobody defined it.
        """
        value = self.scope.get(name)
        if value is MISSING:
            value = self.builtins.get(name, MISSING)
        if value is MISSING:
            message = f"name '{name}' is not defined"
            raise NameError(message)
        return value


def _raised_by_step(stack: list[Steps]) -> bool:
    """Whether the step on top ended by raising, not the visit of a node that it asked for."""
    return getgeneratorstate(stack[-1]) == GEN_CLOSED


def _assigned_names(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.AugAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []


def _clean(text: str) -> str:
    """Replace what no JSON text can carry."""
    return text.encode("utf-8", "replace").decode() if not text.isascii() else text


def _error_text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:1000]
