"""`datetime`, `time` and `zoneinfo`: the time comes from outside (and is kept in the log), waiting takes none."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Any

from babble_app.based.effects import NowEffect
from babble_app.based.machine import texts
from babble_app.based.machine.values import Module, Native, TypeValue

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine, Steps

_DATE_PARTS = ("year", "month", "day")
_TIME_PARTS = ("hour", "minute", "second", "microsecond")


def _now(_machine: Machine, tz: tzinfo | None = None) -> Steps:
    answer = yield NowEffect()
    moment = datetime.fromisoformat(answer["at"])
    return moment.astimezone(tz) if tz is not None else moment.replace(tzinfo=None)


def _today(_machine: Machine) -> Steps:
    answer = yield NowEffect()
    return datetime.fromisoformat(answer["at"]).date()


def _seconds(_machine: Machine) -> Steps:
    answer = yield NowEffect()
    return datetime.fromisoformat(answer["at"]).timestamp()


def _sleep(machine: Machine, seconds: float) -> None:
    machine.slept_seconds += max(0.0, float(seconds))
    machine.emit("action", name="sleep", data={"args": {"seconds": float(seconds)}})


def _strftime(machine: Machine, value: Any, template: str) -> str:
    return machine.meter.take(texts.strftime(value, template))


def _strptime(machine: Machine, text: str, template: str) -> datetime:
    machine.meter.step(5)
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
    **_methods(date, ("isoformat", "weekday", "isoweekday", "replace", "toordinal", "ctime")),
    "strftime": _strftime,
}
DATETIME_METHODS = {
    **DATE_METHODS,
    **_methods(
        datetime, ("isoformat", "replace", "date", "time", "timestamp", "astimezone", "ctime")
    ),
}
TIME_METHODS = {**_methods(time, ("isoformat", "replace")), "strftime": _strftime}
TIMEDELTA_METHODS = _methods(timedelta, ("total_seconds",))
DATE_FIELDS = _fields(_DATE_PARTS)
DATETIME_FIELDS = _fields((*_DATE_PARTS, *_TIME_PARTS, "tzinfo"))
TIME_FIELDS = _fields((*_TIME_PARTS, "tzinfo"))
TIMEDELTA_FIELDS = _fields(("days", "seconds"))


def _zone(_machine: Machine, key: Any) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(str(key))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        message = f"there is no time zone {key!r}"
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
            "fromtimestamp": Native("fromtimestamp", _plain(datetime.fromtimestamp)),
            "strptime": Native("strptime", _strptime),
            "combine": Native("combine", _plain(datetime.combine)),
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
    return Module("time", {"sleep": Native("sleep", _sleep), "time": Native("time", _seconds)})


def make_asyncio_module() -> Module:
    """Return `asyncio`, of which only `sleep` is there."""
    return Module("asyncio", {"sleep": Native("sleep", _sleep)})


def make_zoneinfo_module() -> Module:
    """Return `zoneinfo`."""
    return Module("zoneinfo", {"ZoneInfo": TypeValue("ZoneInfo", (zoneinfo.ZoneInfo,), _zone)})
