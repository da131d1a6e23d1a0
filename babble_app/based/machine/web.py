"""Network calls and outside services of a test run: recorded, and answered without any network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babble_app.based.machine import jsons
from babble_app.based.machine.values import Module, Native, Record, Service, error_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine

_BODY: dict[str, Any] = {"ok": True, "mock": True}


def _record(machine: Machine, method: str, url: Any, data: dict[str, Any]) -> None:
    shown = jsons.plain(
        machine.meter, {key: value for key, value in data.items() if value is not None}
    )
    details = {"method": method, "url": str(url), "status": 200, "mocked": True, **shown}
    machine.emit("http", text=f"{method} {url}", name=method, data=details)


def _request(method: str) -> Callable[..., Any]:
    def call(
        machine: Machine, url: Any, params: Any = None, data: Any = None, json: Any = None, headers: Any = None,
        timeout: Any = None, auth: Any = None,
    ) -> Record:  # fmt: skip
        del headers, timeout, auth
        _record(machine, method, url, {"params": params, "body": data if json is None else json})
        return _response()

    return call


def _json(_machine: Machine, _value: Record) -> dict[str, Any]:
    return dict(_BODY)


def _raise_for_status(_machine: Machine, _value: Record) -> None:
    return None


def _response() -> Record:
    return Record(
        "Response",
        {"status_code": 200, "ok": True, "text": '{"ok": true, "mock": true}', "headers": {}},
        {"json": _json, "raise_for_status": _raise_for_status},
    )


def _api(method: str) -> Callable[..., Any]:
    def call(
        machine: Machine,
        url: Any,
        params: Any = None,
        data: Any = None,
        body: Any = None,
        headers: Any = None,
    ) -> dict[str, Any]:
        del headers
        _record(machine, method, url, {"params": params, "body": data if body is None else body})
        return {
            "response": dict(_BODY),
            "data": {"response": dict(_BODY), "error": None},
            "status": 200,
        }

    return call


def _service(machine: Machine, name: str, *arguments: Any, **names: Any) -> dict[str, Any]:
    args = jsons.plain(
        machine.meter, {**{str(i): value for i, value in enumerate(arguments)}, **names}
    )
    machine.emit("action", name=name, data={"args": args})
    return dict(_BODY)


def make_requests_module() -> Module:
    """Return `requests`."""
    methods = ("get", "post", "put", "patch", "delete", "head")
    members: dict[str, Any] = {name: Native(name, _request(name.upper())) for name in methods}
    error = error_type(ConnectionError, "RequestException")
    names = ("RequestException", "HTTPError", "ConnectionError", "Timeout")
    errors: dict[str, Any] = dict.fromkeys(names, error)
    members.update(errors, exceptions=Module("requests.exceptions", errors))
    return Module("requests", members)


def make_api() -> Module:
    """Return the deprecated `api`."""
    return Module(
        "api",
        {"get_req": Native("get_req", _api("GET")), "post_req": Native("post_req", _api("POST"))},
    )


def make_integrations() -> Service:
    """Return `integrations`."""
    return Service("integrations", _service)
