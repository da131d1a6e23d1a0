"""The style sheets: readable in both modes, and nothing from third parties."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ASSETS = Path(__file__).parent.parent.parent / "assets"
COMPONENTS = Path(__file__).parent.parent.parent / "babble_app" / "components"
TOKENS = (ASSETS / "styles" / "_tokens.css").read_text()

TEXT = [  # foreground, backgrounds it stands on
    (
        "ink",
        [
            "paper",
            "surface",
            "sunken",
            "accent-soft",
            "good-soft",
            "warn-soft",
            "bad-soft",
            "added",
            "removed",
        ],
    ),
    ("ink-2", ["paper", "surface", "sunken"]),
    ("ink-3", ["paper", "surface", "sunken"]),
    ("accent", ["paper", "surface", "sunken", "accent-soft"]),
    ("on-accent", ["accent", "accent-strong"]),
    ("on-bad", ["bad", "bad-strong"]),
    ("good", ["paper", "surface", "good-soft"]),
    ("warn", ["paper", "surface", "warn-soft"]),
    ("bad", ["paper", "surface", "bad-soft"]),
    ("code-keyword", ["surface", "sunken"]),
    ("code-string", ["surface", "sunken"]),
    ("code-name", ["surface", "sunken"]),
    ("code-number", ["surface", "sunken"]),
    ("code-comment", ["surface", "sunken"]),
]
GRAPHICS = [
    ("line-strong", ["paper", "surface"]),
    ("focus", ["paper", "surface", "sunken"]),
    ("live", ["surface", "sunken"]),
]


def palette(mode: str) -> dict[str, str]:
    light, dark = TOKENS.split(":root.dark")
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    return found | (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark)) if mode == "dark" else {}
    )


def contrast(first: str, second: str) -> float:
    """Return the ratio of WCAG 2.2."""
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(
    ("pairs", "least"), [(TEXT, 4.5), (GRAPHICS, 3.0)], ids=["text", "graphics"]
)
def test_colours_contrast_as_wcag_aa_asks(
    mode: str, pairs: list[tuple[str, list[str]]], least: float
) -> None:
    colours = palette(mode)

    poor = {
        f"{front} on {back}": round(contrast(colours[front], colours[back]), 2)
        for front, backs in pairs
        for back in backs
        if contrast(colours[front], colours[back]) < least
    }

    assert poor == {}


def test_the_front_end_names_no_other_host() -> None:
    sources = [
        path
        for folder in (ASSETS, COMPONENTS)
        for path in folder.rglob("*")
        if path.suffix in {".css", ".js", ".jsx", ".svg"} and "external" not in path.parts
    ]

    named = {
        f"{path.name}: {address}"
        for path in sources
        for address in re.findall(r"(?:https?:)?//[\w-]+\.[\w.-]+[^\s\"')]*", path.read_text())
        if "github.com" not in address and "www.w3.org" not in address
    }

    assert named == set()


def test_pages_use_the_scale_and_no_colours_of_their_own() -> None:
    raw = {
        f"{sheet.name}: {colour}"
        for sheet in (ASSETS / "styles").glob("*.css")
        if sheet.name != "_tokens.css"
        for colour in re.findall(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)\(", sheet.read_text())
    }

    assert raw == set()
