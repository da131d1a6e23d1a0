"""Names: the program's own table, with Python's rules for functions, classes and comprehensions."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from babble_app.based.machine.values import MISSING

if TYPE_CHECKING:
    from babble_app.based.machine.values import Function


@dataclass(frozen=True, slots=True)
class Locals:
    """What a function's body declares."""

    names: frozenset[str] = frozenset()
    """Names that belong to it even before they are assigned."""
    global_names: frozenset[str] = frozenset()
    nonlocal_names: frozenset[str] = frozenset()
    yields: bool = False


_NOTHING = Locals()


@dataclass(slots=True, eq=False)
class Scope:
    """The names of the program, a call, a class body or a comprehension."""

    parent: Scope | None = None
    names: dict[str, Any] = field(default_factory=dict[str, Any])
    local: Locals = _NOTHING
    comprehension: bool = False
    class_body: bool = False
    """Its names are seen by nothing inside it."""
    function: Function | None = None
    """Whose call this is."""
    generates: bool = False
    """Whether `yield` may stand here."""

    def get(self, name: str) -> Any:
        """Return a name's value, or `MISSING`.

        Raises:
            UnboundLocalError: it is a local name without a value yet.
        """
        scope: Scope | None = self
        while scope is not None:
            if not scope.class_body or scope is self:
                if name in scope.names:
                    return scope.names[name]
                if name in scope.local.names:
                    message = f"cannot access local variable '{name}' where it is not associated with a value"
                    raise UnboundLocalError(message)
            scope = scope.top() if name in scope.local.global_names else scope.parent
        return MISSING

    def set(self, name: str, value: Any) -> None:
        """Bind a name where an assignment in this scope binds it."""
        self._owner(name).names[name] = value

    def set_outside(self, name: str, value: Any) -> None:
        """Bind a name as `:=` does: outside of comprehensions."""
        self.beyond_comprehensions().set(name, value)

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

    def beyond_comprehensions(self) -> Scope:
        """Return the nearest scope that is no comprehension's."""
        scope = self
        while scope.comprehension and scope.parent is not None:
            scope = scope.parent
        return scope

    def _owner(self, name: str) -> Scope:
        if name in self.local.global_names:
            return self.top()
        if name in self.local.nonlocal_names:
            scope = self.parent
            while scope is not None:
                if not scope.class_body and (name in scope.names or name in scope.local.names):
                    return scope
                scope = scope.parent
        return self


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def find_locals(parameters: ast.arguments, body: list[ast.stmt] | ast.expr) -> Locals:
    """Return what a function declares."""
    names = {argument.arg for argument in all_parameters(parameters)}
    free: dict[type, set[str]] = {ast.Global: set(), ast.Nonlocal: set()}
    yields = False
    stack: list[tuple[ast.AST, bool]] = [
        (n, False) for n in (body if isinstance(body, list) else [body])
    ]
    while stack:
        node, inside = stack.pop()
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            free[type(node)].update(node.names)
        elif isinstance(node, (ast.Yield, ast.YieldFrom)):
            yields = True
        if isinstance(node, ast.NamedExpr):
            names.add(node.target.id)
        elif not inside:
            names.update(_binds(node))
        if not isinstance(node, _SCOPES):
            inner = inside or isinstance(node, _COMPREHENSIONS)
            stack.extend((child, inner) for child in ast.iter_child_nodes(node))
    declared = free[ast.Global] | free[ast.Nonlocal]
    return Locals(
        frozenset(names - declared),
        frozenset(free[ast.Global]),
        frozenset(free[ast.Nonlocal]),
        yields,
    )


def all_parameters(parameters: ast.arguments) -> list[ast.arg]:
    """Return the parameters of every kind."""
    starred = [argument for argument in (parameters.vararg, parameters.kwarg) if argument]
    return [*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs, *starred]


def _binds(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return [name]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.alias(name=name, asname=other):
            return [other or name.split(".")[0]]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            return [name]
        case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            return [name]
        case _:
            return []
