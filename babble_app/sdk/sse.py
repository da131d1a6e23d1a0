"""Server-sent events out of bytes, however these are cut."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE_END = re.compile(rb"\r\n|\n|\r")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Frame:
    """One event as it came."""

    event: str
    data: str
    id: str
    """Of this or of the last frame that had one."""


class Decoder:
    """Reads one stream (WHATWG HTML, 9.2.6); a frame that is not finished by a blank line never happened."""

    def __init__(self) -> None:
        self._rest = b""
        self._after_cr = False
        self._begun = False
        self._event = ""
        self._data: list[str] = []
        self._id = ""

    def feed(self, piece: bytes) -> list[Frame]:
        """Return the frames that the piece completes."""
        frames: list[Frame] = []
        for line in self._lines(piece):
            if line:
                self._take(line.decode("utf-8", "replace"))
            elif self._data:
                frames.append(Frame(self._event or "message", "\n".join(self._data), self._id))
                self._event, self._data = "", []
            else:
                self._event = ""
        return frames

    def _lines(self, piece: bytes) -> list[bytes]:
        if self._after_cr and piece.startswith(b"\n"):
            piece = piece[1:]  # the other half of a line end that was cut in two
        if not piece:
            return []
        self._after_cr = piece.endswith(b"\r")
        *lines, self._rest = _LINE_END.split(self._rest + piece)
        if lines and not self._begun:
            self._begun = True
            lines[0] = lines[0].removeprefix(_BOM)
        return lines

    def _take(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._event = value
        elif name == "id" and "\0" not in value:
            self._id = value
