"""The last level: a hunk's old lines in the file's order, with few lines that only one of them has.

Lines of the file that the model left out are kept. A removed line must be there. An unchanged line that the file lacks was
meant to be added if it touches an added one; one that differs by a slip is the file's. What is found is the cheapest
explanation, and every other text that is about as cheap speaks against it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from babble_app.diffs.indentation import Shift, shift_between
from babble_app.diffs.likeness import nearly_same, same_but_for_space
from babble_app.diffs.matching import folded, stripped
from babble_app.diffs.readings import Body, Item, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.diffs.matching import Index

MAX_COST = 3.0
MIN_MATCHED = 0.6
"""Share of a hunk's non-blank old lines that must stand in the file."""
MARGIN = 0.75
"""How much dearer any other text must be."""
MAX_SKIPPED = 2
SKIPPED, SKIPPED_BLANK = 1.0, 0.5
LOST_PLUS, LOST_PLUS_AFTER_REMOVED = 1.5, 2.0
SLIP, SPACING, NEEDLESS, SHIFTED = 1.0, 0.5, 1.0, 0.5
MAX_ITEMS = 400
RARE = 8
"""A line that occurs no more often than this tells where to look."""
MAX_WINDOWS = 64
MAX_STEPS = 60_000
"""States that are looked at for one hunk; about 200 ms."""


class Step(NamedTuple):
    """A line of the hunk as it would stand in the file, and all before it."""

    before: Step | None
    kind: Kind
    text: str


class State(NamedTuple):
    """How far an alignment has come."""

    at: int
    """The file's next line."""
    skipped: int
    last: Kind
    gap_skipped: bool
    """Whether lines of the file were skipped since the last line that stands in both."""
    gap_added: bool
    """Whether context was taken for an addition since then."""
    pending: bool
    """Whether context was taken for an addition that touches none yet."""
    anchored: bool


class Way(NamedTuple):
    """One alignment so far."""

    cost: float
    start: int
    matched: int
    path: Step | None


@dataclass(frozen=True)
class Alignment:
    """A hunk laid over the file's lines from `start` (from 0) on."""

    start: int
    cost: float
    body: Body
    """Its context and removed lines are the file's."""


@dataclass
class _Search:
    """The alignments of one hunk in one window, at one shift."""

    index: Index
    items: tuple[Item, ...]
    shift: Shift
    steps: int = 0
    ways: dict[State, list[Way]] = field(default_factory=dict[State, "list[Way]"])

    def run(self, first: int) -> list[tuple[State, Way]]:
        """Return the complete alignments that begin near a line."""
        lines = self.index.lines
        starts = range(max(0, first - MAX_SKIPPED), min(len(lines), first + MAX_SKIPPED + 1))
        base = SHIFTED if self.shift != Shift() else 0.0
        self.ways = {
            State(at, 0, "context", False, False, False, False): [Way(base, at, 0, None)]
            for at in starts
        }
        for number, item in enumerate(self.items):
            before, self.ways = self.ways, {}
            for state, ways in before.items():
                for way in ways:
                    self._take(number, item, state, way)
        return [(state, way) for state, ways in self.ways.items() for way in ways]

    def _take(self, number: int, item: Item, state: State, way: Way) -> None:
        self.steps += 1
        for here, after in self._skips(number, item, state, way):
            match item.kind:
                case "added":
                    text = self.shift.apply(item.texts[0])
                    if text is not None:
                        self._go(
                            here._replace(last="added", pending=False), after, 0.0, "added", text
                        )
                case "removed":
                    if not here.pending and self._stands(item, here.at):
                        self._anchor(here, after, "removed", 0.0, 1)
                case "context":
                    self._take_context(number, item, here, after)

    def _take_context(self, number: int, item: Item, state: State, way: Way) -> None:
        if not state.pending:
            if self._stands(item, state.at):
                self._anchor(state, way, "context", 0.0, 1)
            elif (cost := self._slip(item, state.at)) is not None:
                self._anchor(state, way, "context", cost, 0)
            if self._needless(number, item):
                self._go(state, way, NEEDLESS, None, "")
        self._take_as_added(number, item, state, way)

    def _take_as_added(self, number: int, item: Item, state: State, way: Way) -> None:
        """Take context for an addition that lost its sign; not where the file has another line in that place."""
        blank = not item.texts[0].strip()
        follows = not state.pending and (
            state.last == "added" or (state.last == "removed" and not blank)
        )
        leads = number + 1 < len(self.items) and self.items[number + 1].kind != "removed"
        if state.gap_skipped or not state.anchored or not (follows or leads):
            return
        if self._repeats(number, item):
            return
        texts = {text for one in item.texts if (text := self.shift.apply(one)) is not None}
        fitting = {text for text in texts if self.index.style.fits(text)} or texts
        cost = LOST_PLUS_AFTER_REMOVED if state.last == "removed" else LOST_PLUS
        after = state._replace(last="added", gap_added=True, pending=not follows)
        for text in sorted(fitting):
            self._go(after, way, cost, "added", text)

    def _skips(
        self, number: int, item: Item, state: State, way: Way
    ) -> Iterator[tuple[State, Way]]:
        yield state, way
        if not number or state.gap_added or state.pending or not _may_part(state.last, item.kind):
            return
        while state.skipped < MAX_SKIPPED and state.at < len(self.index.lines):
            line = self.index.lines[state.at]
            blank = not line.strip() or line.lstrip().startswith("#")
            cost = way.cost + (SKIPPED_BLANK if blank else SKIPPED)
            if cost > MAX_COST:
                return
            way = way._replace(cost=cost, path=Step(way.path, "context", line))
            state = state._replace(at=state.at + 1, skipped=state.skipped + 1, gap_skipped=True)
            yield state, way

    def _anchor(self, state: State, way: Way, kind: Kind, cost: float, matched: int) -> None:
        line = self.index.lines[state.at]
        matched = matched if line.strip() else 0
        after = State(state.at + 1, state.skipped, kind, False, False, False, True)
        self._go(after, way._replace(matched=way.matched + matched), cost, kind, line)

    def _go(self, state: State, way: Way, cost: float, kind: Kind | None, text: str) -> None:
        if way.cost + cost > MAX_COST:
            return
        path = Step(way.path, kind, text) if kind else way.path
        kept = self.ways.setdefault(state, [])
        kept.append(way._replace(cost=way.cost + cost, path=path))
        if len(kept) > _KEPT:
            kept.sort(key=lambda one: one.cost)
            del kept[_KEPT:]

    def _stands(self, item: Item, at: int) -> bool:
        return at < len(self.index.lines) and any(
            self.index.folds[at] == folded(text)
            for one in item.texts
            if (text := self.shift.apply(one)) is not None
        )

    def _slip(self, item: Item, at: int) -> float | None:
        """Return what it costs to take the line for a slightly miscopied one; None if it is another line."""
        if at >= len(self.index.lines):
            return None
        theirs = self.index.folds[at]
        mine = [folded(text) for one in item.texts if (text := self.shift.apply(one)) is not None]
        if any(same_but_for_space(one, theirs) for one in mine):
            return SPACING
        return SLIP if any(nearly_same(one, theirs) for one in mine) else None

    def _needless(self, number: int, item: Item) -> bool:
        """Whether the line may be left out: an empty one that touches no addition, or one that was written twice."""
        around = self.items[max(0, number - 1) : number + 2]
        if not item.texts[0].strip():
            return not any(one.kind == "added" for one in around)
        return self._repeats(number, item) and self.items[number - 1].kind != "added"

    def _repeats(self, number: int, item: Item) -> bool:
        """Whether the hunk's line before it that is not added, or the next one, is the same."""
        before = (
            next((one for one in self.items[number - 1 :: -1] if one.kind != "added"), None)
            if number
            else None
        )
        return bool(
            before
            and before.kind == "context"
            and set(before.texts) & set(item.texts)
            and item.texts[0].strip()
        )


