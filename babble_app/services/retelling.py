"""Brings a program to where a conversation stands that somebody only tells of, without asking a model or the network.

What the agent is told to have said is taken as the program's own words where those fit, else as the reply of the talk that waits;
a condition of that talk is chosen if the program then says just what comes next.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from babble_app.based.effects import TalkEffect, UserEffect
from babble_app.services.playback import Playback

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.based.nodes import Program
    from babble_app.services.told import Said

MOST_TURNS = 200
"""Turns at the end that are played; each condition that is tried plays the conversation once more."""


async def retell(program: Program, before: Sequence[Said]) -> list[dict[str, Any]]:
    """Return the log of the program after that conversation, as far as it fits; the program goes on from there by itself."""
    return await asyncio.to_thread(lambda: _Retelling(program).play(before[-MOST_TURNS:]))


MOST_TRIES = 400
"""Conditions that are tried in one conversation: anybody may tell a long one, and 750 tries took 4 s."""


class _Retelling:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._play = Playback(program)
        self._heard = 0
        """How many of the program's events are accounted for."""
        self._rest = ""
        """What the agent is told to have said and no part of the program has said yet."""
        self._tries = 0

    def play(self, before: Sequence[Said]) -> list[dict[str, Any]]:
        answers = [text for role, text in before if role == "assistant"]
        if answers and before[0][0] == "user":
            self._rest = answers[0]  # the first answer begins with what the program says of itself
            answers[0] = ""
        for role, text in before:
            if role == "assistant":
                self._rest = answers.pop(0) or self._rest
            if not self._settle(opening=role == "user"):
                break
            if role == "user":
                self._play.send({"kind": "user", "text": text})
        self._settle(opening=False)
        return list(self._play.log)

    def _settle(self, *, opening: bool) -> bool:
        """Let the program run until it waits for the user; False where it asks for what nobody told."""
        while True:
            self._hear()
            effect = self._play.pending
            if isinstance(effect, UserEffect):
                return True
            if not isinstance(effect, TalkEffect) or not self._rest:
                return False
            self._play.send(self._answer(effect, opening=opening))

    def _answer(self, effect: TalkEffect, *, opening: bool) -> dict[str, Any]:
        exits = effect.exits if self._tries < MOST_TRIES else ()
        self._tries += len(exits)
        for one in exits:
            chosen: dict[str, Any] = {"kind": "talk", "exit": one.slug, "arguments": {}}
            if self._leads_on(chosen):
                return chosen
        reply, _, rest = self._rest.partition("\n\n") if opening else (self._rest, "", "")
        self._rest = rest.strip()
        return {"kind": "talk", "reply": reply}

    def _leads_on(self, answer: dict[str, Any]) -> bool:
        """Whether the program, so answered, says at once what comes next."""
        run = Playback(self._program, [*self._play.log, answer])
        if run.status in {"failed", "limit"}:
            return False
        new = run.events[len(self._play.events) :]
        words = next((one.text.strip() for one in new if one.type == "agent"), "")
        return bool(words) and self._rest.startswith(words)

    def _hear(self) -> None:
        """Take what the program has said off what is told."""
        for event in self._play.events[self._heard :]:
            if event.type == "agent" and event.via != "talk":
                said = event.text.strip()
                if self._rest.startswith(said):
                    self._rest = self._rest[len(said) :].strip()
        self._heard = len(self._play.events)
