"""Cases: a text, an answer, and the text that must come out; or that nothing may come out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from benchmarks.diff_corpus import commits, impossible
from benchmarks.diff_corpus.defects import CORE, MORE
from benchmarks.diff_corpus.drafts import Draft, Piece, join, make_draft
from benchmarks.diff_corpus.edits import Change, make_changes
from benchmarks.diff_corpus.programs import make_program
from benchmarks.diff_corpus.render import blocks, render

ORDER = [
    "drifted file", "drifted inside", "less context", "dropped context", "elided", "doubled context", "missing +",
    "reordered hunks", "wrong start lines", "wrong counts", "bare headings", "worded headings", "heading with scope",
    "outdented", "indented", "tabs for spaces", "spaced signs", "typo in context", "typographic", "HTML escaped",
    "numbered lines", "trailing spaces", "bare blank lines", "unprefixed context", "some unprefixed", "CRLF file",
    "CRLF answer", "CRLF both", "no final newline", "file headers", "envelope", "fenced", "two fences", "prose", "JSON",
    "whole diff indented",
]  # fmt: skip
"""What changes the hunks comes before what changes their lines, and that before what is put around them."""
EXCLUSIVE = [
    {"fenced", "two fences", "prose", "JSON", "envelope"}, {"CRLF file", "CRLF answer", "CRLF both"},
    {"bare headings", "worded headings", "heading with scope"}, {"file headers", "envelope"},
    {"unprefixed context", "some unprefixed", "numbered lines", "doubled context"},
    {"outdented", "indented", "tabs for spaces", "spaced signs"}, {"whole diff indented", "prose", "JSON"},
    {"HTML escaped", "typo in context", "typographic"}, {"drifted inside", "dropped context", "elided", "numbered lines"},
    {"missing +", "bare blank lines", "some unprefixed"}, {"typo in context", "drifted inside"},
]  # fmt: skip


MANY_PLACES = 12


@dataclass(frozen=True)
class Case:
    """What an engine is asked and held to."""

    text: str
    answer: str
    expected: str | None
    """None where nothing may be applied."""
    kinds: tuple[str, ...]
    open: bool = False
    """Whether refusing is as good as the right text."""


def make_case(rng: Random, source: str) -> Case:
    """Return a case from a made program ("programs", "large" for 1,500 lines and 12 hunks) or a commit ("commits")."""
    if rng.random() < 0.15:
        return _impossible(rng, source)
    while True:
        case = _defective(rng, source)
        if case:
            return case


def _draft(rng: Random, source: str) -> Draft:
    context = rng.choice([3, 3, 3, 3, 2, 1, 5])
    if source == "commits":
        old, changes = commits.pick(rng)
    elif source == "large":
        old, changes = make_program(rng, 1500), []
        while len(changes) < MANY_PLACES:
            changes = make_changes(rng, old, MANY_PLACES + rng.randint(0, 3))
    else:
        size = rng.choice([20, 40, 80, 150, 300, 600, 1500]) + rng.randint(0, 20)
        old = make_program(rng, size)
        changes: list[Change] = []
        while not changes:
            changes = make_changes(rng, old, rng.choice([1, 1, 2, 3, 4, 6, 12]))
    return make_draft(old, changes, context)


def _defective(rng: Random, source: str) -> Case | None:
    draft = _draft(rng, source)
    kinds = _mix(rng)
    for kind in sorted(kinds, key=ORDER.index):
        if not {**CORE, **MORE}[kind](rng, draft):
            return None
    if rng.random() < 0.05 and not set(kinds) & {
        "missing +",
        "JSON",
        "envelope",
        "unprefixed context",
    }:
        kinds = (*kinds, "SEARCH/REPLACE")
        for piece in draft.pieces:
            piece.heading = "block"
        draft.right_numbers, draft.loose = False, True
    return _case(rng, draft, kinds)


def _mix(rng: Random) -> tuple[str, ...]:
    count = rng.choice([0, 1, 1, 1, 1, 2, 2, 3])
    names = list(CORE) * 3 + list(MORE)
    chosen: list[str] = []
    while len(chosen) < count:
        name = rng.choice(names)
        if name not in chosen and not any(
            name in group and group & set(chosen) for group in EXCLUSIVE
        ):
            chosen.append(name)
    return tuple(chosen)


def _case(rng: Random, draft: Draft, kinds: tuple[str, ...]) -> Case | None:
    text = join(draft.old, draft.file_newline, draft.final_newline)
    expected = join(draft.new, draft.file_newline, draft.new_final_newline)
    if text == expected:
        return None
    answer = blocks(draft) if "SEARCH/REPLACE" in kinds else render(rng, draft)
    fits = _judge(draft)
    if fits == "ambiguous":
        return Case(text, answer, None, ("ambiguous place",))
    return Case(text, answer, expected, kinds or ("faultless",), open=draft.open or fits == "open")


def _judge(draft: Draft) -> str:
    """Say whether the answer can be told to mean one place: "one", "open" or "ambiguous"."""
    numbered = draft.right_numbers or not any(
        piece.heading and not piece.heading.startswith("@@ -") for piece in draft.pieces
    )
    right = numbered and all(piece.stated in (None, piece.start + 1) for piece in draft.pieces)
    if right and not draft.loose:
        return "one"
    verdict = "one"
    keys = [fold(line) for line in draft.old]
    for piece in draft.pieces:
        run = [fold(line) for line in piece.old_side()]
        if not any(run):
            return "open"
        if _insertion_unclear(piece, draft):
            verdict = "open"
        exact = _places(draft.old, piece.old_side())
        if len(exact) > 1 and not draft.loose and not right and _differ(draft.old, piece, exact):
            return "ambiguous"
        if draft.loose and exact not in ([], [piece.start]):
            verdict = "open"  # what was left out makes it a faultless diff of another place
        if len(exact) > 1 or _gapped_places(keys, run) > 1:
            verdict = "open"
    return verdict


def fold(line: str) -> str:
    """Return what is compared of a line when one is generous."""
    table = str.maketrans(
        {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "\u00a0": " "}
    )
    return "".join(line.translate(table).split())


def _places(lines: list[str], run: list[str]) -> list[int]:
    return [
        at
        for at in range(len(lines) - len(run) + 1)
        if lines[at] == run[0] and lines[at : at + len(run)] == run
    ]


def _differ(old: list[str], piece: Piece, places: list[int]) -> bool:
    new = [text for sign, text in piece.lines if sign != "-"]
    size = len(piece.old_side())
    return len({tuple(old[:at] + new + old[at + size :]) for at in places}) > 1


def _gapped_places(keys: list[str], run: list[str]) -> int:
    """Count where the run occurs with at most two other lines between."""
    return sum(_fits_from(keys, run, at) for at in range(len(keys)) if keys[at] == run[0])


def _fits_from(keys: list[str], run: list[str], at: int) -> bool:
    skipped = 0
    for key in run:
        while at < len(keys) and keys[at] != key and skipped < 2:
            at, skipped = at + 1, skipped + 1
        if at >= len(keys) or keys[at] != key:
            return False
        at += 1
    return True


def _insertion_unclear(piece: Piece, draft: Draft) -> bool:
    """Whether lines that replace nothing stand beside a line that was left out, or at an edge of such a hunk."""
    gaps = _gaps(piece, draft.old)
    runs = [
        (m.start(), m.end(), m.group())
        for m in re.finditer(r"[^ ]+", "".join(sign for sign, _ in piece.lines))
    ]
    pure = [(start, end) for start, end, signs in runs if not set("-~") & set(signs)]
    at_edge = any(start == 0 or end == len(piece.lines) for start, end in pure)
    return (at_edge and any(gaps.values())) or any(gaps.get(end) for _, end in pure)


def _gaps(piece: Piece, old: list[str]) -> dict[int, int]:
    """Return how many of the file's lines were left out before each old line of a hunk."""
    gaps: dict[int, int] = {}
    at = piece.start
    for number, (sign, text) in enumerate(piece.lines):
        if sign in "+!?":
            continue
        wanted = fold(text)
        gap = next((n for n, line in enumerate(old[at : at + 3]) if fold(line) == wanted), 0)
        gaps[number] = gap
        at += gap + 1
    return gaps


def _impossible(rng: Random, source: str) -> Case:
    while True:
        kind = rng.choice(list(impossible.KINDS))
        made = impossible.KINDS[kind](rng, _draft(rng, source))
        if made:
            return Case(made[0], made[1], None, (kind,))
