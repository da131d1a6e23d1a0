"""All layers in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.api._multipart import max_request_bytes
from babble_app.api.middleware.bodies import BodyLimits
from babble_app.api.middleware.client import ForwardedClient
from babble_app.api.middleware.closed import ClosedPaths
from babble_app.api.middleware.cross_origin import CrossOrigin
from babble_app.api.middleware.edge import Edge
from babble_app.api.middleware.headers import SecurityHeaders
from babble_app.api.middleware.origin import OriginCheck
from babble_app.settings import Settings, get_settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp


def wrap(asgi_app: ASGIApp, settings: Settings | None = None) -> ASGIApp:
    """Put the layers that everything needs around the API and the pages together."""
    settings = settings or get_settings()
    asgi_app = BodyLimits(asgi_app, max_request_bytes(settings.max_upload_bytes))
    asgi_app = ClosedPaths(asgi_app)
    asgi_app = OriginCheck(asgi_app, settings.allowed_origins, settings.public_url)
    asgi_app = CrossOrigin(asgi_app)
    asgi_app = SecurityHeaders(asgi_app)
    asgi_app = ForwardedClient(asgi_app, settings.trusted_proxies)
    return Edge(asgi_app)
