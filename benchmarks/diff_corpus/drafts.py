"""A diff while it is being written, with everything about it that a model may get wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.diff_corpus.edits import Change, changed


@dataclass
class Piece:
    """One hunk: where it stands and its lines as (sign, text)."""

    start: int
    """The old text's first line that it covers, from 0."""
    lines: list[tuple[str, str]]
    new_start: int = 0
    stated: int | None = None
    """The line number that its heading claims; the right one when None."""
    counts: tuple[int, int] | None = None
    heading: str | None = None
    """Replaces the whole heading."""
    bare: set[int] = field(default_factory=set[int])
    """Which of its lines are written without their sign."""

    def old_side(self) -> list[str]:
        """Return the lines that it expects in the file."""
        return [text for sign, text in self.lines if sign != "+"]

    def head(self) -> str:
        """Return its heading."""
        if self.heading is not None:
            return self.heading
        old = sum(sign != "+" for sign, _ in self.lines)
        new = sum(sign != "-" for sign, _ in self.lines)
        counts = self.counts or (old, new)
        first = self.stated if self.stated is not None else (self.start + 1 if old else self.start)
        return (
            f"@@ -{first},{counts[0]} +{max(0, first + self.new_start - self.start)},{counts[1]} @@"
        )


@dataclass
class Draft:
    """A case: the text, what it shall become, and the answer that says so."""

    old: list[str]
    new: list[str]
    changes: list[Change]
    pieces: list[Piece]
    right_numbers: bool = True
    """Whether each hunk's stated line is where it belongs."""
    loose: bool = False
    """Whether old lines are written otherwise than the file has them."""
    open: bool = False
    """Whether refusing is as good as the right text."""
    wrap: list[str] = field(default_factory=list[str])
    """What is done to the whole answer, in order."""
    file_newline: str = "\n"
    answer_newline: str = "\n"
    final_newline: bool = True
    new_final_newline: bool = True


def make_draft(old: list[str], changes: list[Change], context: int) -> Draft:
    """Return the faultless diff."""
    pieces: list[Piece] = []
    grown = 0
    groups: list[list[Change]] = []
    for change in changes:
        if groups and change.start - groups[-1][-1].end <= 2 * context:
            groups[-1].append(change)
        else:
            groups.append([change])
    for group in groups:
        start = max(0, group[0].start - context)
        at, lines = start, list[tuple[str, str]]()
        for change in group:
            lines += [(" ", text) for text in old[at : change.start]]
            lines += [("-", text) for text in old[change.start : change.end]]
            lines += [("+", text) for text in change.lines]
            at = change.end
        lines += [(" ", text) for text in old[at : at + context]]
        pieces.append(Piece(start, lines, new_start=start + grown))
        grown += sum(len(change.lines) - change.end + change.start for change in group)
    return Draft(list(old), changed(old, changes), changes, pieces)


def join(lines: list[str], newline: str, final: bool) -> str:
    """Return lines as a text."""
    return newline.join(lines) + (newline if final and lines else "")
