"""Elements that the browser itself acts on, where Reflex would step in: forms that are really sent, links that really load."""

from __future__ import annotations

from typing import Any

import reflex as rx


class NativeForm(rx.el.Div):
    """A plain `<form method="post">`: Reflex's own always prevent that, and only a real answer can set our cookie."""

    tag = "form"


class NativeLink(rx.el.Span):
    """A plain `<a>`: Reflex's own would look for a page of ours under a download's address."""

    tag = "a"


def native_form(*children: Any, action: str, **props: Any) -> rx.Component:
    """POST the fields to `action`; the answer is the next page."""
    attributes = {"action": action, "method": "post"}
    return NativeForm.create(*children, custom_attrs=attributes, **props)


def jump_link(*children: Any, to: str, **props: Any) -> rx.Component:
    """Move the keyboard to the element with the id `to` on this page."""
    return NativeLink.create(*children, custom_attrs={"href": f"#{to}"}, **props)


def download_link(*children: Any, href: Any, name: Any, **props: Any) -> rx.Component:
    """Save what is at `href` under `name`."""
    return NativeLink.create(*children, custom_attrs={"href": href, "download": name}, **props)
