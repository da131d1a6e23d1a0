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
from babble_app.based.machine import functions
from babble_app.based.machine.errors import EndRunError, HaltError
from babble_app.based.machine.limits import Limits, Meter
from babble_app.based.machine.memory import Uncounted
from babble_app.based.machine.objects import is_object
from babble_app.based.machine.scopes import Scope
from babble_app.based.machine.signals import Yielded
from babble_app.based.machine.trace import Trace
from babble_app.based.machine.values import (
    MISSING,
    Function,
    Module,
    Native,
    Row,
    Service,
    TypeValue,
    kind_of,
)

if TYPE_CHECKING:
    from babble_app.based.machine.scopes import Locals
    from babble_app.schemas.sessions import SessionStatus

Steps: TypeAlias = Generator[Any, Any, Any]
"""A piece of evaluation that may pause; yields nodes, steps or effects, and returns a value or the steps to it."""
Handler: TypeAlias = Callable[["Machine", Any], Any]
_PREVIEW_CHARS = 200
_CODE = (Function, Native, Module, TypeValue, Service)


_PASSED_ON = (*EFFECTS, Yielded)


class Machine(Uncounted):
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
        self.meter.held = lambda: [self.stacks, self.scope, self.handling, self.builtins]
        self.trace = Trace(self.meter)
        self.random = Random(seed)  # noqa: S311 -- a program's dice, repeatable on purpose
        self.scope = Scope()
        self.line = 1
        self.handling: list[Exception] = []
        """Exceptions whose `except` blocks are running."""
        self.slept_seconds = 0.0
        self.visited: set[int] = set()
        """Lines of the statements that ran."""
        self.user_waits = False
        """Whether a message came after `done()` that no conversation has heard yet."""
        self.stacks: list[list[Steps]] = []
        """What is running: the program, and inside it what objects of the program do when Python itself uses them."""
        self.showing = False
        """Whether a preview is made, in which objects of the program have no say."""
        self.locals: dict[ast.AST, Locals] = {}
        """What each function that was made declares."""
        self.patterns: dict[tuple[str, int], Any] = {}
        """Regular expressions that were compiled."""
        self._serial = 0

    def run(self, tree: ast.Module) -> Generator[Effect | NowEffect, Any, None]:
        """Run a program to its end; yields effects and is sent their answers."""
        status: SessionStatus = "finished"
        stack = [self._module(tree)]
        self.stacks.append(stack)
        effects, answer = self.drive(stack), None
        try:
            while True:
                answer = yield effects.send(answer)
                self.trace.step += 1
        except StopIteration:
            pass
        except EndRunError as end:
            status = end.status
        except Exception as error:  # noqa: BLE001 -- whatever the program raised and did not catch
            code, text = self._explain(error)
            self.emit("error", name=code, text=text, force=True)
            status = "limit" if code.startswith("R_LIMIT") else "failed"
        self.trace.flush_prints(self.line)
        self.emit("end", name=status, line=None, force=True)

    def _explain(self, error: Exception) -> tuple[str, str]:
        """Return an error's code and words."""
        if isinstance(error, HaltError):
            return error.code, str(error)
        if isinstance(error, RecursionError):
            return "R_LIMIT_RECURSION", "Functions or values use each other too deeply."
        if isinstance(error, MemoryError):
            return "R_LIMIT_MEMORY", "A value is too large."
        try:
            self.meter.weigh([error], shown=True)
            text = f"{kind_of(error)}: {error}"[:1000]
        except HaltError as halt:
            return halt.code, str(halt)
        except Exception:  # noqa: BLE001 -- raised by the error's own `__str__`
            text = kind_of(error)
        return "R_NAME" if isinstance(error, NameError) else "R_ERROR", text

    def _module(self, tree: ast.Module) -> Steps:
        for statement in tree.body:
            yield statement
            for name in _assigned_names(statement):
                value = self.scope.names.get(name, MISSING)
                if value is not MISSING:
                    shown = {"value": self.preview(value)}
                    self.emit("assign", name=name, line=statement.lineno, data=shown)

    def preview(self, value: Any) -> str:
        """Return a short text for the trace; what is too large to be shown is no error here."""
        self.showing = True
        try:
            self.meter.weigh([value], shown=True)
            text = repr(value)
        except (HaltError, RecursionError):
            return "..."
        finally:
            self.showing = False
        return Trace.clean(text[:_PREVIEW_CHARS])

    def variables(self) -> dict[str, str]:
        """Return short texts of what the program's own names hold; functions and modules are left out."""
        return {
            name: self.preview(value)
            for name, value in self.scope.top().names.items()
            if not isinstance(value, _CODE)
        }

    def drive(self, stack: list[Steps]) -> Steps:  # noqa: C901 -- the heart, kept in one loop for its speed
        """Run the steps on the stack."""
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
                # An error that the program keeps must not keep our frames and their values.
                error, value = caught.with_traceback(None), None
                error.__context__ = None
                continue
            if isinstance(value, GeneratorType):
                stack.append(cast("Steps", value))
                value = None
            elif isinstance(value, _PASSED_ON):
                try:
                    value = yield value
                except Exception as thrown:  # noqa: BLE001 -- thrown into a generator by the program
                    error = thrown
        if error is not None:
            raise error
        return value

    def call(self, function: Any, arguments: list[Any], names: dict[str, Any]) -> Any:
        """Return a call's value, or the steps to it."""
        return functions.call(self, function, arguments, names)

    def settle(self, steps: Any) -> Any:
        """Return a value at once; its steps must not ask for anything from outside.

        For what Python itself calls while it compares, hashes, sorts or prints: the special methods of the program's objects.
        """
        if not isinstance(steps, GeneratorType):
            return steps
        stack = [cast("Steps", steps)]
        self.stacks.append(stack)
        line = self.line
        try:
            self.drive(stack).send(None)
        except StopIteration as stop:
            self.line = line
            return stop.value
        except RecursionError:
            raise HaltError("R_LIMIT_RECURSION", "Objects use each other too deeply.") from None
        finally:
            self.stacks.remove(stack)
        raise HaltError(
            "R_NOT_ALLOWED",
            "A special method cannot ask the model, the user or the network; do it in a plain method.",
        )

    def visit(self, node: ast.AST) -> Any:
        """Return a node's value, or the steps to it."""
        self.meter.step()
        if isinstance(node, ast.stmt):
            self.line = node.lineno
            self.visited.add(node.lineno)
        handler = self.handlers.get(type(node))
        if handler is None:
            raise HaltError("R_NOT_ALLOWED", f"`{type(node).__name__}` is not supported.")
        return handler(self, node)

    def emit(self, kind: Any, *, line: int | None = -1, **fields: Any) -> None:
        """Add an event to the trace, at the current line unless another (or None) is given."""
        self.trace.add(kind, line=self.line if line == -1 else line, **fields)

    def next_serial(self) -> int:
        """Return a number that no object of this run has yet."""
        self._serial += 1
        return self._serial

    def type_of(self, value: Any) -> Any:
        """Return the type of a value as programs know it."""
        if is_object(value):
            return value.cls
        if isinstance(value, Row):
            return value.kind
        kind = cast("type[Any]", type(value))
        for known in self.builtins.values():
            if isinstance(known, TypeValue) and known.types == (kind,):
                return known
        return TypeValue(kind_of(value), (kind,), _cannot_make)

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


def _cannot_make(_machine: Machine, *_arguments: Any) -> Any:
    message = "objects of this type cannot be made by calling it"
    raise TypeError(message)


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
