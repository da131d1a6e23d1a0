"""The classic mistakes of models, made when a person's message asks for one, so that repair loops are seen working."""

from __future__ import annotations

import re

DIRECTIVES: dict[str, str] = {
    "bad indentation": "One line of the program, or one added line of the diff, is indented wrongly.",
    "fence": "The answer is wrapped in one fence too many, with talk after it.",
    "wrong counts": "The diff's line numbers and counts are wrong; for a new program it does nothing.",
    "lazy": "A part is left out: `# ... rest of code ...` stands in its place.",
    "never valid": "The answer is wrong in every round, so the run ends without a version.",
}
"""What may stand in a message as `(demo: NAME)`, and what the demo model then does in its first answer."""
_DIRECTIVE = re.compile(rf"\(demo:\s*({'|'.join(DIRECTIVES)})\s*\)", re.IGNORECASE)
_HEADER = re.compile(r"^@@ .*? @@", re.MULTILINE)


def read_directive(text: str) -> tuple[str, str]:
    """Return the message without its directive, and the directive's name or an empty string."""
    match = _DIRECTIVE.search(text)
    return _DIRECTIVE.sub("", text).strip(), match[1].lower() if match else ""


def spoil_program(program: str, mistake: str) -> str:
    """Make a mistake in a program."""
    lines = program.rstrip("\n").split("\n")
    inner = next((i for i, line in enumerate(lines) if line.startswith("    say(")), len(lines) - 1)
    if mistake == "bad indentation":
        lines.insert(inner + 1, f"  {lines[inner].strip()}")
    elif mistake == "lazy":
        lines[inner:] = ["    ...", "# ... rest of code ..."]
    elif mistake == "never valid":
        lines = [line for line in lines if not line.startswith(("until", "    until"))]
    return "\n".join(lines) + "\n"


def spoil_diff(hunks: list[str], mistake: str, number: int) -> list[str]:
    """Make a mistake in the first of the hunks; `number` tells the rounds apart."""
    first = hunks[0]
    if mistake == "bad indentation":
        first = re.sub(r"^\+(?=\s*\S)", "+   ", first, count=1, flags=re.MULTILINE)
    elif mistake == "wrong counts":
        return [_HEADER.sub("@@ -900,2 +911,77 @@", hunk) for hunk in hunks]
    elif mistake == "lazy":
        first = re.sub(r"^\+.*$", "+# ... rest of code ...", first, count=1, flags=re.MULTILINE)
    elif mistake == "never valid":
        first = f'@@ ... @@\n this line {number} is nowhere in the program\n-nor is this one\n+say("never")\n'
    return [first, *hunks[1:]]


def wrap(fenced: str, mistake: str) -> str:
    """Put a fenced block into one more fence, and talk on, where that is the mistake."""
    if mistake != "fence":
        return fenced
    return f"```text\nHere is what you asked for:\n\n{fenced}\n```\n\nLet me know if you need anything else!"
