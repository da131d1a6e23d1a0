"""The site of somebody else that shows the widget, and the app that `embed-demo` makes for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from babble_app.commands._host_site import (  # pyright: ignore[reportPrivateUsage] - shared with `embed-demo`
    Embedded,
    HostSite,
)
from babble_app.commands.embed_demo import make_embedded
from babble_app.services import app_callers, apps
from tests.factories import make_user

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime

ORIGIN = "http://localhost:8001"


def test_each_page_has_what_it_shows_filled_in() -> None:
    with HostSite() as site:
        site.embedded = Embedded("http://localhost:8000", "bb_token", "helper")
        pages = {
            path: httpx.get(site.url + path)
            for path in ("/", "/strict", "/spa/view", "/tag", "/frame", "/config.js", "/nothing")
        }

    assert [page.status_code for page in pages.values()] == [200] * 6 + [404]
    assert all("{{" not in page.text for page in pages.values())
    assert 'data-app-token="bb_token"' in pages["/tag"].text
    assert 'src="http://localhost:8000/embed/helper"' in pages["/frame"].text
    assert "frame-src http://localhost:8000" in pages["/strict"].headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in pages["/strict"].headers["Content-Security-Policy"]


async def test_the_demos_app_is_made_once_and_lets_the_site_in(rt: Runtime) -> None:
    owner = await make_user(rt)

    first = await make_embedded(rt, "http://localhost:8000", ORIGIN, "")
    second = await make_embedded(rt, "http://localhost:8000", ORIGIN, "")

    caller = await app_callers.find_caller(rt, second.token, ORIGIN)
    assert first.slug == second.slug == caller.app.slug
    assert [app.origins for app in await apps.list_apps(rt, owner.id)] == [(ORIGIN,)]
