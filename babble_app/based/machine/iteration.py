"""What can be iterated: Python's own collections, generators, and objects of the program that say how."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from babble_app.based.machine.errors import StopRunError
from babble_app.based.machine.objects import ClassValue, bind, is_object
from babble_app.based.machine.scopes import Scope
from babble_app.based.machine.signals import Yielded
from babble_app.based.machine.values import (
    END,
    MISSING,
    SIZED,
    Cursor,
    ExhaustedError,
    is_sized,
    kind_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine, Steps

_STREAM_BYTES = 2_000


class CloseStreamError(StopRunError):
    """Ends a generator that its program closes; `finally` blocks run, nothing else catches it."""


class Stream:
    """A generator: steps of its own that stop at each value."""

    def __init__(self, machine: Machine, steps: Steps, name: str = "generator") -> None:
        machine.meter.allocate(_STREAM_BYTES)
        self.stack = [steps]
        self.body = machine.drive(self.stack)
        self.name = name
        self.scope: Scope = machine.scope
        self.handling: list[Exception] = []
        self.running = False
        self.started = False
        self.result: Any = None

    def __repr__(self) -> str:
        return f"<{self.name}>"


Iterator: TypeAlias = Any
"""A cursor, a stream, or an object with `__next__`."""


def lazily(function: Callable[..., Steps]) -> Callable[..., Stream]:
    """Make a function of steps that yield `Yielded` values into one that returns their stream."""

    def call(machine: Machine, *arguments: Any, **names: Any) -> Stream:
        return Stream(machine, function(machine, *arguments, **names), function.__name__.strip("_"))

    return call


def get_iterator(machine: Machine, value: Any) -> Iterator:
    """Return an iterator over a value of the program, or the steps to it.

    Raises:
        TypeError: it is none that can be iterated.
    """
    if is_sized(value):
        return Cursor(value)
    if isinstance(value, (Cursor, Stream)):
        return value
    if is_object(value):
        method = value.cls.find("__iter__")
        if method is not MISSING:
            return _own_iterator(machine, bind(method, value))
        if value.cls.find("__getitem__") is not MISSING:
            return Stream(machine, _by_index(machine, value))
    if isinstance(value, ClassValue) and value.members is not None:
        return Cursor(list(value.members.values()))
    message = f"'{kind_of(value)}' object is not iterable"
    raise TypeError(message)


def is_iterable(value: Any) -> bool:
    """Whether a value can be iterated."""
    if is_object(value):
        return any(value.cls.find(name) is not MISSING for name in ("__iter__", "__getitem__"))
    if isinstance(value, ClassValue):
        return value.members is not None
    return isinstance(value, (*SIZED, Cursor, Stream))


def _own_iterator(machine: Machine, method: Any) -> Steps:
    iterator = yield machine.call(method, [], {})
    if isinstance(iterator, (Cursor, Stream)):
        return iterator
    if is_object(iterator) and iterator.cls.find("__next__") is not MISSING:
        return iterator
    message = f"iter() returned non-iterator of type '{kind_of(iterator)}'"
    raise TypeError(message)


def _by_index(machine: Machine, value: Any) -> Steps:
    method = bind(value.cls.find("__getitem__"), value)
    index = 0
    while True:
        try:
            item = yield machine.call(method, [index], {})
        except IndexError:
            return
        yield Yielded(item)
        index += 1


def pull(machine: Machine, iterator: Iterator) -> Any:
    """Return the iterator's next value or `END`, or the steps to it."""
    machine.meter.step()
    if isinstance(iterator, Cursor):
        return next(iterator.items, END)
    if isinstance(iterator, Stream):
        return resume(machine, iterator)
    if is_object(iterator) and iterator.cls.find("__next__") is not MISSING:
        return _own_next(machine, iterator)
    message = f"'{kind_of(iterator)}' object is not an iterator"
    raise TypeError(message)


def _own_next(machine: Machine, iterator: Any) -> Steps:
    try:
        value = yield machine.call(bind(iterator.cls.find("__next__"), iterator), [], {})
    except ExhaustedError:
        return END
    return value


def resume(
    machine: Machine, stream: Stream, sent: Any = None, error: Exception | None = None
) -> Steps:
    """Run a generator to its next value; gives `END` when it has none, its `return` value is then in `result`."""
    if stream.running:
        message = "generator already executing"
        raise ValueError(message)
    if sent is not None and not stream.started:
        message = "can't send non-None value to a just-started generator"
        raise TypeError(message)
    machine.meter.enter_call()
    _swap(machine, stream)
    stream.running = stream.started = True
    try:
        value = stream.body.send(sent) if error is None else stream.body.throw(error)
        while not isinstance(value, Yielded):
            answer = yield value
            value = stream.body.send(answer)
    except StopIteration as stop:
        stream.result = stop.value
        return END
    except ExhaustedError as caught:
        message = "generator raised StopIteration"
        raise RuntimeError(message) from caught
    finally:
        stream.running = False
        _swap(machine, stream)
        machine.meter.leave_call()
    return value.value


def _swap(machine: Machine, stream: Stream) -> None:
    machine.scope, stream.scope = stream.scope, machine.scope
    machine.handling, stream.handling = stream.handling, machine.handling


def drain(machine: Machine, value: Any, each: Callable[[Any], Any]) -> Steps:
    """Give each item of a value to a function (or the steps that it returns)."""
    iterator = yield get_iterator(machine, value)
    if isinstance(iterator, Cursor):
        for item in iterator.items:
            machine.meter.step()
            yield each(item)
        return
    while True:
        item = yield pull(machine, iterator)
        if item is END:
            return
        yield each(item)


def to_list(machine: Machine, value: Any) -> Any:
    """Return a value's items as a new list, or the steps to it."""
    if is_sized(value):
        machine.meter.items(len(value))
        return machine.meter.take(list(value))
    return _drained(machine, value)


def _drained(machine: Machine, value: Any) -> Steps:
    result: list[Any] = []
    iterator = yield get_iterator(machine, value)
    while True:
        item = yield pull(machine, iterator)
        if item is END:
            return machine.meter.take(result)
        result.append(item)
        machine.meter.items(len(result))


def _send(machine: Machine, stream: Stream, value: Any) -> Steps:
    item = yield resume(machine, stream, value)
    return _or_exhausted(stream, item)


def _throw(machine: Machine, stream: Stream, error: Any, value: Any = None) -> Steps:
    if not isinstance(error, Exception):
        error = yield machine.call(error, [] if value is None else [value], {})
    item = yield resume(machine, stream, error=error)
    return _or_exhausted(stream, item)


def _close(machine: Machine, stream: Stream) -> Steps:
    if not stream.started:
        stream.stack.clear()
        return
    with suppress(CloseStreamError):
        yield resume(machine, stream, error=CloseStreamError())


def _or_exhausted(stream: Stream, item: Any) -> Any:
    if item is END:
        raise ExhaustedError(*([] if stream.result is None else [stream.result]))
    return item


STREAM_METHODS: dict[str, Callable[..., Any]] = {"send": _send, "throw": _throw, "close": _close}
