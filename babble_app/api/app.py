"""Assembles the API: every module of this package has a `router`; what none of them answers is answered here."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from babble_app import api
from babble_app.api import _failures
from babble_app.api._app_route import AppRoute
from babble_app.api._openapi import DescribedApi
from babble_app.discovery import import_modules
from babble_app.errors import BabbleError
from babble_app.settings import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from babble_app.services.runtime import Runtime

_PROTOCOLS = {f"{api.__name__}.{name}" for name in ("openai",)}
"""Packages whose modules have routers too: each speaks somebody else's protocol."""


def create_api(runtime_getter: Callable[[], Runtime]) -> FastAPI:
    """Build the API; `runtime_getter` is asked at each request, so the API may exist before the runtime does."""
    app = DescribedApi(
        title="Babble",
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    app.state.runtime_getter = runtime_getter
    for router in routers():
        app.include_router(router)
    app.include_router(_failures.unknown_paths)
    app.add_exception_handler(BabbleError, _failures.answer_babble_error)
    app.add_exception_handler(RequestValidationError, _failures.answer_validation_error)
    app.add_exception_handler(HTTPException, _failures.answer_http_exception)
    app.add_exception_handler(Exception, _failures.answer_unforeseen)
    return app


def plain_routes() -> dict[tuple[str, str], AppRoute]:
    """Return by method and path the routes whose plain calls need no framework."""
    return {
        (method, route.path): route
        for router in routers()
        for route in router.routes
        if isinstance(route, AppRoute) and route.has_plain_calls
        for method in route.methods or ()
    }


def routers() -> Iterator[APIRouter]:
    """Yield the router of each resource module.

    Raises:
        TypeError: a public module of the package has none.
    """
    packages = [package for package in import_modules(api) if package.__name__ in _PROTOCOLS]
    # The framework asks router after router; programs that relay through here call most often.
    for module in chain(*map(import_modules, packages), import_modules(api)):
        if module.__name__ == __name__ or hasattr(module, "__path__"):
            continue
        router = getattr(module, "router", None)
        if not isinstance(router, APIRouter):
            message = f"{module.__name__} must define router as an APIRouter"
            raise TypeError(message)
        yield router
