"""Finds the one-file additions: every module of a package is imported, and what it declares is collected."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

T = TypeVar("T")


class Named(Protocol):
    """Something that is called by its id."""

    @property
    def id(self) -> str:
        """The id."""
        ...


N = TypeVar("N", bound=Named)


def import_modules(package: ModuleType) -> Iterator[ModuleType]:
    """Import each public module of `package`, in the order of their names, and yield it."""
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        if not info.name.startswith("_"):
            yield importlib.import_module(f"{package.__name__}.{info.name}")


def declared(package: ModuleType, name: str, kind: type[T]) -> list[T]:
    """Collect the constant `name` from each module of `package`.

    Raises:
        TypeError: a module lacks the constant, or it is of another kind.
    """
    found: list[T] = []
    for module in import_modules(package):
        value = getattr(module, name, None)
        if not isinstance(value, kind):
            message = f"{module.__name__} must define {name} as a {kind.__name__}"
            raise TypeError(message)
        found.append(value)
    return found


def declared_by_id(package: ModuleType, name: str, kind: type[N]) -> dict[str, N]:
    """Collect the constants as `declared` does, by their ids, in the order of their files.

    Raises:
        TypeError: as `declared` does.
        ValueError: two files declare the same id.
    """
    found: dict[str, N] = {}
    for one in declared(package, name, kind):
        if one.id in found:
            message = f"two files of {package.__name__} declare {one.id!r}"
            raise ValueError(message)
        found[one.id] = one
    return found
