"""Uploading files with progress, cancel and reasons; through our own routes, never Reflex's open `/_upload`."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.local_modules import local_module

ACCEPTED = "Text, Markdown, code, CSV, PDF, PNG, JPEG, WebP and GIF."


class Uploader(rx.Component):
    """A drop zone with the list of what is on its way."""

    library = local_module(__name__, "uploader.jsx")
    tag = "Uploader"

    workspace_id: rx.Var[str]
    max_mb: rx.Var[int]
    accepted: rx.Var[str]
    anywhere: rx.Var[bool]
    on_stored: rx.EventHandler[rx.event.no_args_event_spec]
    on_finished: rx.EventHandler[rx.event.passthrough_event_spec(int)]


def uploader(*, workspace_id: Any, max_mb: Any, **props: Any) -> rx.Component:
    """Send chosen files to the workspace; with an empty id they wait until there is one."""
    return Uploader.create(workspace_id=workspace_id, max_mb=max_mb, accepted=ACCEPTED, **props)
