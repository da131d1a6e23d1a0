"""Files of a workspace: upload, what was read from them, and their contents."""

from __future__ import annotations

import re
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, status
from fastapi.responses import FileResponse
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from babble_app.api._bodies import Id
from babble_app.api._identity import Me, Rt
from babble_app.api._multipart import read_files
from babble_app.errors import BabbleError, NotFoundError
from babble_app.schemas.workspaces import File, FileText
from babble_app.services import files

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime

router = APIRouter(prefix="/api", tags=["files"])

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_UPLOAD_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "array", "items": {"type": "string", "format": "binary"}}
                    },
                }
            }
        },
    }
}


_CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The whole file.", "content": {"application/octet-stream": {}}},
    206: {
        "description": "The bytes that were asked for.",
        "content": {"application/octet-stream": {}},
    },
    416: {"description": "The file ends before the range begins."},
}


@router.get("/workspaces/{workspace_id}/files")
async def list_files(rt: Rt, me: Me, workspace_id: Id) -> list[File]:
    """List a workspace's files."""
    return await files.list_files(rt, me.id, workspace_id)


@router.post(
    "/workspaces/{workspace_id}/files",
    status_code=status.HTTP_201_CREATED,
    openapi_extra=_UPLOAD_BODY,
)
async def add_files(rt: Rt, me: Me, workspace_id: Id, request: Request) -> list[File]:
    """Upload files, each in a part named `file`; when one is refused, none is kept.

    Reading their text goes on afterwards: `status` turns from `reading` to `ready` or `unreadable`.
    """
    added: list[File] = []
    try:
        async with aclosing(read_files(request)) as parts:
            async for part in parts:
                file = await files.add_file(
                    rt, me.id, workspace_id, name=part.name, chunks=part.chunks
                )
                added.append(file)
    except BabbleError:
        for file in added:
            await _forget(rt, me.id, file)
        raise
    return added


@router.get("/files/{file_id}")
async def get_file(rt: Rt, me: Me, file_id: Id) -> File:
    """Return what is known about a file."""
    return await files.get_file(rt, me.id, file_id)


@router.delete("/files/{file_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_file(rt: Rt, me: Me, file_id: Id) -> None:
    """Delete a file."""
    await files.delete_file(rt, me.id, file_id)


@router.get("/files/{file_id}/text")
async def get_text(rt: Rt, me: Me, file_id: Id) -> FileText:
    """Return the text that was read from a file, page by page."""
    return await files.get_text(rt, me.id, file_id)


@router.get(
    "/files/{file_id}/content",
    response_class=FileResponse,
    responses=_CONTENT,
)
async def get_content(rt: Rt, me: Me, file_id: Id, request: Request) -> FileResponse:
    """Download a file as it was uploaded; one byte range can be asked for."""
    file, path = await files.get_content_path(rt, me.id, file_id)
    _settle_range(request, file.size_bytes)
    headers = {
        # Whatever is in the file, a browser shall neither guess its type nor run it with our rights.
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-cache",
        "ETag": f'"{file.sha256}"',
    }
    media_type = "text/plain; charset=utf-8" if file.kind == "text" else file.media_type
    return FileResponse(path, media_type=media_type, filename=file.name, headers=headers)


async def _forget(rt: Runtime, owner_id: str, file: File) -> None:
    try:
        await files.delete_file(rt, owner_id, file.id)
    except NotFoundError:
        # The owner was faster.
        return


def _settle_range(request: Request, size: int) -> None:
    """Let one satisfiable byte range through and forget any other header, as RFC 9110 14.2 allows.

    Raises:
        HTTPException: 416, the range begins behind the end.
    """
    wanted = request.headers.get("range")
    if wanted is None:
        return
    match = _RANGE.fullmatch(wanted.strip())
    first, last = match.groups() if match else ("", "")
    if not (first or last) or (first and last and int(last) < int(first)):
        raw = Headers(scope=request.scope).raw
        request.scope["headers"] = [(name, value) for name, value in raw if name != b"range"]
    elif (first and int(first) >= size) or (not first and int(last) == 0) or size == 0:
        detail = f"The file has {size} bytes."
        raise HTTPException(416, detail, headers={"Content-Range": f"bytes */{size}"})
