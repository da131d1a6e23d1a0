"""Which methods and fields the values of each type have."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from babble_app.based.machine import (
    asking,
    collections_methods,
    decimals,
    matches,
    methods,
    set_methods,
    times,
)
from babble_app.based.machine.iteration import STREAM_METHODS, Stream
from babble_app.based.machine.objects import Property
from babble_app.based.machine.properties import PROPERTY_METHODS
from babble_app.based.machine.read_only import ReadOnlyDict
from babble_app.based.machine.sets import FrozenSet, Set
from babble_app.based.machine.values import DefaultDict, Row, TalkResult

if TYPE_CHECKING:
    from collections.abc import Callable

METHODS: dict[type, dict[str, Callable[..., Any]]] = {
    str: methods.TEXT,
    int: methods.INT,
    bool: methods.INT,
    float: methods.FLOAT,
    list: collections_methods.LIST,
    dict: collections_methods.DICT,
    ReadOnlyDict: collections_methods.DICT,
    DefaultDict: collections_methods.DICT,
    Counter: collections_methods.COUNTER,
    OrderedDict: collections_methods.ORDERED,
    deque: collections_methods.DEQUE,
    tuple: collections_methods.TUPLE,
    Row: collections_methods.ROW,
    Set: set_methods.SET,
    FrozenSet: set_methods.FROZEN,
    Decimal: decimals.METHODS,
    datetime: times.DATETIME_METHODS,
    date: times.DATE_METHODS,
    time: times.TIME_METHODS,
    timedelta: times.TIMEDELTA_METHODS,
    TalkResult: {"get": asking.get_entry},
    Stream: STREAM_METHODS,
    Property: PROPERTY_METHODS,
    matches.Found: matches.METHODS,
    matches.Pattern: matches.PATTERN_METHODS,
}
FIELDS: dict[type, dict[str, Callable[[Any], Any]]] = {
    datetime: times.DATETIME_FIELDS,
    date: times.DATE_FIELDS,
    time: times.TIME_FIELDS,
    timedelta: times.TIMEDELTA_FIELDS,
    UUID: {"hex": lambda value: value.hex},
    int: {"real": lambda value: value, "numerator": lambda value: value},
    deque: {"maxlen": lambda value: value.maxlen},
    TalkResult: {"next": lambda result: result.next},
    matches.Pattern: {"pattern": lambda value: value.text},
}
