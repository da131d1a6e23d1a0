"""What `test` prints, and the same as JUnit XML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.schemas.agent_tests import TestReport, TestResult

_MARKS = {"passed": "pass ", "failed": "FAIL ", "stale": "stale", "error": "ERROR"}
_INDENT = " " * 9


@dataclass(frozen=True, slots=True)
class Outcome:
    """A program, its tests' results, and the names of the tests that were not run."""

    name: str
    text: str
    report: TestReport
    skipped: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every test that was run passed."""
        return self.report.badge.passed == self.report.badge.total


def lines(outcome: Outcome, *, coverage: bool) -> Iterator[str]:
    """Yield the report's lines."""
    yield outcome.name
    for result in outcome.report.results:
        yield from _result_lines(result)
    for name in outcome.skipped:
        yield f"  skip   {name} (asks a model; run it with --live MODEL)"
    if coverage:
        yield from _coverage_lines(outcome)
    yield outcome.report.summary


def _result_lines(result: TestResult) -> Iterator[str]:
    tries = f" ({result.passed}/{result.runs} tries)" if result.kind != "replay" else ""
    yield f"  {_MARKS[result.status]}  {result.name}{tries}"
    for text in (*result.problems, *(f"note: {note}" for note in result.notes)):
        yield _INDENT + text.replace("\n", "\n" + _INDENT)
    signs = {"changed": "!", "removed": "-", "added": "+"}
    for row in result.comparison if result.status == "failed" else ():
        if row.mark != "same":
            yield f"{_INDENT}{signs[row.mark]} {row.recorded or '(nothing)'}  |  {row.now or '(nothing)'}"


def _coverage_lines(outcome: Outcome) -> Iterator[str]:
    from babble_app.based.coverage import cover_results
    from babble_app.based.parser import parse

    found = cover_results(parse(outcome.text), outcome.report.results)
    yield (
        f"coverage: {found.conditions_hit} of {len(found.conditions)} conditions, "
        f"{found.lines_hit} of {found.lines} lines of handlers"
    )
    for one in found.untested:
        yield f"  never taken: line {one.line}: {one.text}"
    for one in found.conditions:
        if one.hits and one.missed:
            listed = ", ".join(map(str, one.missed))
            yield f"  never run in line {one.line} ({one.text}): {listed}"


def junit(outcome: Outcome) -> str:
    """Return the results as JUnit XML."""
    results = outcome.report.results
    suite = ElementTree.Element(
        "testsuite",
        name=outcome.name,
        tests=str(len(results) + len(outcome.skipped)),
        failures=str(sum(one.status in {"failed", "stale"} for one in results)),
        errors=str(sum(one.status == "error" for one in results)),
        skipped=str(len(outcome.skipped)),
    )
    for result in results:
        case = ElementTree.SubElement(suite, "testcase", classname=outcome.name, name=result.name)
        if result.status != "passed":
            kind = "error" if result.status == "error" else "failure"
            what = ElementTree.SubElement(case, kind, type=result.status)
            what.text = _printable("\n".join(result.problems))
    for name in outcome.skipped:
        case = ElementTree.SubElement(suite, "testcase", classname=outcome.name, name=name)
        ElementTree.SubElement(case, "skipped")
    return ElementTree.tostring(suite, encoding="unicode")


def _printable(text: str) -> str:
    """Return the text without what no XML can hold."""
    return "".join(char if char >= " " or char in "\n\t" else "\ufffd" for char in text)
