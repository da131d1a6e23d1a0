"""Network calls and outside services: asked for as effects, so a run itself reaches nothing."""

from __future__ import annotations

import json as json_format
from typing import TYPE_CHECKING, Any

from babble_app.based.effects import ActionEffect, HttpEffect
from babble_app.based.machine import jsons
from babble_app.based.machine.values import Module, Native, Record, Service, error_type, is_dict

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine, Steps


class RequestError(OSError):
    """A network call failed; what programs know as `requests.RequestException`."""


class HttpStatusError(RequestError):
    """What `raise_for_status` raises."""


def _call(machine: Machine, method: str, url: Any, params: Any, body: Any, headers: Any) -> Steps:
    line, meter = machine.line, machine.meter
    meter.outside_call()
    effect = HttpEffect(
        line,
        method,
        str(jsons.plain(meter, url)),
        jsons.plain(meter, params) if is_dict(params) else {},
        jsons.plain(meter, body),
        {str(k): str(v) for k, v in jsons.plain(meter, headers).items()}
        if is_dict(headers)
        else {},
    )
    answer = yield effect
    sent = {"params": effect.params, "body": effect.body, "headers": effect.headers}
    got = {key: answer[key] for key in ("status", "error", "mocked") if key in answer}
    machine.emit(
        "http",
        text=f"{method} {effect.url}",
        name=method,
        line=line,
        data={"method": method, "url": effect.url, **{k: v for k, v in sent.items() if v}, **got},
    )
    if "error" in answer:
        raise RequestError(str(answer["error"]))
    meter.weigh([answer.get("body")])
    return answer


def _request(method: str) -> Callable[..., Any]:
    def call(
        machine: Machine, url: Any, params: Any = None, data: Any = None, json: Any = None, headers: Any = None,
        timeout: Any = None, auth: Any = None,
    ) -> Steps:  # fmt: skip
        del timeout, auth
        body = data if json is None else json
        if json is None and is_dict(data):
            given = headers if is_dict(headers) else {}
            headers = {"Content-Type": "application/x-www-form-urlencoded", **given}
        answer = yield _call(machine, method, url, params, body, headers)
        return _response(machine, answer)

    return call


def _json(machine: Machine, value: Record) -> Any:
    return jsons.loads(machine.meter, value.fields["text"])


def _raise_for_status(_machine: Machine, value: Record) -> None:
    status = value.fields["status_code"]
    if status >= 400:
        message = f"{status} Error"
        raise HttpStatusError(message)


def _response(machine: Machine, answer: dict[str, Any]) -> Record:
    body = answer.get("body")
    text = body if isinstance(body, str) else json_format.dumps(body, ensure_ascii=False)
    fields: dict[str, Any] = {
        "status_code": answer["status"],
        "ok": answer["status"] < 400,
        "text": machine.meter.take(text),
        "headers": answer.get("headers") or {},
    }
    return Record("Response", fields, {"json": _json, "raise_for_status": _raise_for_status})


def _api(method: str) -> Callable[..., Any]:
    def call(
        machine: Machine,
        url: Any,
        params: Any = None,
        data: Any = None,
        body: Any = None,
        headers: Any = None,
    ) -> Steps:
        try:
            answer = yield _call(
                machine, method, url, params, data if body is None else body, headers
            )
        except RequestError as error:
            data = {"response": None, "error": str(error)}
            return {"response": None, "data": data, "error": str(error), "status": 0}
        response = answer.get("body")
        data = {"response": response, "error": None}
        return {"response": response, "data": data, "status": answer["status"]}

    return call


def _service(machine: Machine, name: str, arguments: list[Any], names: dict[str, Any]) -> Steps:
    line = machine.line
    args = jsons.plain(
        machine.meter, {**{str(i): value for i, value in enumerate(arguments)}, **names}
    )
    machine.meter.outside_call()
    answer = yield ActionEffect(line, name, args)
    got = {key: answer[key] for key in ("value", "error", "mocked") if key in answer}
    machine.emit("action", name=name, line=line, data={"args": args, **got})
    if "error" in answer:
        raise RequestError(str(answer["error"]))
    machine.meter.weigh([answer["value"]])
    return answer["value"]


def make_requests_module() -> Module:
    """Return `requests`."""
    methods = ("get", "post", "put", "patch", "delete", "head")
    members: dict[str, Any] = {name: Native(name, _request(name.upper())) for name in methods}
    error = error_type(RequestError, "RequestException")
    names = ("RequestException", "ConnectionError", "Timeout")
    errors: dict[str, Any] = dict.fromkeys(names, error)
    errors["HTTPError"] = error_type(HttpStatusError, "HTTPError")
    members.update(errors, exceptions=Module("requests.exceptions", errors))
    return Module("requests", members)


def make_api() -> Module:
    """Return the deprecated `api`."""
    return Module(
        "api",
        {"get_req": Native("get_req", _api("GET")), "post_req": Native("post_req", _api("POST"))},
    )


def make_service(name: str) -> Service:
    """Return an outside service: any dotted name behind it is an action."""
    return Service(name, _service)
