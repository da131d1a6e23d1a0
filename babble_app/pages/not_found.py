"""Where an address leads that names no page."""

from __future__ import annotations

import reflex as rx

from babble_app.components.icons import brand_mark


@rx.page(route="404", title="No such page · Babble")
def not_found() -> rx.Component:
    """Say so, and lead back; whoever is not logged in is asked to there."""
    return rx.el.main(
        rx.el.p(brand_mark(), "Babble", class_name="brand"),
        rx.el.h1("There is no such page", class_name="page-title"),
        rx.el.p("The address may be misspelt, or the page was moved.", class_name="muted"),
        rx.el.a("Go to your workspaces", href="/", class_name="button button--primary"),
        class_name="page page--narrow not-found",
    )