_KEPT = 3
"""Alignments that are followed from the same state."""


def _may_part(last: Kind, kind: Kind) -> bool:
    """Whether a skipped line may stand between two lines of a hunk: what replaces a line stays beside it."""
    if kind == "added":
        return last == "context"
    return not (kind == "removed" and last == "added")


def align(index: Index, items: tuple[Item, ...]) -> list[Alignment]:
    """Return the cheapest alignment; several if texts that differ are about as cheap; none if nothing fits."""
    old = [item for item in items if item.kind != "added" and item.texts[0].strip()]
    if not old or len(items) > MAX_ITEMS:
        return []
    found: list[Alignment] = []
    steps = 0
    for first, shift in _windows(index, items):
        search = _Search(index, items, shift)
        for state, way in search.run(first):
            if state.gap_added or state.pending or way.matched < MIN_MATCHED * len(old):
                continue
            found.append(Alignment(way.start, way.cost, _body(way.path)))
        steps += search.steps
        if steps > MAX_STEPS:
            return []
    return _cheapest(index, found)


def _windows(index: Index, items: tuple[Item, ...]) -> list[tuple[int, Shift]]:
    """Return where the hunk may begin, and at which shift, by the lines that are rare in the file."""
    places = index.stripped_places()
    found: dict[tuple[int, Shift], None] = {}
    before = 0
    for item in items:
        if item.kind == "added":
            continue
        where = places.get(stripped(item.texts[0]), []) if item.texts[0].strip() else []
        for at in where if len(where) <= RARE else []:
            for text in item.texts:
                shift = shift_between([folded(text)], [index.folds[at]])
                if shift:
                    found[at - before, shift] = None
        before += 1
    return list(found)[:MAX_WINDOWS] if len(found) <= MAX_WINDOWS else []


def _body(path: Step | None) -> Body:
    lines: list[tuple[Kind, str]] = []
    while path:
        lines.append((path.kind, path.text))
        path = path.before
    return tuple(reversed(lines))


def _cheapest(index: Index, found: list[Alignment]) -> list[Alignment]:
    """Return one alignment for each text that comes out, as far as they cost about the same as the cheapest."""
    found = [
        one
        for one in found
        if all(index.style.fits(text) for kind, text in one.body if kind == "added")
    ] or found
    if not found:
        return []
    found.sort(key=lambda one: one.cost)
    near = [one for one in found if one.cost <= found[0].cost + MARGIN]
    distinct: list[Alignment] = []
    for one in near:
        if not any(_same_text(index.lines, one, other) for other in distinct):
            distinct.append(one)
    return distinct


def _same_text(lines: list[str], one: Alignment, other: Alignment) -> bool:
    start = min(one.start, other.start)
    end = max(_end(one), _end(other))
    return _text(lines, one, start, end) == _text(lines, other, start, end)


def _end(one: Alignment) -> int:
    return one.start + sum(kind != "added" for kind, _ in one.body)


def _text(lines: list[str], one: Alignment, start: int, end: int) -> list[str]:
    new = [text for kind, text in one.body if kind != "removed"]
    return [*lines[start : one.start], *new, *lines[_end(one) : end]]
