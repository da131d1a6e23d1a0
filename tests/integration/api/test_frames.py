"""Which pages may show an app's chat in a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from babble_app.api.middleware.frames import FrameAncestors
from babble_app.api.middleware.stack import wrap
from babble_app.services import apps
from tests.factories import make_workspace

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime


def make_client(rt: Runtime) -> httpx.AsyncClient:
    async def page(request: Request) -> Response:
        if "if-none-match" in request.headers:
            return Response(status_code=304)
        return HTMLResponse("<p>page</p>")

    pages = Starlette(routes=[Route("/{path:path}", page)])
    transport = httpx.ASGITransport(wrap(FrameAncestors(pages, lambda: rt), rt.settings))
    return httpx.AsyncClient(transport=transport, base_url="http://babble.example")


def ancestors(answer: httpx.Response) -> str:
    return answer.headers["Content-Security-Policy"].rpartition("frame-ancestors ")[2]


@pytest.mark.parametrize("headers", [{}, {"If-None-Match": '"x"'}])
async def test_an_apps_page_is_shown_by_its_own_origins(rt: Runtime, headers: dict[str, str]):
    owner_id, workspace = await make_workspace(rt)
    app = await apps.create_app(
        rt, owner_id, "Helper", workspace_id=workspace.id, origins=["https://shop.example"]
    )
    async with make_client(rt) as client:
        shown = [await client.get(f"/embed/{app.slug}{end}", headers=headers) for end in ("", "/")]
        await apps.update_app(rt, owner_id, app.id, origins=["https://other.example:8443"])
        changed = await client.get(f"/embed/{app.slug}", headers=headers)

    assert {ancestors(answer) for answer in shown} == {"'self' https://shop.example"}
    assert ancestors(changed) == "'self' https://other.example:8443"
    assert "x-frame-options" not in changed.headers


async def test_all_else_is_shown_in_no_frame(rt: Runtime):
    owner_id, workspace = await make_workspace(rt)
    app = await apps.create_app(rt, owner_id, "Closed", workspace_id=workspace.id)
    paths = (f"/embed/{app.slug}", "/embed/nobody", "/embed/a/b", "/embed-demo", "/login/", "/")
    async with make_client(rt) as client:
        answers = [await client.get(path) for path in paths]

    assert {ancestors(answer) for answer in answers} == {"'none'"}
