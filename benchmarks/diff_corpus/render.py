"""Writes a draft down as a model's answer."""

from __future__ import annotations

import json
from random import Random

from benchmarks.diff_corpus.drafts import Draft, Piece

SIGNS = {"!": " ", "?": ""}
"""How a line that lost its sign is written: as context, without any prefix."""


def render(rng: Random, draft: Draft) -> str:
    lines: list[str] = []
    for piece in draft.pieces:
        lines += [piece.head(), *_body(piece)]
    lines = _noted(draft, lines)
    for way in draft.wrap:
        lines = _wrapped(rng, way, lines)
    text = draft.answer_newline.join(lines)
    return text if rng.random() < 0.3 else text + draft.answer_newline


def _body(piece: Piece) -> list[str]:
    return [
        ("" if at in piece.bare else SIGNS.get(sign, sign)) + text
        for at, (sign, text) in enumerate(piece.lines)
    ]


def _noted(draft: Draft, lines: list[str]) -> list[str]:
    """Say that the file's last line has no newline, as diff tools do."""
    if draft.final_newline or not draft.pieces:
        return lines
    last = max(draft.pieces, key=lambda piece: piece.start)
    reaches = last.start + len(last.old_side()) >= len(draft.old)
    kept = bool(last.lines) and last.lines[-1][0] == " "
    return (
        [*lines, "\\ No newline at end of file"]
        if reaches and kept and draft.pieces[-1] is last
        else lines
    )


def _wrapped(rng: Random, way: str, lines: list[str]) -> list[str]:
    fenced = ["```diff", *lines, "```"]
    match way:
        case "fence":
            return fenced
        case "plain fence":
            return ["```", *lines, "```"]
        case "unclosed fence":
            return ["```diff", *lines]
        case "tildes":
            return ["~~~~diff", *lines, "~~~~"]
        case "prose":
            return ["Here is the change you asked for:", "", *lines]
        case "prose after":
            return [
                "Sure.",
                "",
                *lines,
                "",
                "This makes the agent greet people. Let me know if you need more.",
            ]
        case "prose and fence":
            return [
                "I change the greeting - as asked.",
                "",
                *fenced,
                "",
                "Done! The rest is as before.",
            ]
        case "bullets and fence":
            return [
                "Changes:",
                "- a new greeting",
                "+ one more exit",
                "",
                *fenced,
                "",
                "- Added a line",
                "- Removed another",
                "---",
                "Enjoy!",
            ]
        case "names":
            name = rng.choice(["agent.based", "a/b c.based", "src/agent.based"])
            return [f"--- a/{name}", f"+++ b/{name}", *lines]
        case "git":
            return [
                "diff --git a/agent.based b/agent.based",
                "index 83db48f..bf2a3c1 100644",
                "--- a/agent.based",
                "+++ b/agent.based",
                *lines,
            ]
        case "index":
            return [
                "Index: agent.based",
                "=" * 67,
                "--- agent.based\t2026-01-01",
                "+++ agent.based\t2026-01-02",
                *lines,
            ]
        case "envelope":
            return ["*** Begin Patch", "*** Update File: agent.based", *lines, "*** End Patch"]
        case "indent all":
            pad = rng.choice(["  ", "    "])
            return [pad + line for line in lines]
        case "two fences":
            return [
                "The line at fault is:",
                "",
                "```python",
                'say("Hello")',
                "    return",
                "```",
                "",
                "So:",
                "",
                *fenced,
            ]
        case "json":
            return json.dumps(
                {"explanation": "A change.", "diff": "\n".join(lines) + "\n"},
                ensure_ascii=rng.random() < 0.5,
            ).split("\n")
        case "json fence":
            return [
                "```json",
                *json.dumps({"diff": "\n".join(lines) + "\n"}, indent=2).split("\n"),
                "```",
            ]
        case _:
            raise ValueError(way)


def blocks(draft: Draft) -> str:
    """Return the draft as SEARCH/REPLACE blocks."""
    parts: list[str] = []
    for piece in draft.pieces:
        new = [text for sign, text in piece.lines if sign != "-"]
        parts += ["<<<<<<< SEARCH", *piece.old_side(), "=======", *new, ">>>>>>> REPLACE", ""]
    return "\n".join(parts)
