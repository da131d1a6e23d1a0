"""Names: the program's own table, with Python's rules for functions and comprehensions."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

from babble_app.based.machine.values import MISSING


@dataclass(slots=True, eq=False)
class Scope:
    """The names of the program, a call or a comprehension."""

    parent: Scope | None = None
    names: dict[str, Any] = field(default_factory=dict[str, Any])
    local: frozenset[str] = frozenset()
    """Names that belong to this scope even before they are assigned."""
    global_names: frozenset[str] = frozenset()
    nonlocal_names: frozenset[str] = frozenset()
    comprehension: bool = False

    def get(self, name: str) -> Any:
        """Return a name's value, or `MISSING`.

        Raises:
            UnboundLocalError: it is a local name without a value yet.
        """
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            if name in scope.local:
                message = f"local variable '{name}' is used before it has a value"
                raise UnboundLocalError(message)
            scope = scope.top() if name in scope.global_names else scope.parent
        return MISSING

    def set(self, name: str, value: Any) -> None:
        """Bind a name where an assignment in this scope binds it."""
        self._owner(name).names[name] = value

    def set_outside(self, name: str, value: Any) -> None:
        """Bind a name as `:=` does: outside of comprehensions."""
        scope = self
        while scope.comprehension and scope.parent is not None:
            scope = scope.parent
        scope.set(name, value)

    def delete(self, name: str) -> None:
        """Unbind a name.

        Raises:
            NameError: it is not bound.
        """
        if self._owner(name).names.pop(name, MISSING) is MISSING:
            message = f"name '{name}' is not defined"
            raise NameError(message)

    def top(self) -> Scope:
        """Return the program's own scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def _owner(self, name: str) -> Scope:
        if name in self.global_names:
            return self.top()
        if name in self.nonlocal_names:
            scope = self.parent
            while scope is not None:
                if name in scope.names or name in scope.local:
                    return scope
                scope = scope.parent
        return self


@dataclass(frozen=True, slots=True)
class Locals:
    """What a function's body declares."""

    names: frozenset[str]
    global_names: frozenset[str]
    nonlocal_names: frozenset[str]


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def find_locals(parameters: ast.arguments, body: list[ast.stmt] | ast.expr) -> Locals:
    """Return the names that belong to a function."""
    names = {argument.arg for argument in all_parameters(parameters)}
    global_names: set[str] = set()
    nonlocal_names: set[str] = set()
    stack: list[ast.AST] = [*body] if isinstance(body, list) else [body]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Global):
            global_names.update(node.names)
        elif isinstance(node, ast.Nonlocal):
            nonlocal_names.update(node.names)
        else:
            names.update(_binds(node))
        if not isinstance(node, (*_SCOPES, *_COMPREHENSIONS)):
            stack.extend(ast.iter_child_nodes(node))
    free = global_names | nonlocal_names
    return Locals(frozenset(names - free), frozenset(global_names), frozenset(nonlocal_names))


def all_parameters(parameters: ast.arguments) -> list[ast.arg]:
    """Return the parameters of every kind."""
    starred = [argument for argument in (parameters.vararg, parameters.kwarg) if argument]
    return [*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs, *starred]


def _binds(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return [name]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return [name]
        case ast.alias(name=name, asname=other):
            return [other or name.split(".")[0]]
        case ast.ExceptHandler(name=str(name)):
            return [name]
        case _:
            return []
