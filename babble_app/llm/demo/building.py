"""Answers the tasks `build` and `change`: a program for a description, a diff for a wish."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from babble_app.based.checker import check
from babble_app.based.report import InvalidProgramError
from babble_app.diffs.make import unified
from babble_app.llm.demo.brief import summary, understand
from babble_app.llm.demo.compose import compose
from babble_app.llm.demo.mistakes import read_directive, spoil_diff, spoil_program, wrap
from babble_app.llm.demo.program import CannotChangeError
from babble_app.llm.demo.prompt import read_prompt
from babble_app.llm.demo.reply import Reply
from babble_app.llm.demo.wishes import ABILITIES, change
from babble_app.llm.demo.words import capital, sentences, shorten, telling, tidy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.llm.demo.prompt import Piece, Prompt
    from babble_app.schemas.models import ModelRequest

_FACTS = 8
_FAILED = re.compile(r"\bHunk (\d+) was not applied")


def build(request: ModelRequest) -> Reply:
    """Return a sentence and a program that follows the description."""
    prompt = read_prompt(request)
    description, mistake = read_directive(prompt.request)
    brief = understand(description, _facts(prompt.pieces, description))
    program = compose(brief)
    if not check(program).ok:
        # Only a name or a description that look like code themselves can do that; they are left out then.
        program = compose(replace(brief, name="Assistant", purpose=""))
    mistake = _mistake_now(prompt, mistake)
    if mistake:
        program = spoil_program(program, mistake)
    note = "" if prompt.round == 1 else f" This is attempt {prompt.round}, with the errors mended."
    return Reply(f"{summary(brief)}{note}\n\n{wrap(_fence('based', program), mistake)}")


def change_program(request: ModelRequest) -> Reply:
    """Return a sentence and a diff of the current program, or why there is none."""
    prompt = read_prompt(request)
    wish, mistake = read_directive(prompt.request)
    try:
        changed, done = change(prompt.program, wish)
        if not check(changed).ok:
            message = "the result would not be a valid program"
            raise CannotChangeError(message)
    except (CannotChangeError, InvalidProgramError) as error:
        return Reply(_refusal(error))
    return Reply(f"{capital(done)}.\n\n{_notation(prompt, changed, _mistake_now(prompt, mistake))}")


def _refusal(error: Exception) -> str:
    reason = str(error).rstrip(".")
    known = "" if ABILITIES in reason else f" What I can change: {ABILITIES}."
    return (
        f"I am the offline demo model, not an AI, and I could not do this: {reason}.{known} "
        "Choose another model for more, or edit the program by hand."
    )


def _notation(prompt: Prompt, changed: str, mistake: str) -> str:
    """Return the change in the form that the last message asked for: hunks, blocks, or the whole program."""
    if "```based" in prompt.complaint:
        return _fence("based", spoil_program(changed, mistake) if mistake else changed)
    hunks = _hunks(unified(prompt.shown, changed))
    if "<<<<<<< SEARCH" in prompt.complaint:
        return _fence(
            "",
            "".join(
                _block(hunk)
                for hunk in (spoil_diff(hunks, mistake, prompt.round) if mistake else hunks)
            ),
        )
    failed = {int(number) for number in _FAILED.findall(prompt.complaint)}
    wanted = [hunk for number, hunk in enumerate(hunks, start=1) if number in failed] or hunks
    if mistake:
        wanted = spoil_diff(wanted, mistake, prompt.round)
    return wrap(_fence("diff", "".join(wanted)), mistake)


def _mistake_now(prompt: Prompt, mistake: str) -> str:
    return mistake if prompt.round == 1 or mistake == "never valid" else ""


def _hunks(diff: str) -> list[str]:
    return [f"@@ {piece}" for piece in re.split(r"^@@ ", diff, flags=re.MULTILINE)[1:]]


def _block(hunk: str) -> str:
    lines = hunk.split("\n")[1:-1]
    old = [line[1:] for line in lines if line[:1] in {" ", "-"}]
    new = [line[1:] for line in lines if line[:1] in {" ", "+"}]
    return "\n".join(["<<<<<<< SEARCH", *old, "=======", *new, ">>>>>>> REPLACE"]) + "\n"


def _fence(language: str, text: str) -> str:
    longest = max((len(run) for run in re.findall(r"^`{3,}", text, re.MULTILINE)), default=2)
    marks = "`" * (longest + 1)
    return f"{marks}{language}\n{text if text.endswith(chr(10)) else text + chr(10)}{marks}"


def _facts(pieces: Sequence[Piece], description: str) -> list[str]:
    """Return the sentences of the files that the agent most likely needs, in the files' order."""
    wanted = telling(description)
    found = [
        shorten(tidy(text), 300)
        for piece in pieces
        for text in sentences(piece.text)
        if len(text) > 8
    ]
    ranked = sorted(
        range(len(found)), key=lambda index: (-len(wanted & telling(found[index])), index)
    )
    return [found[index] for index in sorted(ranked[:_FACTS])]
