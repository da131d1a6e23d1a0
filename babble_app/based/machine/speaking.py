"""The language's own functions: `say`, `print`, `extract`, `done`, and the functions of a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babble_app.based import vocabulary
from babble_app.based.effects import RephraseEffect, UserEffect
from babble_app.based.machine import jsons, texts, web
from babble_app.based.machine.errors import EndRunError
from babble_app.based.machine.read_only import ReadOnlyDict
from babble_app.based.machine.values import Native, Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine, Steps


def _say(machine: Machine, message: Any, exact: Any = True, model: Any = None) -> Steps:
    del model
    line = machine.line
    text = texts.to_text(machine.meter, message)
    if not exact:
        machine.meter.model_call()
        answer = yield RephraseEffect(line, text)
        text = answer["text"] if answer["text"].strip() else text
    machine.trace.speak(text, "say", line)
    return text


def _print(
    machine: Machine, *values: Any, sep: Any = " ", end: Any = "\n", flush: Any = False
) -> None:
    del flush
    parts = [texts.to_text(machine.meter, value) for value in values]
    text = texts.join(machine.meter, " " if sep is None else str(sep), parts)
    machine.trace.print(text, "\n" if end is None else str(end), machine.line)


def _extract(machine: Machine, key: Any, value: Any) -> None:
    if not isinstance(key, str) or not key or key.startswith("_"):
        message = "extract() needs a key that is a text and does not begin with '_'"
        raise ValueError(message)
    machine.meter.weigh([value])
    if not jsons.is_json(value):
        message = f"extract({key!r}): the value is not made of JSON's types"
        raise TypeError(message)
    machine.emit("extract", name=key, data={"value": jsons.plain(machine.meter, value)})


def _done(machine: Machine) -> Steps:
    """End the session; a later message of the user goes on after it (BASED.md 4.4)."""
    line = machine.line
    machine.emit("end", name="done", line=None)
    answer = yield UserEffect(line, ended=True)
    machine.meter.user_turn()
    machine.trace.hear(answer["text"], line)
    machine.user_waits = True


def _act(machine: Machine, name: str, args: dict[str, Any]) -> None:
    machine.emit("action", name=name, data={"args": jsons.plain(machine.meter, args)})


def _transfer(machine: Machine, number: Any, ext_or_options: Any = None) -> None:
    args = (
        {"number": number}
        if ext_or_options is None
        else {"number": number, "options": ext_or_options}
    )
    _act(machine, "transfer", args)
    raise EndRunError("transferred")


def _end_call(machine: Machine) -> None:
    _act(machine, "end_call", {})
    raise EndRunError("hung_up")


def _click_ivr(machine: Machine, digits: Any) -> None:
    text = str(digits)
    if not text or set(text) - set("0123456789*#"):
        message = "click_ivr() takes the keys 0-9, * and #"
        raise ValueError(message)
    _act(machine, "click_ivr", {"digits": text})


def _send_sms(
    machine: Machine, from_number: Any = None, to: Any = None, content: Any = None
) -> Record:
    _act(machine, "send_sms", {"from_number": from_number, "to": to, "content": content})
    return Record(
        "SmsResult", {"success": True, "status": "sent", "error": None, "message_sid": "SM_TEST"}
    )


def _send_image(machine: Machine, url: Any) -> None:
    _act(machine, "send_image", {"url": url})


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "say": _say,
    "print": _print,
    "extract": _extract,
    "done": _done,
    "end": _done,
    "transfer": _transfer,
    "transfer_call": _transfer,
    "end_call": _end_call,
    "hangup": _end_call,
    "click_ivr": _click_ivr,
    "send_sms": _send_sms,
    "send_image": _send_image,
}


def make_builtins() -> dict[str, Any]:
    """Return the language's names; each run has its own `state` and `variables`."""
    names: dict[str, Any] = {name: Native(name, call) for name, call in _FUNCTIONS.items()}
    names.update({name: web.make_service(name) for name in vocabulary.SERVICES}, api=web.make_api())
    names["__name__"] = "__main__"
    names.update(state={}, variables=ReadOnlyDict(), true=True, false=False, null=None)
    return names
