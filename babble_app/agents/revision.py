"""The ladder of a change: hunks, failed hunks only, SEARCH/REPLACE blocks, the whole program. No model, no events."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from babble_app.agents.fences import FenceSplitter, fence
from babble_app.agents.findings import blocking, diff_findings, render_findings
from babble_app.agents.prompt_texts import render
from babble_app.agents.telling import NEEDLESS, tell_failures, tell_wish
from babble_app.based.checker import check
from babble_app.diffs.apply import apply_hunks
from babble_app.diffs.errors import DiffError
from babble_app.diffs.guard import find_laziness
from babble_app.diffs.intake import read_hunks

if TYPE_CHECKING:
    from babble_app.diffs.hunks import Hunk
    from babble_app.schemas.findings import Finding

CUT_OFF = (
    "The answer was cut off because it was too long. Write no explanations, and smaller hunks."
)
NOTHING_SAID = "The answer was empty, or held thoughts only."

Rung = Literal["hunks", "blocks", "whole"]
LADDER: tuple[Rung, ...] = ("hunks", "hunks", "hunks", "blocks", "whole")
"""What is asked for in each round."""
_RUNGS: tuple[Rung, ...] = ("hunks", "blocks", "whole")

_ASKS_FOR_LESS = re.compile(
    r"\b(?:remove|delete|drop|cut|shorten|shorter|simplif|simpler|strip|reduce|less|only|without|get rid|no longer|instead|"
    r"rewrite|start over|entfern|lösch|kürz|vereinfach|weniger|ohne|quita|elimina|borra|acorta|simplifica|sin|supprim|enlev|"
    r"retir|raccourci|sans|rimuov|togli|senza|remov|apag|sem)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Outcome:
    """What became of one answer."""

    program: str | None
    """The changed program, if it is valid."""
    findings: tuple[Finding, ...]
    """What was wrong; warnings when the program is valid."""
    blocking: tuple[Finding, ...] = ()
    """What of it must be mended."""


class Revision:
    """The changes to one program over several rounds; what fits is kept while the rest is asked for again."""

    def __init__(self, program: str, request: str) -> None:
        """Begin with the program as it is saved."""
        self.original = program
        self.draft = program
        """The program that hunks are applied to: the saved one, or a changed one that has errors."""
        self._shown = program
        self.rung: Rung = "hunks"
        self._may_shrink = bool(_ASKS_FOR_LESS.search(request))
        self._good: tuple[Hunk, ...] = ()
        self._missing: tuple[int, ...] = ()
        self._needless = False
        self._error: DiffError | None = None
        self._findings: tuple[Finding, ...] = ()
        self._last_answer: str | None = None
        self._repeated = False

    def take(self, answer: str, *, cut_off: bool = False) -> Outcome:
        """Apply an answer of the model and check the result; one that was cut off is not applied in part."""
        self._repeated, self._last_answer = answer == self._last_answer, answer
        try:
            if cut_off:
                raise DiffError("D_TOO_LARGE", CUT_OFF)
            if not answer.strip():
                raise DiffError("D_EMPTY_HUNK", NOTHING_SAID)
            changed = self._changed(answer)
            self._require_change(changed)
        except DiffError as error:
            return self._refused(error)
        findings = check(changed).findings
        faults = tuple(blocking(findings, before=self._before))
        if faults:
            self.draft, self._good, self._missing, self._needless = changed, (), (), False
            self._error, self._findings = None, faults
            return Outcome(None, findings, faults)
        return Outcome(changed, findings)

    @cached_property
    def _before(self) -> tuple[Finding, ...]:
        """What was wrong with the saved program."""
        return check(self.original).findings

    def next_prompts(self, number: int, of: int) -> list[str]:
        """Say what was wrong and what round `number` shall bring, after the program where it is not as shown before."""
        at_least = LADDER[min(number, len(LADDER)) - 1]
        rung = max(_RUNGS.index(self.rung) + self._repeated, _RUNGS.index(at_least))
        self.rung = _RUNGS[min(rung, len(_RUNGS) - 1)]
        if self.rung != "hunks":
            self._good, self._missing, self._needless = (), (), False
            self.draft = self.original
        prompt = self._prompt(number, of)
        if self.draft == self._shown:
            return [prompt]
        self._shown = self.draft
        return [program_message(self.draft), prompt]

    def _prompt(self, number: int, of: int) -> str:
        if self.rung == "hunks" and self._error:
            told, wish = tell_failures(self._error), tell_wish(self._error)
            return render("hunks_failed", round=number, of=of, failures=told, wish=wish)
        findings = render_findings(self._findings)
        if self.rung == "hunks":
            return render("diff_invalid", round=number, of=of, findings=findings)
        name = "search_replace" if self.rung == "blocks" else "whole_file"
        failures = f"The program with your changes was not valid:\n{findings}"
        if self._error:
            failures = tell_failures(self._error, keeps=False)
        return render(name, round=number, of=of, failures=failures)

    def _changed(self, answer: str) -> str:
        """Return the changed text.

        Raises:
            DiffError: the answer cannot be applied.
        """
        whole = _whole_program(answer)
        if whole:
            return whole
        try:
            hunks = read_hunks(answer)
        except DiffError:
            if self._needless:
                return self._apply(self._good)
            raise
        return self._apply((*self._good, *self._renumbered(self._without_kept(hunks))))

    def _without_kept(self, hunks: tuple[Hunk, ...]) -> tuple[Hunk, ...]:
        """Leave out what is kept already, when more came than was asked for."""
        if len(hunks) <= len(self._missing):
            return hunks
        kept = {_change(hunk) for hunk in self._good}
        return tuple(hunk for hunk in hunks if _change(hunk) not in kept)

    def _renumbered(self, hunks: tuple[Hunk, ...]) -> tuple[Hunk, ...]:
        """Give new hunks the numbers of those that they replace; more of them are numbered on."""
        last = len(self._good) + len(self._missing)
        numbers = [*self._missing, *range(last + 1, last + 1 + len(hunks))]
        return tuple(hunk.numbered(number) for hunk, number in zip(hunks, numbers, strict=False))

    def _apply(self, hunks: tuple[Hunk, ...]) -> str:
        return apply_hunks(self.draft, hunks, may_shrink=self._may_shrink).text

    def _require_change(self, changed: str) -> None:
        """Hold the result against the saved program, whatever the way to it."""
        if changed.strip() == self.original.strip():
            raise DiffError("D_NOOP", "The program is the same as before.")
        laziness = find_laziness(
            self.original.split("\n"), changed.split("\n"), may_shrink=self._may_shrink
        )
        if laziness:
            raise DiffError("D_LAZY", laziness)

    def _refused(self, error: DiffError) -> Outcome:
        # Of hunks that overlap none can be kept: one of both is to take their places.
        apart = all(failure.code != "D_OVERLAP" for failure in error.failures)
        self._good = error.good if apart else ()
        self._missing = tuple(failure.number for failure in error.failures) if apart else ()
        self._needless = bool(error.good) and all(
            failure.code in NEEDLESS for failure in error.failures
        )
        self._error = error
        findings = diff_findings(error)
        return Outcome(None, findings, findings)


def program_message(program: str, *, edited_by_hand: bool = False) -> str:
    """Return the message that shows a model the program."""
    shown = f"The program now:\n\n{fence(program)}"
    return f"{shown}\n\n{render('edited_by_hand')}" if edited_by_hand else shown


def _whole_program(answer: str) -> str:
    """Return the fenced program of an answer that holds no diff; nothing if it is no whole program."""
    splitter = FenceSplitter()
    splitter.feed(answer)
    splitter.finish()
    lines = splitter.code.split("\n")
    marked = any(line.startswith(("@@", "<<<<<", "+", "-", "***")) for line in lines)
    return "" if marked or "talk(" not in splitter.code else splitter.code


def _change(hunk: Hunk) -> tuple[tuple[str, str], ...]:
    return tuple(line for line in hunk.readings[0] if line[0] != "context")
