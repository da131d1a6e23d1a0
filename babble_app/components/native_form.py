"""A form that the browser itself sends: Reflex's own always prevent that, and only a real answer can set our cookie."""

from __future__ import annotations

from typing import Any

import reflex as rx


class NativeForm(rx.el.Div):
    """A plain `<form method="post">`."""

    tag = "form"


def native_form(*children: Any, action: str, **props: Any) -> rx.Component:
    """POST the fields to `action`; the answer is the next page."""
    attributes = {"action": action, "method": "post"}
    return NativeForm.create(*children, custom_attrs=attributes, **props)
