"""Inputs that nobody would write: whatever comes, the engine answers with a text or a refusal, in bounded time."""

from __future__ import annotations

from random import Random

from benchmarks.diff_corpus.drafts import join, make_draft
from benchmarks.diff_corpus.edits import make_changes
from benchmarks.diff_corpus.programs import make_program
from benchmarks.diff_corpus.render import blocks, render

PIECES = [
    "@@", "@@ -1,2 +1,2 @@", "@@ ... @@", "@@ -0,0 +1 @@", "@@ -99999999999999999999,1 +1 @@", "--- a/x",
    "+++ b/x", "--- /dev/null", "+", "-", " ", "", "\\ No newline at end of file", "```", "```diff", "~~~~",
    "<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE", "*** Begin Patch", "*** Update File: x", "*** End Patch",
    "...", "# ... rest of code ...", "\t", "\x00", "\ud800", "\u2028", "\x85", "\r", "\ufeff", "“", "&lt;",
    "12: x", "+a", "-a", " a", "a", "+  a", "-  a", "   a", "loop:", '    say("a")', "{",
    '{"diff": "@@\\n-a\\n+b"}', "[[[[", "\x1b[0m", "🙂", "a" * 500,
]  # fmt: skip
NEWLINES = ["\n", "\n", "\n", "\r\n", "\r", "\n\r", "\x0b", "\x0c", ""]


def make_input(rng: Random) -> tuple[str, str]:
    """Return a text and an answer."""
    if rng.random() < 0.5:
        return _soup(rng, rng.randint(0, 12)), _soup(rng, rng.randint(0, 25))
    old = make_program(rng, rng.choice([8, 20, 60]))
    changes = make_changes(rng, old, rng.choice([1, 2, 5]))
    draft = make_draft(old, changes, rng.choice([0, 1, 3]))
    answer = blocks(draft) if rng.random() < 0.2 else render(rng, draft)
    text = join(old, rng.choice(["\n", "\r\n"]), rng.random() < 0.8)
    for _ in range(rng.randint(0, 6)):
        answer = _mutated(rng, answer)
    return (_mutated(rng, text) if rng.random() < 0.3 else text), answer


def _soup(rng: Random, lines: int) -> str:
    newline = rng.choice(NEWLINES[:4])
    return "".join(
        rng.choice(PIECES) + (rng.choice(NEWLINES) if rng.random() < 0.1 else newline)
        for _ in range(lines)
    )


def _mutated(rng: Random, text: str) -> str:
    if not text:
        return rng.choice(PIECES)
    start, end = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))
    match rng.randrange(6):
        case 0:
            return text[:start] + text[min(end, start + 20) :]
        case 1:
            return text[:start] + rng.choice(PIECES) + text[start:]
        case 2:
            return text[:end] + text[start:end] + text[end:]
        case 3:
            return text[:end]
        case 4:
            return text[start:]
        case _:
            lines = text.split("\n")
            rng.shuffle(lines)
            return "\n".join(lines)


def huge() -> list[tuple[str, str]]:
    """Return what would take long if time were not bounded."""
    same = "a\n" * 50_000
    handlers = '    say("Hello")\n    return\nuntil "x":\n' * 15_000
    lines = "".join(f"line {n}\n" for n in range(20_000))
    return [
        (same, "@@\n" + " a\n" * 20_000 + "-a\n+b\n"),
        (same, "@@\n-a\n+c\n" * 200),
        (handlers, '@@\n     say("Hello")\n-    return\n+    done()\n until "x":\n' * 150),
        (handlers, '@@\n     say("Hullo")\n-    return\n+    done()\n until "y":\n' * 150),
        (handlers, '@@\n+x\n     say("Hello")\n     return\n' * 200),
        (lines, "@@\n" + "".join(f" line {n}\n" for n in range(0, 20_000, 2)) + "-line 7\n+x\n"),
        (
            lines,
            "".join(f"@@\n line {n}\n line {n + 2}\n-line {n + 3}\n+x\n" for n in range(0, 800, 4)),
        ),
        (
            lines,
            "".join(
                f"@@ -{n} @@\n line {n + 1}\n line {n + 3}\n-line {n + 4}\n+x\n"
                for n in range(0, 800, 4)
            ),
        ),
        ("\n" * 100_000, "@@\n" + "\n" * 50_000 + "+x\n-y\n"),
        ("a\n", "x" * 5_000_000),
        ("a\n", "@@\n-a\n+b\n" * 600_000),
        ("a\n" * 2_000_000, "@@\n-a\n+b\n"),
        ("a\n", "```\n" * 200_000),
        ("a\n", "{" * 500_000),
        ("a\n", '[{"a":' * 100_000),
        ("a\n", "<<<<<<< SEARCH\n" * 60_000),
        (
            "a\n" * 2000,
            "<<<<<<< SEARCH\n"
            + "a\n" * 90_000
            + "=======\n"
            + "a\n" * 90_001
            + ">>>>>>> REPLACE\n",
        ),
        ("a\n", "--- a\n+++ b\n" * 50_000),
        ("a\n", "    @@\n" * 100_000),
        ("x" * 900_000 + "\n", "@@\n-" + "x" * 450_000 + "y\n+z\n"),
        ("(" * 100_000, "@@\n " + "(" * 99_999 + "\n+z\n"),
        (" " * 500_000 + "x\n", "@@\n-" + " " * 400_000 + "x\n+z\n"),
        ("x\n", "@@\n" + "- a...\n" * 50_000 + "...\n" * 50_000),
    ]
