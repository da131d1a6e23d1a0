"""`embed-demo`: a page of another origin with the widget in it, for looking at and for trying things out."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from babble_app.commands._console import say
from babble_app.commands._host_site import Embedded, HostSite
from babble_app.commands._people import find_person
from babble_app.settings import get_settings

if TYPE_CHECKING:
    import argparse

    from babble_app.commands._console import Subparsers
    from babble_app.services.runtime import Runtime
    from babble_app.settings import Settings

_NAME = "Embed demo"
_DAYS = 1


def add(commands: Subparsers) -> None:
    """Add `embed-demo`."""
    demo = commands.add_parser(
        "embed-demo", help="serve a page of another origin with the widget in it"
    )
    demo.add_argument("--port", type=int, default=8001, help="of the page (8001)")
    demo.add_argument("--token", default="", help="of the app to show; else one is made for a day")
    demo.add_argument("--slug", default="", help="of the app, for the plain iframe; with --token")
    demo.add_argument("--email", default="", help="whose app; not needed with a single account")
    demo.set_defaults(command=_embed_demo)


def _embed_demo(options: argparse.Namespace) -> int:
    settings = get_settings()
    babble = settings.public_url or f"http://localhost:{settings.port}"
    origin = f"http://localhost:{options.port}"
    site = HostSite(options.port)
    site.embedded = Embedded(babble, options.token, options.slug)
    if not options.token:
        site.embedded = asyncio.run(_make_embedded(settings, babble, origin, options.email))
    say(f"A page with the widget of {babble}: {site.url} (Ctrl+C ends it)")
    if options.token:
        say(f"{origin} must be among the app's origins.")
    try:
        site.serve_forever()
    except KeyboardInterrupt:
        return 0
    return 0


async def _make_embedded(settings: Settings, babble: str, origin: str, email: str) -> Embedded:
    from babble_app.services.runtime import running

    async with running(settings) as rt:
        return await make_embedded(rt, babble, origin, email)


async def make_embedded(rt: Runtime, babble: str, origin: str, email: str) -> Embedded:
    """Return an app of the plain assistant that the origin may embed, made or found by its name, with a token for a day."""
    from babble_app.services import app_tokens, apps

    owner_id = await find_person(rt, email, "Say with --email whose app it shall be.")
    found = [app for app in await apps.list_apps(rt, owner_id) if app.name == _NAME]
    app = found[0] if found else await apps.create_app(rt, owner_id, _NAME)
    if origin not in app.origins:
        app = await apps.update_app(rt, owner_id, app.id, origins=[*app.origins, origin])
    expires_at = datetime.now(UTC) + timedelta(days=_DAYS)
    made = await app_tokens.create_token(rt, owner_id, app.id, _NAME, expires_at=expires_at)
    return Embedded(babble, made.token, app.slug)
