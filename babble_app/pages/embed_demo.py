"""How to see the widget in a page of another origin, on this machine."""

from __future__ import annotations

import reflex as rx

from babble_app.components.icons import brand_mark

COMMAND = ".venv/bin/python -m babble_app embed-demo --port 8001"
ADDRESS = "http://localhost:8001"


@rx.page(route="/embed-demo", title="The widget in another site · Babble")
def embed_demo() -> rx.Component:
    """Say how to start the demo site, and link to it; nothing here is anybody's own."""
    return rx.el.main(
        rx.el.p(brand_mark(), "Babble", class_name="brand"),
        rx.el.h1("See the widget in another site", class_name="page-title"),
        rx.el.p(
            "A widget meets what a page of Babble never does: another origin, a strict Content-Security-Policy, styles that "
            "are not ours. This command serves such a site on a port of its own, with an app of the plain assistant in it:",
            class_name="muted",
        ),
        rx.el.pre(rx.el.code(COMMAND), tab_index=0),
        rx.el.p(
            "It makes the app “Embed demo” in your account, allows its own origin there, and takes a token for a day. "
            "An app of yours is shown with ",
            rx.el.code("--token"),
            " and ",
            rx.el.code("--slug"),
            "; then allow ",
            rx.el.code(ADDRESS),
            " on its page.",
            class_name="muted",
        ),
        rx.el.ul(
            _variant("/", "A form, whose editor the agent may fill in when you let it"),
            _variant("/strict", "The same under a strict Content-Security-Policy"),
            _variant("/spa", "A single-page app that gives up its whole body"),
            _variant("/tag", "One tag and nothing else"),
            _variant("/frame", "A plain iframe without any script"),
            class_name="stack stack--tight",
        ),
        class_name="page page--narrow not-found",
    )


def _variant(path: str, text: str) -> rx.Component:
    return rx.el.li(rx.el.a(text, href=f"{ADDRESS}{path}", class_name="link", rel="noopener"))
