"""The mistakes that models make when they write diffs; each changes a draft and says whether it could."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from benchmarks.diff_corpus.drafts import Draft, Piece

Defect = Callable[[Random, Draft], bool]


def wrong_start(rng: Random, draft: Draft) -> bool:
    """Make the mistake: wrong start lines."""
    style = rng.choice(["each", "each", "one", "constant"])
    constant = rng.choice([-7, -3, -2, -1, 1, 2, 3, 5, 11, 40])
    for piece in draft.pieces:
        off = (
            constant
            if style == "constant"
            else rng.choice([-40, -12, -5, -2, -1, 1, 2, 4, 9, 30, 90])
        )
        piece.stated = 1 if style == "one" else max(1, piece.start + 1 + off)
    draft.right_numbers = False
    return True


def wrong_counts(rng: Random, draft: Draft) -> bool:
    """Make the mistake: wrong counts."""
    for piece in draft.pieces:
        piece.counts = (rng.randint(1, 20), rng.randint(1, 20))
    return True


def bare_heading(rng: Random, draft: Draft) -> bool:
    """Make the mistake: bare headings."""
    heading = rng.choice(["@@", "@@ @@", "@@ ... @@", "@@ ... @@"])
    for piece in draft.pieces:
        piece.heading = heading
    draft.right_numbers = False
    return True


def worded_heading(rng: Random, draft: Draft) -> bool:
    """Make the mistake: worded headings."""
    for piece in draft.pieces:
        above = next(
            (
                draft.old[at]
                for at in range(min(piece.start, len(draft.old) - 1), -1, -1)
                if draft.old[at][:1].strip()
            ),
            "",
        )
        piece.heading = rng.choice(
            [
                "@@ in the greeting @@",
                "@@ def main @@",
                f"@@ {above} @@",
                f"@@ {above}",
                "@@ changed handler",
            ]
        )
    draft.right_numbers = False
    return True


def heading_with_scope(rng: Random, draft: Draft) -> bool:
    """Make the mistake: heading with scope."""
    for piece in draft.pieces:
        piece.heading = (
            piece.head() + " " + rng.choice(["def main():", "class Agent", 'until "x":'])
        )
    return True


def bare_context(_: Random, draft: Draft) -> bool:
    """Make the mistake: unprefixed context."""
    for piece in draft.pieces:
        piece.bare |= {
            at
            for at, (sign, text) in enumerate(piece.lines)
            if sign == " " and not text.startswith(("+", "-", "@", "\\", "<<<<", "```", "***"))
        }
    return True


def some_bare_context(rng: Random, draft: Draft) -> bool:
    """Make the mistake: some unprefixed."""
    for piece in draft.pieces:
        piece.bare |= {
            at
            for at, (sign, text) in enumerate(piece.lines)
            if sign == " "
            and not text.startswith(("+", "-", "@", "\\", "<<<<", "```", "***"))
            and rng.random() < 0.4
        }
    draft.loose = True
    return any(piece.bare for piece in draft.pieces)


def bare_blanks(rng: Random, draft: Draft) -> bool:
    """Make the mistake: bare blank lines."""
    signs = rng.choice([" ", " ", " +"])
    for piece in draft.pieces:
        piece.bare |= {
            at for at, (sign, text) in enumerate(piece.lines) if sign in signs and not text
        }
    if signs != " ":
        draft.loose = draft.open = True
    return any(piece.bare for piece in draft.pieces)


def dropped_context(rng: Random, draft: Draft) -> bool:
    """Make the mistake: dropped context."""
    done = False
    for piece in draft.pieces:
        inner = [
            at
            for at, (sign, _) in enumerate(piece.lines)
            if sign == " " and not _beside_insertion(piece, at)
        ]
        if len(inner) > 2 and rng.random() < 0.7:
            for at in sorted(rng.sample(inner, rng.choice([1, 1, 2])), reverse=True):
                _drop(piece, at)
                done = True
    if done:
        draft.loose = True
    return done


def _beside_insertion(piece: Piece, at: int) -> bool:
    """Whether a line stands next to added lines that replace nothing: without it nobody knows where they go."""
    signs = "".join(sign for sign, _ in piece.lines)
    before = re.search(r"[^ ]*$", signs[:at])
    after = re.match(r"[^ ]*", signs[at + 1 :])
    runs = [run.group() for run in (before, after) if run and run.group()]
    return any("-" not in run for run in runs)


def _drop(piece: Piece, at: int) -> None:
    if at == 0:
        piece.start += 1
        piece.new_start += 1
    del piece.lines[at]
    piece.bare = {one - (one > at) for one in piece.bare if one != at}


def other_context_size(rng: Random, draft: Draft) -> bool:
    """Leave out context at the ends of hunks."""
    for piece in draft.pieces:
        for _ in range(rng.randint(1, 3)):
            if len([1 for sign, _ in piece.lines if sign == " "]) > 1 and piece.lines[0][0] == " ":
                _drop(piece, 0)
            if len([1 for sign, _ in piece.lines if sign == " "]) > 1 and piece.lines[-1][0] == " ":
                _drop(piece, len(piece.lines) - 1)
    return True


def outdented(rng: Random, draft: Draft) -> bool:
    """Make the mistake: outdented."""
    done = False
    for piece in draft.pieces:
        filled = [text for _, text in piece.lines if text.strip()]
        least = min((len(text) - len(text.lstrip()) for text in filled), default=0)
        if least:
            off = rng.choice([least, least, min(least, 4), min(least, 1), min(least, 2)])
            piece.lines = [
                (sign, text[off:] if text.strip() else text) for sign, text in piece.lines
            ]
            done = True
    draft.loose |= done
    return done


def indented(rng: Random, draft: Draft) -> bool:
    """Make the mistake: indented."""
    pad = rng.choice(["    ", "    ", "  ", " ", "        "])
    if any("\t" in text[:1] for _, text in draft.pieces[0].lines):
        pad = "\t"
    draft.open |= pad == " "  # without prefixes this is a faultless diff of other lines
    for piece in draft.pieces:
        piece.lines = [(sign, pad + text if text.strip() else text) for sign, text in piece.lines]
    draft.loose = True
    return True


def missing_plus(rng: Random, draft: Draft) -> bool:
    """Make the mistake: missing +."""
    done = False
    as_context = rng.random() < 0.5
    for piece in draft.pieces:
        added = [at for at, (sign, text) in enumerate(piece.lines) if sign == "+" and text.strip()]
        if len(added) >= 1 and rng.random() < 0.8:
            for at in rng.sample(added, min(len(added), rng.choice([1, 1, 2]))):
                piece.lines[at] = ("!" if as_context else "?", piece.lines[at][1])
                done = True
        if not any(sign in "+-" for sign, _ in piece.lines):
            draft.open = True
        if added and not any(sign == "+" for sign, _ in piece.lines):
            draft.open = True
    if done:
        draft.loose = True
        draft.open |= as_context
    return done


def reordered(rng: Random, draft: Draft) -> bool:
    """Make the mistake: reordered hunks."""
    if len(draft.pieces) < 2:
        return False
    rng.shuffle(draft.pieces)
    return True


def trailing_spaces(rng: Random, draft: Draft) -> bool:
    """Make the mistake: trailing spaces."""
    signs = rng.choice([" ", " -", " -", " -+"])
    share = rng.choice([0.5, 1.0])
    for piece in draft.pieces:
        piece.lines = [
            (
                sign,
                text + rng.choice([" ", "  ", "\t"])
                if sign in signs and rng.random() < share
                else text,
            )
            for sign, text in piece.lines
        ]
    draft.loose = True
    draft.open |= "+" in signs and share < 1
    return True


_TYPOGRAPHIC = {'"': "“”", "'": "‘’", "-": "–—", " ": "\u00a0"}


def typographic(rng: Random, draft: Draft) -> bool:
    """Make the mistake: typographic."""
    signs = rng.choice([" -", " -", " -+"])
    kinds = rng.choice(['"', "\"'", "\"'", "\"'-", " "])
    done = False
    for piece in draft.pieces:
        made: list[tuple[str, str]] = []
        for sign, text in piece.lines:
            curly = text
            if sign in signs:
                indent = len(text) - len(text.lstrip())
                curly = text[:indent] + "".join(
                    rng.choice(_TYPOGRAPHIC[c]) if c in kinds else c for c in text[indent:]
                )
            done |= curly != text
            made.append((sign, curly))
        piece.lines = made
    if "+" in signs:
        draft.open = True
    draft.loose = True
    return done


def drifted(rng: Random, draft: Draft) -> bool:
    """Change the file elsewhere after the diff was made."""
    covered = {
        line
        for piece in draft.pieces
        for line in range(piece.start - 3, piece.start + len(piece.old_side()) + 3)
    }
    free = [at for at in range(len(draft.old)) if at not in covered]
    if not free or draft.new_final_newline != draft.final_newline:
        return False
    for _ in range(rng.randint(1, 4)):
        _drift(rng, draft, rng.choice(free))
        covered = {
            line
            for piece in draft.pieces
            for line in range(piece.start - 3, piece.start + len(piece.old_side()) + 3)
        }
        free = [at for at in range(len(draft.old)) if at not in covered]
        if not free:
            break
    draft.right_numbers = False
    return True


def _drift(rng: Random, draft: Draft, at: int) -> None:
    lines = rng.choice(
        [
            [],
            [f"drifted_{rng.randint(1, 999)} = 1"],
            [""] * 2,
            [f"# drift {n}" for n in range(rng.randint(2, 9))],
            [rng.choice(draft.old)],
        ]
    )
    kept = [draft.old[at]] if rng.random() < 0.6 else []
    offset = sum(
        len(change.lines) - change.end + change.start
        for change in draft.changes
        if change.start <= at
    )
    draft.old[at : at + 1] = kept + lines
    draft.new[at + offset : at + offset + 1] = kept + lines
    grown = len(kept + lines) - 1
    for piece in draft.pieces:
        if piece.start > at:
            if piece.stated is None:
                piece.stated = piece.start + 1
            piece.start += grown
            piece.new_start += grown
    draft.changes = [
        type(change)(
            change.start + grown * (change.start > at),
            change.end + grown * (change.start > at),
            change.lines,
        )
        for change in draft.changes
    ]


def drifted_inside(rng: Random, draft: Draft) -> bool:
    """Put a line into the file amid a hunk's unchanged lines."""
    piece = rng.choice(draft.pieces)
    at, spots = piece.start, list[int]()
    for n, (sign, _) in enumerate(piece.lines):
        if sign == " " and n and piece.lines[n - 1][0] == " ":
            spots.append(at)
        at += sign != "+"
    if not spots or any(one.bare for one in draft.pieces):
        return False
    spot = rng.choice(spots)
    lines = rng.choice([[""], ["# drifted in"], [f"drifted_in = {rng.randint(1, 9)}"]])
    offset = sum(
        len(change.lines) - change.end + change.start
        for change in draft.changes
        if change.start < spot
    )
    draft.old[spot:spot] = lines
    draft.new[spot + offset : spot + offset] = lines
    for other in draft.pieces:
        if other.start >= spot:
            other.stated = other.stated or other.start + 1
            other.start += 1
    draft.changes = [
        type(change)(
            change.start + (change.start >= spot), change.end + (change.start >= spot), change.lines
        )
        for change in draft.changes
    ]
    draft.right_numbers = False
    draft.loose = draft.open = True
    return True


