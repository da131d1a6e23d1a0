"""Writes a draft down as a model's answer."""

from __future__ import annotations

import json
from random import Random

from benchmarks.diff_corpus.drafts import Draft, Piece

SIGNS = {"!": " ", "?": ""}
"""How a line that lost its sign is written: as context, without any prefix."""


def render(rng: Random, draft: Draft) -> str:
    """Return the draft as a diff with all that is wrong about it."""
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
    """Put around the diff what a model puts around it."""
    fenced = ["```diff", *lines, "```"]
    name = rng.choice(["agent.based", "a/b c.based", "src/agent.based"])
    pad = rng.choice(["  ", "    "])
    spoken = ["I change the greeting - as asked.", "", *fenced, "", "Done! The rest is as before."]
    bullets = ["", "- Added a line", "- Removed another", "---", "Enjoy!"]
    ways = {
        "fence": fenced,
        "plain fence": ["```", *lines, "```"],
        "unclosed fence": ["```diff", *lines],
        "tildes": ["~~~~diff", *lines, "~~~~"],
        "prose": ["Here is the change you asked for:", "", *lines],
        "prose after": ["Sure.", "", *lines, "", "This makes the agent greet people. Let me know if you need more."],
        "prose and fence": spoken,
        "bullets and fence": ["Changes:", "- a new greeting", "+ one more exit", "", *fenced, *bullets],
        "names": [f"--- a/{name}", f"+++ b/{name}", *lines],
        "git": [
            f"diff --git a/{name} b/{name}", "index 83db48f..bf2a3c1 100644", f"--- a/{name}", f"+++ b/{name}", *lines,
        ],
        "index": [f"Index: {name}", "=" * 67, f"--- {name}\t2026-01-01", f"+++ {name}\t2026-01-02", *lines],
        "envelope": ["*** Begin Patch", "*** Update File: agent.based", *lines, "*** End Patch"],
        "indent all": [pad + line for line in lines],
        "two fences": ["At fault is:", "", "```python", 'say("Hello")', "    return", "```", "", "So:", "", *fenced],
        "json": [json.dumps({"explanation": "A change.", "diff": "\n".join(lines) + "\n"})],
        "json fence": ["```json", *json.dumps({"diff": "\n".join(lines) + "\n"}, indent=2).split("\n"), "```"],
    }  # fmt: skip
    return ways[way]


def blocks(draft: Draft) -> str:
    """Return the draft as SEARCH/REPLACE blocks."""
    parts: list[str] = []
    for piece in draft.pieces:
        new = [text for sign, text in piece.lines if sign != "-"]
        parts += ["<<<<<<< SEARCH", *piece.old_side(), "=======", *new, ">>>>>>> REPLACE", ""]
    return "\n".join(parts)
