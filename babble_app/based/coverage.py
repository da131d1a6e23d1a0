"""What tests have run of a program, and skeletons of tests for every way through its conditions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from babble_app.based.outline import outline
from babble_app.schemas.agent_tests import Assertion, Coverage, CoveredCondition, TestSpec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from babble_app.based.nodes import Program
    from babble_app.based.outline import ExitOutline
    from babble_app.schemas.agent_tests import TestResult

MAX_SKELETONS = 50
_NAME_CHARS = 110


def cover(program: Program, hits: Mapping[int, int], lines: Set[int]) -> Coverage:
    """Return what was hit of the program's conditions and of the lines of their handlers.

    Args:
        program: The program that was run.
        hits: How often the condition in a line fired.
        lines: Lines of statements that ran.
    """
    exits = outline(program).exits
    conditions = tuple(_covered(one, hits.get(one.line, 0), lines) for one in exits)
    handlers = frozenset[int]().union(*(one.lines for one in exits))
    return Coverage(
        conditions=conditions,
        conditions_hit=sum(one.hits > 0 for one in conditions),
        lines=len(handlers),
        lines_hit=len(handlers & lines),
        untested=tuple(one for one in conditions if not one.hits),
        tests=0,
    )


def cover_results(program: Program, results: Sequence[TestResult]) -> Coverage:
    """Return what tests have run of the program, from their results on it."""
    hits: Counter[int] = Counter()
    for result in results:
        hits.update(result.conditions)
    lines = {line for result in results for line in result.lines}
    return cover(program, hits, lines).model_copy(update={"tests": len(results)})


def _covered(one: ExitOutline, hits: int, lines: Set[int]) -> CoveredCondition:
    return CoveredCondition(
        line=one.line,
        slug=one.slug,
        text=one.text,
        hits=hits,
        lines=len(one.lines),
        lines_hit=len(one.lines & lines),
        missed=tuple(sorted(one.lines - lines)),
    )


def make_skeletons(program: Program) -> list[tuple[str, TestSpec]]:
    """Return tests with a persona, by their names: one for each exit, at most 50.

    An exit of an outer conversation is a path of its own; a nested one is a pair with the exit whose handler it stands in,
    and its goal names all exits on the way there. Outer ones come first, so that a large program is covered in its breadth.
    """
    exits = sorted(outline(program).exits, key=lambda one: (len(one.parents), one.line))
    return [_skeleton(one) for one in exits[:MAX_SKELETONS]]


def _skeleton(one: ExitOutline) -> tuple[str, TestSpec]:
    path = (*one.parents, one)
    fixed = [step.text for step in path if step.literal]
    found: list[Assertion] = [Assertion(kind="reaches", value=fixed)] if fixed else []
    if not one.literal:
        outcome = f"At some point this was the case: {one.text}"
        found.append(Assertion(kind="outcome", value=outcome))
    name = " → ".join(_shortened(step.text, len(path[-2:])) for step in path[-2:])
    return name, TestSpec(goal=_goal(path), assertions=tuple(found))


def _goal(path: tuple[ExitOutline, ...]) -> str:
    first, *others = (f"“{step.text}”" for step in path)
    goal = f"Talk so that this becomes the case: {first}."
    if others:
        first_of_all = f"Talk so that first this becomes the case: {first}."
        goal = " ".join([first_of_all, *(f"Then this: {text}." for text in others)])
    wanted = [name for step in path for name in step.parameters]
    return f"{goal} When you are asked, give: {', '.join(wanted)}." if wanted else goal


def _shortened(text: str, parts: int) -> str:
    plain = " ".join(text.split())
    most = _NAME_CHARS // parts
    return plain if len(plain) <= most else f"{plain[: most - 1].rstrip()}…"