def crlf_file(_: Random, draft: Draft) -> bool:
    """Make the mistake: CRLF file."""
    draft.file_newline = "\r\n"
    return True


def crlf_answer(_: Random, draft: Draft) -> bool:
    """Make the mistake: CRLF answer."""
    draft.answer_newline = "\r\n"
    return True


def crlf_both(_: Random, draft: Draft) -> bool:
    """Make the mistake: CRLF both."""
    draft.file_newline = draft.answer_newline = "\r\n"
    return True


def no_final_newline(_: Random, draft: Draft) -> bool:
    """Make the mistake: no final newline."""
    if len(draft.old) < 2 or not draft.old[-1] or not draft.new or not draft.new[-1]:
        return False
    draft.final_newline = draft.new_final_newline = False
    return True


def wrapped(*ways: str) -> Defect:
    """Make the mistake: wrapped."""

    def defect(rng: Random, draft: Draft) -> bool:
        draft.wrap.append(rng.choice(ways))
        return True

    return defect


def tabs_for_spaces(_: Random, draft: Draft) -> bool:
    """Make the mistake: tabs for spaces."""
    used = {
        text[: len(text) - len(text.lstrip())]
        for piece in draft.pieces
        for _, text in piece.lines
        if text.strip()
    }
    if any("\t" in indent for indent in used):
        if any(" " in indent for indent in used):
            return False
        replace = lambda indent: indent.replace("\t", "    ")  # noqa: E731
    elif any(indent for indent in used) and all(len(indent) % 4 == 0 for indent in used):
        replace = lambda indent: indent.replace("    ", "\t")  # noqa: E731
    else:
        return False
    for piece in draft.pieces:
        if not any(text[:1] in " \t" and text.strip() for text in piece.old_side() if text):
            draft.open = True
        piece.lines = [
            (
                sign,
                replace(text[: len(text) - len(text.lstrip())]) + text.lstrip()
                if text.strip()
                else text,
            )
            for sign, text in piece.lines
        ]
    draft.loose = True
    return True


