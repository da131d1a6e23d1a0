"""The reference of the Based language: the guide, and every code of the checker at an anchor of its own."""

from __future__ import annotations

import reflex as rx

from babble_app.components.app_shell import app_shell
from babble_app.components.markdown import markdown
from babble_app.states.language_help import CodeEntry, codes, sections
from babble_app.states.shell import ShellState


@rx.page(route="/help/based", title="Based, the language · Babble", on_load=ShellState.load)
@app_shell
def help_based() -> rx.Component:
    """One column, from the first program to the last code."""
    return rx.el.div(
        rx.el.h1("Based, the language of your agents", class_name="page-title"),
        _contents(),
        *[_section(*section) for section in sections()],
        _codes(),
        class_name="page page--narrow help",
    )


def _contents() -> rx.Component:
    links = [(anchor, title) for anchor, title, _ in sections()[1:]]
    return rx.el.nav(
        *[rx.el.a(title, href=f"#{anchor}", class_name="link") for anchor, title in links],
        rx.el.a("What the checker says", href="#codes", class_name="link"),
        aria_label="Contents",
        class_name="row row--wrap help-contents",
    )


def _section(anchor: str, title: str, text: str) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title, class_name="section-title"),
        rx.el.div(markdown(source=text), class_name="md"),
        id=anchor,
        class_name="section",
    )


def _codes() -> rx.Component:
    return rx.el.section(
        rx.el.h2("What the checker says", class_name="section-title"),
        rx.el.p(
            "Codes with an E are errors: such a program is not run. Codes with a W are warnings.",
            class_name="muted",
        ),
        rx.el.nav(
            *[
                rx.el.a(
                    entry.code, href=f"#{entry.code}", title=entry.title, class_name="link mono"
                )
                for entry in codes()
            ],
            aria_label="Codes",
            class_name="row row--wrap help-codes",
        ),
        *[_code(entry) for entry in codes()],
        id="codes",
        class_name="section",
    )


def _code(entry: CodeEntry) -> rx.Component:
    kind = "badge--bad" if entry.code.startswith("E") else "badge--warn"
    return rx.el.article(
        rx.el.h3(
            rx.el.a(entry.code, href=f"#{entry.code}", class_name=f"badge {kind} mono"),
            rx.el.span(entry.title.replace("`", "")),
            class_name="row help-code-title",
        ),
        rx.el.div(markdown(source=_text(entry)), class_name="md"),
        id=entry.code,
        class_name="help-code",
    )


def _text(entry: CodeEntry) -> str:
    parts = [entry.meaning]
    if entry.wrong:
        parts += ["Wrong:", f"```based\n{entry.wrong}```"]
    if entry.right:
        parts += ["Right:", f"```based\n{entry.right}```"]
    return "\n\n".join(parts)
