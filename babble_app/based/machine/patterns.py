"""The `match` statement."""

from __future__ import annotations

import ast
from collections import deque
from typing import TYPE_CHECKING, Any, cast

from babble_app.based.machine import operators
from babble_app.based.machine.access import get_attribute
from babble_app.based.machine.objects import ClassValue, is_a
from babble_app.based.machine.statements import block
from babble_app.based.machine.values import MISSING, TypeValue, is_dict, is_tuple, kind_of

if TYPE_CHECKING:
    from babble_app.based.machine.core import Handler, Machine, Steps

_WHOLE = frozenset({"bool", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple"})
"""Types whose only positional pattern is matched with the value itself."""


def _match(machine: Machine, node: ast.Match) -> Steps:
    subject = yield node.subject
    for case in node.cases:
        machine.line = case.pattern.lineno
        names: dict[str, Any] = {}
        fits = yield _fits(machine, case.pattern, subject, names)
        if not fits:
            continue
        for name, value in names.items():
            machine.scope.set(name, value)
        if case.guard is not None:
            fits = yield case.guard
            if not fits:
                continue
        signal = yield block(case.body)
        return signal
    return None


def _fits(machine: Machine, pattern: ast.pattern, value: Any, names: dict[str, Any]) -> Steps:
    machine.meter.step()
    match pattern:
        case ast.MatchValue(value=node):
            wanted = yield node
            result = yield operators.compare(machine, ast.Eq, value, wanted)
            return bool(result)
        case ast.MatchSingleton(value=wanted):
            return value is wanted
        case ast.MatchSequence(patterns=patterns):
            return _sequence(machine, patterns, value, names)
        case ast.MatchMapping():
            return _mapping(machine, pattern, value, names)
        case ast.MatchClass():
            return _class(machine, pattern, value, names)
        case ast.MatchOr(patterns=patterns):
            return _any_of(machine, patterns, value, names)
        case ast.MatchAs(pattern=inner, name=name):
            fits = True
            if inner is not None:
                fits = yield _fits(machine, inner, value, names)
            if fits and name is not None:
                names[name] = value
            return fits
        case _:
            return False


def _any_of(
    machine: Machine, patterns: list[ast.pattern], value: Any, names: dict[str, Any]
) -> Steps:
    for pattern in patterns:
        found: dict[str, Any] = {}
        fits = yield _fits(machine, pattern, value, found)
        if fits:
            names.update(found)
            return True
    return False


def _all(machine: Machine, pairs: list[tuple[ast.pattern, Any]], names: dict[str, Any]) -> Steps:
    for pattern, value in pairs:
        fits = yield _fits(machine, pattern, value, names)
        if not fits:
            return False
    return True


def _sequence(
    machine: Machine, patterns: list[ast.pattern], value: Any, names: dict[str, Any]
) -> Any:
    if not isinstance(value, (list, tuple, deque, range)):
        return False
    values = list(cast("list[Any]", value))
    star = next((i for i, one in enumerate(patterns) if isinstance(one, ast.MatchStar)), None)
    if star is None:
        if len(values) != len(patterns):
            return False
        return _all(machine, list(zip(patterns, values, strict=True)), names)
    after = len(patterns) - star - 1
    if len(values) < star + after:
        return False
    middle = patterns[star]
    if isinstance(middle, ast.MatchStar) and middle.name is not None:
        names[middle.name] = machine.meter.take(values[star : len(values) - after])
    pairs = list(zip(patterns[:star], values[:star], strict=True))
    pairs += list(zip(patterns[star + 1 :], values[len(values) - after :], strict=True))
    return _all(machine, pairs, names)


def _mapping(
    machine: Machine, pattern: ast.MatchMapping, value: Any, names: dict[str, Any]
) -> Steps:
    if not is_dict(value):
        return False
    rest = dict(value)
    for key_node, inner in zip(pattern.keys, pattern.patterns, strict=True):
        key = yield key_node
        machine.meter.weigh([key])
        if key not in value:
            return False
        fits = yield _fits(machine, inner, value[key], names)
        if not fits:
            return False
        rest.pop(key, None)
    if pattern.rest is not None:
        names[pattern.rest] = machine.meter.take(rest)
    return True


def _class(machine: Machine, pattern: ast.MatchClass, value: Any, names: dict[str, Any]) -> Steps:
    kind = yield pattern.cls
    machine.meter.weigh([kind])
    if not is_a(value, kind):
        return False
    keywords = list(zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True))
    if isinstance(kind, TypeValue) and kind.name in _WHOLE and len(pattern.patterns) == 1:
        fits = yield _fits(machine, pattern.patterns[0], value, names)
        if not fits:
            return False
    elif pattern.patterns:
        order = _positional(machine, kind)
        if len(pattern.patterns) > len(order):
            count = len(pattern.patterns)
            message = (
                f"{kind_name(kind)}() accepts {len(order)} positional sub-patterns ({count} given)"
            )
            raise TypeError(message)
        keywords = [*zip(order, pattern.patterns, strict=False), *keywords]
    for name, inner in keywords:
        try:
            item = yield get_attribute(machine, value, name)
        except AttributeError:
            return False
        fits = yield _fits(machine, inner, item, names)
        if not fits:
            return False
    return True


def _positional(machine: Machine, kind: Any) -> list[str]:
    """Return the names of the attributes that positional patterns stand for."""
    order = kind.find("__match_args__") if isinstance(kind, ClassValue) else ()
    if order is MISSING:
        return []
    if not is_tuple(order) or not all(isinstance(name, str) for name in order):
        message = f"{kind_name(kind)}.__match_args__ must be a tuple of texts"
        raise TypeError(message)
    machine.meter.step(len(order) // 100)
    return list(order)


def kind_name(kind: Any) -> str:
    """Return a type's name."""
    return kind.name if isinstance(kind, (TypeValue, ClassValue)) else kind_of(kind)


HANDLERS: dict[type[ast.AST], Handler] = {ast.Match: _match}
