"""What the embed page makes of texts, looks, languages and frames of events."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.unit.components.scripts import EMBED, run

MARKDOWN = EMBED / "markdown.js"
LOOK = EMBED / "look.js"
WORDS = EMBED / "words.js"


def blocks(text: str) -> list[dict[str, Any]]:
    return run(MARKDOWN, "readBlocks", "readBlocks(text)", text=text)


def test_markdown_becomes_blocks_and_marks() -> None:
    text = "# Hi\n\nSome **bold _and_** `x<y`.\n\n1. one\n   - inner\n2. two\n\n"
    text += "```sql\nSELECT *\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |"

    found = blocks(text)

    assert [block["type"] for block in found] == ["heading", "paragraph", "list", "code", "table"]
    bold = {"type": "strong", "children": ["bold ", {"type": "em", "children": ["and"]}]}
    assert found[1]["children"] == ["Some ", bold, " ", {"type": "codeSpan", "text": "x<y"}, "."]
    assert [block["type"] for block in found[2]["items"][0]] == ["paragraph", "list"]
    assert found[3] == {"type": "code", "language": "sql", "text": "SELECT *"}
    assert found[4]["rows"] == [[["1"], ["2"]]]


def test_no_image_is_loaded_and_no_address_leads_to_a_script() -> None:
    text = "![logo](https://evil.example/x.png) [a](javascript:alert(1)) [b](data:text/html,x) <img src=x onerror=y> [c](//x.example)"

    parts = blocks(text)[0]["children"]

    link = {"type": "link", "address": "https://evil.example/x.png", "children": ["logo"]}
    assert parts[0] == link
    assert '"link"' not in json.dumps(parts[1:])
    assert "<img src=x onerror=y>" in "".join(part for part in parts if isinstance(part, str))


def test_hostile_texts_are_read_in_time() -> None:
    pieces = ["*", "**a ", "`", "[", "![](", "> ", "- ", "| a ", "_a_", "1. ", "h", "https://"]
    read = "pieces.map((piece) => readBlocks(piece.repeat(32000 / piece.length)).length)"

    assert min(run(MARKDOWN, "readBlocks", read, pieces=pieces)) >= 1  # within the runner's minute


def test_text_stands_out_on_every_colour() -> None:
    shown = """[...Array(16).keys()].map((step) => {
        const colour = "#" + (step * 1118481).toString(16).padStart(6, "0");
        const made = variablesOf({ scheme: "auto" }, { primaryColor: colour, backgroundColor: colour, textColor: "#888888" }, false);
        const read = (name) => made[name].match(/\\d+/g).map(Number);
        return ["--embed-text", "--embed-muted", "--embed-link", "--embed-bad"].map((name) => contrast(read(name), read("--embed-bg")))
            .concat(contrast(read("--embed-on-primary"), read("--embed-primary")));
    })"""

    assert min(min(row) for row in run(LOOK, "variablesOf, contrast", shown)) >= 4.5


def test_what_is_no_colour_is_left_out() -> None:
    values = [
        "url(https://e.example)",
        "red;background:url(x)",
        "var(--x)",
        "expression(1)",
        "#12345",
        "",
    ]

    found = run(LOOK, "readColour", "values.map(readColour)", values=[*values, "#fff"])

    assert found == [*[None for _ in values], [255, 255, 255]]


def test_only_lengths_get_through() -> None:
    values = ["16px", 8, "1.5rem", "calc(1px)", "1px;x", None]

    found = run(LOOK, "lengthOf", "values.map(lengthOf)", values=values)

    assert found[:3] == ["min(16px, 28px)", "min(8px, 28px)", "min(1.5rem, 28px)"]
    assert found[3:] == ["12px"] * 3


def test_every_language_has_every_word_and_every_gap() -> None:
    languages: dict[str, dict[str, str]] = run(WORDS, "LANGUAGES", "LANGUAGES")

    gaps = {key: set(re.findall(r"\{\w+\}", text)) for key, text in languages["en"].items()}
    assert {"en", "de", "fr", "es", "ar", "he"} <= set(languages)
    for language, words in languages.items():
        found = {key: set(re.findall(r"\{\w+\}", text)) for key, text in words.items()}
        assert found == gaps, language
        assert all(words.values()), language


def test_the_first_known_language_is_taken_and_says_its_direction() -> None:
    chosen = "[languageOf('', 'xx', 'he-IL', 'de'), directionOf('he'), languageOf('constructor'), directionOf('de')]"

    assert run(WORDS, "languageOf, directionOf", chosen) == ["he", "rtl", "en", "ltr"]


def test_a_refusal_is_said_politely() -> None:
    words = {
        "rate_limited": "Please wait a moment. Try again in 7 s.",
        "budget_exhausted": "reached its limit",
        "price_unknown": "reached its limit",
        "origin_not_allowed": "may not be used on this page",
        "app_paused": "taking a break",
        "offline": "connection was lost",
        "something_new": "Something went wrong",
    }
    say = "codes.map((code) => troubleWords(wordsIn('en'), { code, retryAfter: 7 }))"

    said = run(WORDS, "wordsIn, troubleWords", say, codes=list(words))

    assert [part in whole for part, whole in zip(words.values(), said, strict=True)] == [True] * 7


def test_a_frame_of_an_event_is_read_and_a_comment_is_none() -> None:
    frames = ['id: run_1.2\nevent: delta\ndata: {"text":"a: b"}', ": still there"]

    read = run(EMBED / "client.js", "readFrame", "frames.map(readFrame)", frames=frames)

    assert read == [{"id": "run_1.2", "kind": "delta", "data": {"text": "a: b"}}, None]
