"""The API's documentation for people: one page, made from the OpenAPI document, nothing from elsewhere."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from babble_app.api._docs_page import render_page

router = APIRouter(include_in_schema=False)


@router.get("/docs", response_class=HTMLResponse)
@router.get("/docs/", response_class=HTMLResponse)
async def show_docs(request: Request) -> HTMLResponse:
    """Show the page; it is made once."""
    state = request.app.state
    if not hasattr(state, "docs_page"):
        state.docs_page = render_page(request.app.openapi())
    return HTMLResponse(state.docs_page)
