"""Answers that must not be applied: what they speak of is not there, is there twice, or contradicts itself."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from benchmarks.diff_corpus.drafts import Draft, Piece, join, make_draft
from benchmarks.diff_corpus.edits import make_changes
from benchmarks.diff_corpus.programs import make_program
from benchmarks.diff_corpus.render import render

Made = tuple[str, str] | None


def _headed(rng: Random, draft: Draft) -> None:
    if rng.random() < 0.6:
        for piece in draft.pieces:
            piece.heading = "@@ ... @@"


def absent_removed(rng: Random, draft: Draft) -> Made:
    """Let a removed line be one that the file has not."""
    piece = rng.choice(draft.pieces)
    removed = [at for at, (sign, text) in enumerate(piece.lines) if sign == "-" and text.strip()]
    if not removed:
        return None
    at = rng.choice(removed)
    text = piece.lines[at][1]
    words = text.split()
    other = rng.choice(
        [
            text + " extra",
            text.replace(rng.choice(words), "absent", 1),
            f'say("absent {rng.randint(1, 99)}")',
            text.rstrip('")') + "!",
        ]
    )
    if other.strip() in {line.strip() for line in draft.old}:
        return None
    piece.lines[at] = ("-", other)
    _headed(rng, draft)
    return join(draft.old, "\n", True), render(rng, draft)


def absent_context(rng: Random, draft: Draft) -> Made:
    """Let the unchanged lines be ones that the file has not."""
    piece = rng.choice(draft.pieces)
    context = [at for at, (sign, text) in enumerate(piece.lines) if sign == " " and text.strip()]
    if not context or not any(sign == "+" for sign, _ in piece.lines):
        return None
    share = rng.choice([1, 1, 2])
    if share == 2:
        context = [rng.choice(context)]
    for n, at in enumerate(context):
        piece.lines[at] = (" ", f"    nowhere_{n}(in, the_file_{rng.randint(1, 99)})")
    _headed(rng, draft)
    return join(draft.old, "\n", True), render(rng, draft)


def other_file(rng: Random, draft: Draft) -> Made:
    """Give a diff made for another program."""
    old = make_program(rng, rng.randint(20, 200))
    changes = make_changes(rng, old, rng.choice([1, 2, 4]))
    if not changes:
        return None
    other = make_draft(old, changes, 3)
    here = {line.strip() for line in draft.old}
    if all(line.strip() in here for piece in other.pieces for line in piece.old_side()):
        return None
    _headed(rng, other)
    # Hunks that happen to fit are one thing; this kind wants at least one that cannot.
    return join(draft.old, "\n", True), render(rng, other)


def contradictory(rng: Random, draft: Draft) -> Made:
    """Change the same lines in two ways."""
    piece = rng.choice(draft.pieces)
    changed = [at for at, (sign, _) in enumerate(piece.lines) if sign in "+-"]
    other = [(sign, text) for sign, text in piece.lines if sign != "+"]
    at = min(changed[0], len(other))
    while at < len(other) and other[at][0] == "-":
        at += 1
    other.insert(at, ("+", f'say("the other way {rng.randint(1, 99)}")'))
    draft.pieces.insert(
        rng.randint(0, len(draft.pieces)), Piece(piece.start, other, piece.new_start)
    )
    _headed(rng, draft)
    return join(draft.old, "\n", True), render(rng, draft)


def already_applied(rng: Random, draft: Draft) -> Made:
    """Give the diff to the text that it leads to."""
    text = join(draft.new, "\n", True)
    for piece in draft.pieces:
        size = len(piece.old_side())
        new = draft.new
        if not piece.old_side() or any(
            new[at : at + size] == piece.old_side() for at in range(len(new) - size + 1)
        ):
            return None
    _headed(rng, draft)
    return text, render(rng, draft)


def ambiguous(rng: Random, draft: Draft) -> Made:
    """Change one of two equal blocks without saying which."""
    size = rng.randint(6, 12)
    if len(draft.old) < size:
        return None
    start = rng.randrange(len(draft.old) - size + 1)
    block = draft.old[start : start + size]
    if sum(1 for line in block if line.strip()) < 4:
        return None
    gap = [f"between_{n} = {n}" for n in range(rng.randint(1, 30))]
    old = draft.old[: start + size] + gap + block + draft.old[start + size :]
    at = rng.randint(2, size - 3)
    lines = [(" ", line) for line in block]
    way = rng.random()
    if way < 0.4:
        lines[at : at + 1] = [("-", block[at]), ("+", 'say("ambiguous")')]
    elif way < 0.7:
        lines.insert(at, ("+", 'say("ambiguous")'))
    else:
        lines[at] = ("-", block[at])
    cut = rng.randint(0, at - 1)
    lines = lines[cut:]
    first = start + cut if rng.random() < 0.5 else start + size + len(gap) + cut
    piece = Piece(first, lines, first)
    piece.heading = rng.choice(
        [
            "@@",
            "@@ ... @@",
            "@@ @@",
            f"@@ -{first + rng.choice([3, 5, -2, 40]) + 200},9 +{first + 3},9 @@",
        ]
    )
    made = Draft(old, old, [], [piece])
    return join(old, "\n", True), render(rng, made)


def two_files(rng: Random, draft: Draft) -> Made:
    """Change a second file as well."""
    answer = render(rng, draft)
    more = '--- a/other.based\n+++ b/other.based\n@@ -1,2 +1,2 @@\n-say("a")\n+say("b")\n loop:\n'
    return join(
        draft.old, "\n", True
    ), f"--- a/agent.based\n+++ b/agent.based\n{answer.rstrip()}\n{more}"


def nothing_changed(rng: Random, draft: Draft) -> Made:
    """Remove and add the same lines."""
    piece = draft.pieces[0]
    old = piece.old_side()
    if not old:
        return None
    piece.lines = [("-", text) for text in old] + [("+", text) for text in old]
    draft.pieces = [piece]
    return join(draft.old, "\n", True), render(rng, draft)


def placeholder(rng: Random, draft: Draft) -> Made:
    """Leave a placeholder where code was."""
    piece = draft.pieces[0]
    at = next((n for n, (sign, _) in enumerate(piece.lines) if sign == "+"), None)
    if at is None:
        return None
    piece.lines[at] = (
        "+",
        rng.choice(
            [
                "    # ... rest of the code ...",
                "...",
                "    # ... existing code ...",
                "# rest of the program unchanged",
            ]
        ),
    )
    return join(draft.old, "\n", True), render(rng, draft)


def unplaced_insertion(rng: Random, draft: Draft) -> Made:
    """Add lines without saying where."""
    draft.pieces = [Piece(0, [("+", 'say("somewhere")'), ("+", "x = 1")])]
    draft.pieces[0].heading = rng.choice(
        ["@@ ... @@", "@@", f"@@ -{len(draft.old) // 2},0 +{len(draft.old) // 2 + 1},2 @@"]
    )
    if len(draft.old) < 4:
        return None
    return join(draft.old, "\n", True), render(rng, draft)


KINDS: dict[str, Callable[[Random, Draft], Made]] = {
    "absent removed line": absent_removed,
    "absent context": absent_context,
    "diff for another file": other_file,
    "contradictory hunks": contradictory,
    "already applied": already_applied,
    "ambiguous place": ambiguous,
    "two files": two_files,
    "nothing changed": nothing_changed,
    "placeholder": placeholder,
    "unplaced insertion": unplaced_insertion,
}