def elided(rng: Random, draft: Draft) -> bool:
    """Make the mistake: elided."""
    done = False
    for piece in draft.pieces:
        runs = [m.span() for m in re.finditer(" {3,}", "".join(sign for sign, _ in piece.lines))]
        inner = [(a, b) for a, b in runs if a > 0 and b < len(piece.lines)]
        if inner:
            start, end = rng.choice(inner)
            piece.lines[start + 1 : end - 1] = [
                (" ", rng.choice(["...", "    ...", "# ... existing code ..."]))
            ]
            done = True
    draft.loose = draft.open = True
    return done


def doubled_context(rng: Random, draft: Draft) -> bool:
    """Make the mistake: doubled context."""
    piece = rng.choice(draft.pieces)
    context = [at for at, (sign, text) in enumerate(piece.lines) if sign == " " and text.strip()]
    if not context or piece.bare:
        return False
    at = rng.choice(context)
    piece.lines.insert(at, piece.lines[at])
    draft.open = draft.loose = True
    return True


def typo_in_context(rng: Random, draft: Draft) -> bool:
    """Make the mistake: typo in context."""
    piece = rng.choice(draft.pieces)
    context = [
        at for at, (sign, text) in enumerate(piece.lines) if sign == " " and len(text.strip()) > 10
    ]
    if not context:
        return False
    at = rng.choice(context)
    text = piece.lines[at][1]
    letters = [n for n, c in enumerate(text) if c.isalpha()]
    if not letters:
        return False
    n = rng.choice(letters)
    piece.lines[at] = (" ", text[:n] + rng.choice(["", text[n] * 2, "x"]) + text[n + 1 :])
    draft.open = draft.loose = True
    return True


