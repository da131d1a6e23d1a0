"""Programs of versions as they run, parsed once: a version never changes."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING

from babble_app.based import parser
from babble_app.based.report import InvalidProgramError
from babble_app.errors import ConflictError
from babble_app.store import visits as rows
from babble_app.store.agents import unpacked

if TYPE_CHECKING:
    from babble_app.based.nodes import Program
    from babble_app.services.runtime import Runtime

_UNREADABLE = (
    "This agent cannot be used after an upgrade until its owner publishes a new version of it."
)
_MOST_PROGRAMS = 200


class Programs:
    """The programs that were asked for lately; the longest unused are forgotten."""

    def __init__(self) -> None:
        """Start empty."""
        self._kept: OrderedDict[str, tuple[int, Program]] = OrderedDict()

    def find_number(self, version_id: str) -> int | None:
        """Return the number of a version whose program was asked for lately."""
        number, _ = self._kept.get(version_id, (None, None))
        return number

    async def get(self, rt: Runtime, owner_id: str, version_id: str) -> tuple[int, Program]:
        """Return the number and the program of the owner's version.

        Raises:
            NotFoundError: there is no such version.
            ConflictError: it was written for another release of Babble, and cannot be read any more.
        """
        if version_id in self._kept:
            self._kept.move_to_end(version_id)
            return self._kept[version_id]
        number, text_zlib = await rt.database.fetch(rows.get_program, owner_id, version_id)
        try:
            program = await asyncio.to_thread(lambda: parser.parse(unpacked(text_zlib)))
        except InvalidProgramError as error:
            raise ConflictError(_UNREADABLE) from error
        self._kept[version_id] = number, program
        if len(self._kept) > _MOST_PROGRAMS:
            self._kept.popitem(last=False)
        return number, program
