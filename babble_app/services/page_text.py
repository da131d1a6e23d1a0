"""Makes readable text of HTML: what a person would read of a page, without its menus and scripts. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from babble_app.services.html_pieces import Tag, pieces

_NO_TEXT = frozenset({"noscript", "template", "svg", "iframe", "object"})
"""What is not for people to read; scripts and styles never arrive here."""
_FURNITURE = frozenset({"nav", "header", "footer", "aside", "form", "button", "select", "dialog"})
"""What stands around a page's own text."""
_BLOCKS = frozenset({
    "address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure", "h1", "h2", "h3",
    "h4", "h5", "h6", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tr", "ul",
})  # fmt: skip
_CELLS = frozenset({"td", "th"})
_MARKS = {"h1": "# ", "h2": "## ", "h3": "### ", "h4": "#### ", "li": "- "}
_SHORT_CHARS = 200
"""A page that is shorter without its furniture may have put everything into a form or a header."""
_MOST_FURNITURE = 0.75
_CODE_SPACE = "\ue000"
"""Stands for a space of preformatted text until all others are squeezed."""
_WHITE = re.compile(r"\s+")


@dataclass(frozen=True)
class PageText:
    """A page's title and text."""

    title: str
    text: str


def read_html(source: str) -> PageText:
    """Return a page's title and readable text."""
    bare = _Reader.read(source, _NO_TEXT | _FURNITURE)
    text = bare.text()
    if len(text) < _SHORT_CHARS:
        whole = _Reader.read(source, _NO_TEXT).text()
        text = whole if len(text) < (1 - _MOST_FURNITURE) * len(whole) else text
    return PageText(" ".join("".join(bare.title).split()), text)


def strip_tags(fragment: str) -> str:
    """Return the text of a short piece of HTML, in one line."""
    return " ".join("".join(one for one in pieces(fragment) if isinstance(one, str)).split())


@dataclass
class _Reader:
    """Collects text; what stands in the tags of `left_out` is dropped."""

    left_out: frozenset[str]
    title: list[str] = field(default_factory=list[str])
    parts: list[str] = field(default_factory=list[str])
    inside: str = ""
    """The left-out tag that is open, and how often."""
    depth: int = 0
    in_title: bool = False
    in_code: bool = False

    @classmethod
    def read(cls, source: str, left_out: frozenset[str]) -> _Reader:
        """Read a whole page."""
        reader = cls(left_out)
        for piece in pieces(source):
            if isinstance(piece, str):
                reader.take(piece)
            elif reader.inside:
                reader.skip(piece)
            else:
                reader.turn(piece)
        return reader

    def skip(self, tag: Tag) -> None:
        """Look for the end of what is left out; `<body>` ends what the page's head left open."""
        if tag.name == self.inside:
            self.depth += -1 if tag.closing else 1
        if self.depth == 0 or tag.name == "body":
            self.inside, self.depth = "", 0

    def turn(self, tag: Tag) -> None:
        """Begin what the tag begins, and break lines."""
        self.in_title = tag.name == "title" and not tag.closing
        if tag.name in self.left_out and not tag.closing:
            self.inside, self.depth = tag.name, 1
        elif tag.name in _CELLS and not tag.closing:
            self.parts.append(" | ")
        elif tag.name in _BLOCKS or tag.name in _FURNITURE:
            self.in_code = (tag.name == "pre" and not tag.closing) or (
                self.in_code and tag.name != "pre"
            )
            self.parts.append("\n" if tag.closing else f"\n{_MARKS.get(tag.name, '')}")

    def take(self, text: str) -> None:
        """Take text."""
        if self.inside:
            return
        if self.in_title:
            self.title.append(text)
        elif self.in_code:
            self.parts.append(text.expandtabs(4).replace(" ", _CODE_SPACE))
        else:
            self.parts.append(_WHITE.sub(" ", text))

    def text(self) -> str:
        """Return what was read, without the white space that pages are full of."""
        lines = (" ".join(line.split()).strip("| ") for line in "".join(self.parts).split("\n"))
        kept = (line for line in lines if line.strip(f"#- {_CODE_SPACE}"))
        return "\n".join(kept).replace(_CODE_SPACE, " ")