def html_escaped(rng: Random, draft: Draft) -> bool:
    """Make the mistake: HTML escaped."""
    if not any(set("<>&\"'") & set(text) for piece in draft.pieces for _, text in piece.lines):
        return False
    quote = rng.random() < 0.5
    if not any(
        _escaped(text, quote) != text for piece in draft.pieces for text in piece.old_side()
    ):
        return False
    for piece in draft.pieces:
        piece.lines = [(sign, _escaped(text, quote)) for sign, text in piece.lines]
    draft.loose = True
    return True


def _escaped(text: str, quote: bool) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("'", "&#39;") if quote else text


def numbered_context(rng: Random, draft: Draft) -> bool:
    """Make the mistake: numbered lines."""
    style = rng.choice(["{n}: {t}", "{n}| {t}", "{n:>4} | {t}", "{n}\t{t}"])
    for piece in draft.pieces:
        at, made = piece.start + 1, list[tuple[str, str]]()
        for sign, text in piece.lines:
            made.append((sign, style.format(n=at, t=text) if sign in " -" else text))
            at += sign != "+"
        piece.lines = made
    draft.open = draft.loose = True
    return True


def spaced_signs(_: Random, draft: Draft) -> bool:
    """Make the mistake: spaced signs."""
    if not any(
        sign == "-" and text.strip() for piece in draft.pieces for sign, text in piece.lines
    ):
        return False
    for piece in draft.pieces:
        piece.lines = [
            (sign, " " + text if sign in "+-" and text.strip() else text)
            for sign, text in piece.lines
        ]
    draft.open = draft.loose = True
    return True


CORE: dict[str, Defect] = {
    "wrong start lines": wrong_start,
    "wrong counts": wrong_counts,
    "bare headings": bare_heading,
    "worded headings": worded_heading,
    "unprefixed context": bare_context,
    "bare blank lines": bare_blanks,
    "dropped context": dropped_context,
    "outdented": outdented,
    "indented": indented,
    "missing +": missing_plus,
    "reordered hunks": reordered,
    "trailing spaces": trailing_spaces,
    "typographic": typographic,
    "drifted file": drifted,
    "CRLF file": crlf_file,
    "CRLF answer": crlf_answer,
    "CRLF both": crlf_both,
    "fenced": wrapped("fence", "plain fence", "unclosed fence", "tildes"),
    "prose": wrapped("prose", "prose and fence", "bullets and fence", "prose after"),
}
"""What the specification lists."""
MORE: dict[str, Defect] = {
    "heading with scope": heading_with_scope,
    "some unprefixed": some_bare_context,
    "less context": other_context_size,
    "no final newline": no_final_newline,
    "tabs for spaces": tabs_for_spaces,
    "elided": elided,
    "doubled context": doubled_context,
    "typo in context": typo_in_context,
    "HTML escaped": html_escaped,
    "numbered lines": numbered_context,
    "spaced signs": spaced_signs,
    "drifted inside": drifted_inside,
    "file headers": wrapped("names", "git", "index"),
    "envelope": wrapped("envelope"),
    "whole diff indented": wrapped("indent all"),
    "two fences": wrapped("two fences"),
    "JSON": wrapped("json", "json fence"),
}
"""What else was seen in models' answers."""
