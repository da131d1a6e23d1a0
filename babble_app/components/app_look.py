"""The form in which an app's look is written."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.form_fields import field, text_field
from babble_app.components.parts import problem_text
from babble_app.states.app_look import LookState

POSITIONS = (
    ("bottom-right", "Bottom right"),
    ("bottom-left", "Bottom left"),
    ("top-right", "Top right"),
    ("top-left", "Top left"),
)
SCHEMES = (("auto", "As the device"), ("light", "Light"), ("dark", "Dark"))
COLORS = (
    ("primary_color", "Working colour"),
    ("background_color", "Background"),
    ("text_color", "Text"),
)
_draft = LookState.draft
_problems: Any = LookState.problems


def look_form() -> rx.Component:
    """Return the fields; each keystroke reaches the preview."""
    return rx.el.form(
        _text("Title", "title", hint="Empty: the app's name."),
        _text("Greeting", "greeting", rows=2, hint="Said before an agent's own first words."),
        _text("Starters", "starters", rows=3, hint="Questions for a click, one a line, at most 6."),
        _text("In the empty field", "placeholder", placeholder="Write a message"),
        rx.el.div(
            _choice("Corner", "position", POSITIONS),
            _choice("Light or dark", "scheme", SCHEMES),
            class_name="app-pair",
        ),
        rx.el.fieldset(
            rx.el.legend("Colours", class_name="field-label"),
            *[_color(name, label) for name, label in COLORS],
            rx.el.span("Empty: Babble's own, for light and for dark.", class_name="field-hint"),
            class_name="fallbacks",
        ),
        rx.el.div(
            _text("Font", "font_family", placeholder="system-ui, 'Open Sans'"),
            _text("Corners (pixels)", "border_radius_px", placeholder="12", input_mode="numeric"),
            _text("Language", "language", placeholder="de", hint="Empty: the browser's."),
            class_name="app-pair",
        ),
        rx.cond(_problems.contains(""), problem_text(_problems[""])),
        rx.el.div(
            rx.el.button("Save look", type="submit", class_name="button button--primary"),
            rx.cond(
                LookState.dirty,
                rx.fragment(
                    rx.el.button(
                        "Discard changes",
                        type="button",
                        on_click=LookState.discard,
                        class_name="button button--quiet",
                    ),
                    rx.el.span("Not saved yet", class_name="badge badge--warn"),
                ),
            ),
            class_name="row row--wrap",
        ),
        on_submit=LookState.save,
        key=LookState.shown,
        aria_label="Look",
        class_name="stack look-form",
    )


def _text(label: str, name: str, *, rows: int = 0, **props: Any) -> rx.Component:
    value = getattr(_draft, name)

    def write(text: Any) -> Any:
        return LookState.write(name, text)

    return text_field(label, name, value, _problems, rows=rows, on_change=write, **props)


def _choice(label: str, name: str, choices: tuple[tuple[str, str], ...]) -> rx.Component:
    return field(
        label,
        name,
        rx.el.select(
            *[rx.el.option(words, value=value) for value, words in choices],
            name=name,
            default_value=getattr(_draft, name),
            on_change=lambda text: LookState.write(name, text),
            class_name="select",
        ),
        _problems,
    )


def _color(name: str, label: str) -> rx.Component:
    value = getattr(_draft, name)
    shown = {
        "primary_color": LookState.preview.primary,
        "background_color": LookState.preview.background,
        "text_color": LookState.preview.text,
    }[name]
    return rx.el.div(
        rx.el.input(
            type="color",
            value=shown,
            on_change=lambda text: LookState.pick_color(name, text),
            aria_label=f"{label}: palette",
            class_name="look-swatch",
        ),
        rx.el.label(
            rx.el.span(label, class_name="look-color-label"),
            rx.el.input(
                name=name,
                default_value=value,
                key=LookState.picked,
                on_change=lambda text: LookState.write(name, text),
                placeholder=shown,
                max_length=7,
                auto_complete="off",
                aria_invalid=_problems.contains(name),
                class_name="input mono look-hex",
            ),
            class_name="row look-color-field",
        ),
        rx.cond(
            _problems.contains(name),
            rx.el.span(_problems[name], role="alert", class_name="field-error"),
        ),
        class_name="row row--wrap",
    )
