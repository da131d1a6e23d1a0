"""What is to say of the functions of a host page: they are known while a visitor is there, and need nothing here."""

from __future__ import annotations

import reflex as rx

from babble_app.components.copy_button import copy_button
from babble_app.components.parts import settings_section

_SNIPPET = """\
BabbleBuddy.init({
  appToken: "bb_YOUR_TOKEN",
  tools: {
    insert_sql: {
      description: "Put SQL into the editor",
      parameters: {
        type: "object",
        properties: { sql: { type: "string" } },
        required: ["sql"],
      },
      handler: async ({ sql }) => editor.set(sql),
    },
  },
});"""


def page_functions_section() -> rx.Component:
    """Return the section."""
    return settings_section(
        "Functions of the page",
        "Each page that shows the widget brings functions of its own. The agent knows those of the page that a visitor is on, for"
        " as long as they are there; nothing is set up here. One of the app's own with the same name comes first.",
        rx.el.div(
            rx.el.div(
                rx.el.p(
                    "Carried out in the visitor's browser, who is asked first, unless you add ",
                    rx.el.code("confirm: false"),
                    ".",
                    class_name="field-hint grow",
                ),
                copy_button(text=_SNIPPET, label="Copy", class_name="button button--small"),
                class_name="snippet-head",
            ),
            rx.el.pre(rx.el.code(_SNIPPET), tab_index=0, class_name="snippet-text"),
            class_name="snippet",
        ),
    )
