"""Lays a hunk's lines over the file's, step by step, keeping every way that is cheap enough."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from babble_app.diffs.alignment_lines import Line, needless
from babble_app.diffs.indentation import Change, Shift
from babble_app.diffs.likeness import nearly_same, same_but_for_space

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from babble_app.diffs.matching import Index
    from babble_app.diffs.readings import Kind

MAX_COST = 3.0
MAX_SKIPPED = 2
"""Lines of the file that a hunk may leave out."""
SKIPPED, SKIPPED_BLANK = 1.0, 0.5
LOST_PLUS = 1.5
SLIP, SPACING, NEEDLESS, SHIFTED = 1.0, 0.5, 1.0, 0.5
KEPT = 3
"""Ways that are followed from the same state."""
MAX_STEPS = 60_000
"""Ways that are looked at for one hunk; about 200 ms."""


class Step(NamedTuple):
    """A line of the hunk as it would stand in the file, and all before it."""

    before: Step | None
    kind: Kind
    text: str
    written: str
    """As the model wrote it."""
    odd: Literal["", "skipped", "lost"] = ""
    """Whether only the file has it, or it was written as an unchanged line and taken for an addition."""


class State(NamedTuple):
    """How far an alignment has come."""

    at: int
    """The file's next line."""
    skipped: int = 0
    last: Kind = "context"
    gap_skipped: bool = False
    """Whether lines of the file were skipped since the last line that stands in both."""
    gap_added: bool = False
    """Whether context was taken for an addition since then."""
    pending: bool = False
    """Whether context was taken for an addition that touches none yet."""
    anchored: bool = False


class Way(NamedTuple):
    """One alignment so far."""

    cost: float
    start: int
    matched: int
    """Lines that are not empty and stand in both."""
    path: Step | None


@dataclass
class Search:
    """The alignments of one hunk at one change of indentation."""

    index: Index
    lines: list[Line]
    change: Change
    steps: int = 0
    ways: dict[State, list[Way]] = field(default_factory=dict[State, "list[Way]"])

    def run(self, starts: Iterable[int]) -> list[tuple[State, Way]]:
        """Return the complete alignments that begin at one of these lines; none if there are too many to follow."""
        base = SHIFTED if self.change != Shift() else 0.0
        self.ways = {State(at): [Way(base, at, 0, None)] for at in starts}
        for number, line in enumerate(self.lines):
            before, self.ways = self.ways, {}
            self.index.spend(2 * len(before))
            for state, ways in before.items():
                for way in ways:
                    self._take(line, state, way, first=not number)
            if self.steps > MAX_STEPS:
                return []
        return [(state, way) for state, ways in self.ways.items() for way in ways]

    def _take(self, line: Line, state: State, way: Way, *, first: bool) -> None:
        self.steps += 1
        if line.kind == "context":
            self._take_as_added(line, state, way)
        for here, after in self._skips(line, state, way, first=first):
            if line.kind == "added":
                self._add(line, here._replace(last="added", pending=False), after, 0.0)
            elif not here.pending:
                self._take_old(line, here, after)

    def _take_old(self, line: Line, state: State, way: Way) -> None:
        inside = state.at < len(self.index.lines)
        if inside and self.index.folds[state.at] in line.folds:
            self._anchor(line, state, way, 0.0, matched=not line.blank)
        elif inside and line.kind == "context" and (cost := self._slip(line, state.at)):
            self._anchor(line, state, way, cost, matched=False)
        if line.kind == "context" and needless(line):
            self._go(state, way, NEEDLESS, way.path)

    def _take_as_added(self, line: Line, state: State, way: Way) -> None:
        """Take context for an addition that lost its sign; not where the file has another line in that place."""
        follows = not state.pending and (
            state.last == "added"
            or (state.last == "removed" and not line.blank and not state.skipped)
        )
        if state.gap_skipped or not state.anchored or not (follows or line.leads):
            return
        if line.repeats or line.repeated:
            return
        after = state._replace(last="added", gap_added=True, pending=not follows)
        self._add(line, after, way, LOST_PLUS, odd="lost")

    def _add(
        self, line: Line, after: State, way: Way, cost: float, *, odd: Literal["", "lost"] = ""
    ) -> None:
        texts = line.texts
        if len(texts) > 1:
            texts = tuple(text for text in texts if self.index.style.fits(text)) or texts
        for text in texts:
            self._go(after, way, cost, Step(way.path, "added", text, text, odd))

    def _skips(
        self, line: Line, state: State, way: Way, *, first: bool
    ) -> Iterator[tuple[State, Way]]:
        """Keep up to so many of the file's lines that the hunk leaves out."""
        yield state, way
        if first or state.gap_added or state.pending or state.last not in line.parts_from:
            return
        while state.skipped < MAX_SKIPPED and state.at < len(self.index.lines):
            text = self.index.lines[state.at]
            slight = not text.strip() or text.lstrip().startswith("#")
            cost = way.cost + (SKIPPED_BLANK if slight else SKIPPED)
            if cost > MAX_COST:
                return
            way = way._replace(cost=cost, path=Step(way.path, "context", text, text, "skipped"))
            state = state._replace(at=state.at + 1, skipped=state.skipped + 1, gap_skipped=True)
            yield state, way

    def _anchor(self, line: Line, state: State, way: Way, cost: float, *, matched: bool) -> None:
        after = State(state.at + 1, state.skipped, line.kind, anchored=True)
        step = Step(way.path, line.kind, self.index.lines[state.at], line.written)
        self._go(after, way._replace(matched=way.matched + matched), cost, step)

    def _go(self, state: State, way: Way, cost: float, path: Step | None) -> None:
        if way.cost + cost > MAX_COST:
            return
        kept = self.ways.setdefault(state, [])
        kept.append(way._replace(cost=way.cost + cost, path=path))
        if len(kept) > KEPT:
            kept.sort(key=lambda one: one.cost)
            kept.pop()

    def _slip(self, line: Line, at: int) -> float:
        """Return what it costs to take the line for a slightly miscopied one; 0 if it is another line."""
        theirs = self.index.folds[at]
        if any(same_but_for_space(mine, theirs) for mine in line.folds):
            return SPACING
        return SLIP if any(nearly_same(mine, theirs) for mine in line.folds) else 0.0
