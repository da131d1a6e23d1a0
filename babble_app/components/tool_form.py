"""The dialog in which a function of an app is described."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.blocked_host import blocked_notice
from babble_app.components.dialogs import dialog_foot, modal
from babble_app.components.form_fields import text_field
from babble_app.components.icons import icon
from babble_app.components.parts import how_many, problem_text
from babble_app.states.app_tool_form import HeaderRow, ToolFormState
from babble_app.states.tool_arguments import TYPES, Argument
from babble_app.states.tool_drafts import METHODS

_problems: Any = ToolFormState.problems


def tool_form() -> rx.Component:
    """Ask what it is called, where it leads and what it takes."""
    draft = ToolFormState.draft
    return modal(
        rx.el.form(
            rx.el.div(
                text_field(
                    "Name",
                    "name",
                    draft.name,
                    _problems,
                    hint="Letters, digits and underscores: the model calls it by this.",
                    required=True,
                    max_length=64,
                    placeholder="check_stock",
                    spell_check=False,
                ),
                text_field(
                    "What it is for",
                    "description",
                    draft.description,
                    _problems,
                    hint="The model reads this to decide when to call it.",
                    rows=2,
                    max_length=2000,
                    placeholder="Says how many of a part are in stock, and when more come.",
                ),
                _address(),
                blocked_notice(ToolFormState.blocked_host, ToolFormState.allow_host),
                _arguments(),
                _headers(),
                rx.cond(_problems.contains(""), problem_text(_problems[""])),
                class_name="dialog-body stack",
            ),
            dialog_foot(ToolFormState.close_form, "Save tool", type="submit"),
            on_submit=ToolFormState.save_tool,
            class_name="dialog-form",
        ),
        open=ToolFormState.open,
        wide=True,
        title=rx.cond(
            ToolFormState.original != "", f"Edit “{ToolFormState.original}”", "New HTTP tool"
        ),
        on_close=ToolFormState.close_form,
    )


def _address() -> rx.Component:
    return rx.el.div(
        rx.el.label(
            rx.el.span("Method", class_name="field-label"),
            rx.el.select(
                *[rx.el.option(one, value=one) for one in METHODS],
                name="method",
                default_value=ToolFormState.draft.method,
                class_name="select",
            ),
            class_name="field",
        ),
        text_field(
            "Address",
            "url",
            ToolFormState.draft.url,
            _problems,
            hint="{part} stands for an argument; the others go into the query (GET) or the JSON body.",
            required=True,
            input_mode="url",
            max_length=2000,
            on_blur=ToolFormState.write_url,
            placeholder="https://api.example.com/parts/{part}",
            spell_check=False,
        ),
        class_name="tool-address",
    )


def _arguments() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("Arguments", class_name="field-label"),
        rx.cond(ToolFormState.as_json, _schema(), _fields()),
        rx.cond(
            _problems.contains("arguments"),
            rx.el.span(_problems["arguments"], role="alert", class_name="field-error"),
        ),
        class_name="tool-part",
    )


def _fields() -> rx.Component:
    return rx.fragment(
        rx.cond(
            how_many(ToolFormState.arguments) > 0,
            rx.el.ol(
                rx.foreach(ToolFormState.arguments, _argument),
                aria_label="Arguments",
                class_name="tool-rows",
            ),
            rx.el.p("It takes nothing yet.", class_name="field-hint"),
        ),
        rx.el.div(
            rx.cond(ToolFormState.missing != "", _add_missing()),
            _small("plus", "Add an argument", ToolFormState.add_argument),
            _small("code", "Edit as JSON", ToolFormState.show_json),
            class_name="row row--wrap",
        ),
    )


def _add_missing() -> rx.Component:
    return rx.el.button(
        icon("plus", 16),
        f"Add {ToolFormState.missing} of the address",
        type="button",
        on_click=ToolFormState.add_missing,
        class_name="button button--primary button--small",
    )


def _argument(row: Argument, at: Any) -> rx.Component:
    place = at + 1

    def require(value: Any) -> Any:
        return ToolFormState.require(value, row.number)

    return rx.el.li(
        rx.el.input(
            name=f"argument-name-{row.number}",
            default_value=row.name,
            on_blur=lambda text: ToolFormState.name_argument(text, row.number),
            aria_label=f"Name of argument {place}",
            placeholder="name",
            auto_complete="off",
            spell_check=False,
            max_length=100,
            class_name="input mono",
        ),
        rx.el.select(
            *[rx.el.option(words, value=kind) for kind, words in TYPES.items()],
            value=row.kind,
            on_change=lambda text: ToolFormState.pick_type(text, row.number),
            aria_label=f"Type of argument {place}",
            class_name="select",
        ),
        rx.el.label(
            rx.el.input(
                type="checkbox",
                checked=row.required,
                on_change=require,
            ),
            "required",
            rx.el.span(f" argument {place}", class_name="visually-hidden"),
            class_name="check tool-required",
        ),
        rx.el.input(
            name=f"argument-note-{row.number}",
            default_value=row.note,
            on_blur=lambda text: ToolFormState.describe_argument(text, row.number),
            aria_label=f"What the model reads of argument {place}",
            placeholder="what it is, for the model",
            auto_complete="off",
            max_length=500,
            class_name="input tool-note-field",
        ),
        _drop(f"Remove argument {place}", ToolFormState.drop_argument(row.number)),
        key=row.number,
        class_name="tool-row",
    )


def _schema() -> rx.Component:
    return rx.fragment(
        rx.el.textarea(
            name="schema",
            default_value=ToolFormState.schema_text,
            key=ToolFormState.schema_shown,
            on_blur=ToolFormState.write_schema,
            rows="10",
            aria_label="JSON Schema of the arguments",
            spell_check=False,
            class_name="textarea mono",
        ),
        rx.el.div(
            rx.el.span("A JSON Schema of an object.", class_name="field-hint grow"),
            _small("columns", "Edit as fields", ToolFormState.show_fields),
            class_name="row row--wrap",
        ),
    )


def _headers() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("Secret headers", class_name="field-label"),
        rx.el.span(
            "Encrypted, sent with each call, and never shown again. Kept as long as name and server of the tool stay.",
            class_name="field-hint",
        ),
        rx.el.ol(
            rx.foreach(ToolFormState.headers, _header),
            aria_label="Secret headers",
            class_name="tool-rows",
        ),
        rx.el.div(_small("plus", "Add a secret header", ToolFormState.add_header)),
        class_name="tool-part",
    )


def _header(row: HeaderRow, at: Any) -> rx.Component:
    place = at + 1
    return rx.el.li(
        rx.cond(
            row.name != "",
            rx.el.code(row.name, class_name="mono tool-header-name"),
            rx.el.input(
                name=f"header-name-{row.number}",
                aria_label=f"Name of secret header {place}",
                placeholder="Authorization",
                required=True,
                auto_complete="off",
                spell_check=False,
                max_length=100,
                class_name="input mono",
            ),
        ),
        rx.cond(
            row.kept,
            rx.fragment(
                rx.el.span("keeps its value", class_name="badge badge--good"),
                rx.el.button(
                    "Replace",
                    rx.el.span(" ", row.name, class_name="visually-hidden"),
                    type="button",
                    on_click=ToolFormState.replace_header(row.number),
                    class_name="button button--small",
                ),
            ),
            rx.el.input(
                type="password",
                name=f"header-value-{row.number}",
                aria_label=f"Value of secret header {place}",
                placeholder="Bearer …",
                required=True,
                auto_complete="off",
                max_length=4000,
                class_name="input tool-note-field",
            ),
        ),
        _drop(f"Remove secret header {place}", ToolFormState.drop_header(row.number)),
        key=row.number,
        class_name="tool-row tool-row--header",
    )


def _small(icon_name: str, label: str, act: Any) -> rx.Component:
    return rx.el.button(
        icon(icon_name, 16),
        label,
        type="button",
        on_click=act,
        class_name="button button--small",
    )


def _drop(label: Any, act: Any) -> rx.Component:
    return rx.el.button(
        icon("x", 16),
        type="button",
        aria_label=label,
        title=label,
        on_click=act,
        class_name="button button--quiet button--icon button--small",
    )
