"""`datetime`, `time` and `zoneinfo`: the time comes from outside (and is kept in the log), waiting takes none."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Any

from babble_app.based.effects import NowEffect
from babble_app.based.machine import functions, texts
from babble_app.based.machine.errors import StopRunError
from babble_app.based.machine.values import Module, Native, TypeValue, error_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine, Steps

_DATE_PARTS = ("year", "month", "day")
_MAX_SLEEP_SECONDS = 86_400
_TIME_PARTS = ("hour", "minute", "second", "microsecond")


def _moment(machine: Machine) -> Steps:
    """Return the time: what it is outside, and what the program has waited."""
    answer = yield NowEffect()
    return datetime.fromisoformat(answer["at"]) + timedelta(seconds=machine.slept_seconds)


def _now(machine: Machine, tz: tzinfo | None = None) -> Steps:
    moment: datetime = yield _moment(machine)
    return moment.astimezone(tz) if tz is not None else moment.replace(tzinfo=None)


def _today(machine: Machine) -> Steps:
    moment: datetime = yield _moment(machine)
    return moment.date()


def _seconds(machine: Machine) -> Steps:
    moment: datetime = yield _moment(machine)
    return moment.timestamp()


def _sleep(machine: Machine, seconds: Any, result: Any = None) -> Any:
    if not isinstance(seconds, (int, float)) or not 0 <= seconds <= _MAX_SLEEP_SECONDS:
        message = f"sleep takes 0 to {_MAX_SLEEP_SECONDS:,} seconds"
        raise ValueError(message)
    machine.slept_seconds += float(seconds)
    machine.emit("action", name="sleep", data={"args": {"seconds": float(seconds)}})
    return result


def _utc(value: datetime) -> datetime:
    """Read a time without a zone as UTC: Python would take the server's."""
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)


def _timestamp(_machine: Machine, value: datetime) -> float:
    return _utc(value).timestamp()


def _astimezone(_machine: Machine, value: datetime, tz: tzinfo | None = None) -> datetime:
    return _utc(value).astimezone(tz or UTC)


def _fromtimestamp(_machine: Machine, seconds: float, tz: tzinfo | None = None) -> datetime:
    moment = datetime.fromtimestamp(seconds, tz or UTC)
    return moment if tz is not None else moment.replace(tzinfo=None)


def _date_fromtimestamp(_machine: Machine, seconds: float) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()


def _strftime(machine: Machine, value: Any, template: str) -> str:
    return machine.meter.take(texts.strftime(value, template))


def _strptime(machine: Machine, text: str, template: str) -> datetime:
    machine.meter.step(50)
    if len(template) > texts.MAX_WIDTH or len(text) > texts.MAX_WIDTH:
        message = "the text is too long for a time"
        raise ValueError(message)
    return datetime.strptime(text, template)  # noqa: DTZ007 -- as the program wrote it


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(_machine: Machine, *arguments: Any, **names: Any) -> Any:
        return function(*arguments, **names)

    return call


def _methods(kind: Any, names: tuple[str, ...]) -> dict[str, Callable[..., Any]]:
    return {name: _plain(kind.__dict__[name]) for name in names if name in kind.__dict__}


def _fields(names: tuple[str, ...]) -> dict[str, Callable[[Any], Any]]:
    return {name: _FIELD_READERS[name] for name in names}


_FIELD_READERS: dict[str, Callable[[Any], Any]] = {
    "year": lambda v: v.year,
    "month": lambda v: v.month,
    "day": lambda v: v.day,
    "hour": lambda v: v.hour,
    "minute": lambda v: v.minute,
    "second": lambda v: v.second,
    "microsecond": lambda v: v.microsecond,
    "tzinfo": lambda v: v.tzinfo,
    "days": lambda v: v.days,
    "seconds": lambda v: v.seconds,
}
DATE_METHODS = {
    **_methods(
        date, ("isoformat", "weekday", "isoweekday", "isocalendar", "replace", "toordinal", "ctime")
    ),
    "strftime": _strftime,
}
DATETIME_METHODS = {
    **DATE_METHODS,
    **_methods(
        datetime,
        ("isoformat", "replace", "date", "time", "timetz", "ctime", "utcoffset", "tzname", "dst"),
    ),
    "timestamp": _timestamp,
    "astimezone": _astimezone,
}
TIME_METHODS = {**_methods(time, ("isoformat", "replace")), "strftime": _strftime}
TIMEDELTA_METHODS = _methods(timedelta, ("total_seconds",))
DATE_FIELDS = _fields(_DATE_PARTS)
DATETIME_FIELDS = _fields((*_DATE_PARTS, *_TIME_PARTS, "tzinfo"))
TIME_FIELDS = _fields((*_TIME_PARTS, "tzinfo"))
TIMEDELTA_FIELDS = _fields(("days", "seconds"))


def _zone(machine: Machine, key: Any) -> zoneinfo.ZoneInfo:
    machine.meter.step(20)
    try:
        return zoneinfo.ZoneInfo(str(key))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        message = f"there is no time zone {str(key)[:100]!r}"
        raise ValueError(message) from None


def make_datetime_module() -> Module:
    """Return `datetime`."""
    date_type = TypeValue(
        "date",
        (date,),
        _plain(date),
        {
            "today": Native("today", _today),
            "fromisoformat": Native("fromisoformat", _plain(date.fromisoformat)),
            "fromtimestamp": Native("fromtimestamp", _date_fromtimestamp),
            "fromordinal": Native("fromordinal", _plain(date.fromordinal)),
            "min": date.min,
            "max": date.max,
        },
    )
    datetime_type = TypeValue(
        "datetime",
        (datetime,),
        _plain(datetime),
        {
            "now": Native("now", _now),
            "today": Native("today", _now),
            "utcnow": Native("utcnow", _now),
            "fromisoformat": Native("fromisoformat", _plain(datetime.fromisoformat)),
            "fromtimestamp": Native("fromtimestamp", _fromtimestamp),
            "strptime": Native("strptime", _strptime),
            "combine": Native("combine", _plain(datetime.combine)),
            "min": datetime.min,  # noqa: DTZ901 -- as Python has it
            "max": datetime.max,  # noqa: DTZ901 -- as Python has it
        },
    )
    members: dict[str, Any] = {
        "date": date_type,
        "datetime": datetime_type,
        "time": TypeValue("time", (time,), _plain(time)),
        "timedelta": TypeValue("timedelta", (timedelta,), _plain(timedelta)),
        "timezone": TypeValue("timezone", (timezone,), _plain(timezone), {"utc": UTC}),
        "UTC": UTC,
    }
    return Module("datetime", members)


def make_time_module() -> Module:
    """Return `time`; sleeping is recorded and takes no time."""
    clocks = dict.fromkeys(("time", "monotonic", "perf_counter"), _seconds)
    functions: dict[str, Callable[..., Any]] = {
        "sleep": _sleep,
        "strftime": _strftime_now,
        **clocks,
    }
    return Module("time", {name: Native(name, call) for name, call in functions.items()})


def _strftime_now(machine: Machine, template: str) -> Steps:
    moment = yield _moment(machine)
    return _strftime(machine, moment, template)


def _run(machine: Machine, value: Any, *_arguments: Any, **_options: Any) -> Any:
    return functions.awaited(machine, value)


def _task(_machine: Machine, value: Any, **_options: Any) -> Any:
    return functions.as_task(value)


def _gather(machine: Machine, *values: Any, return_exceptions: Any = False) -> Steps:
    results: list[Any] = []
    for value in values:
        try:
            result = yield functions.awaited(machine, value)
        except StopRunError:
            raise
        except Exception as error:
            if not return_exceptions:
                raise
            result = error
        results.append(result)
    return results


def make_asyncio_module() -> Module:
    """Return `asyncio`: what is awaited runs when it is awaited, one thing after the other."""
    calls: dict[str, Callable[..., Any]] = {
        "sleep": _sleep, "run": _run, "wait_for": _run, "create_task": _task, "gather": _gather,
    }  # fmt: skip
    members: dict[str, Any] = {name: Native(name, call) for name, call in calls.items()}
    return Module("asyncio", {**members, "TimeoutError": error_type(TimeoutError)})


def make_zoneinfo_module() -> Module:
    """Return `zoneinfo`."""
    return Module("zoneinfo", {"ZoneInfo": TypeValue("ZoneInfo", (zoneinfo.ZoneInfo,), _zone)})
