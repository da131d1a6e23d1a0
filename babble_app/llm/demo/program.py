"""A program to be edited: finds places by the parser, and replaces exactly the characters that change."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from babble_app.based.nodes import Conversation, Exit, find_talk
from babble_app.based.parser import parse
from babble_app.llm.demo.words import capital, literal

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME_COMMENT = re.compile(r"^# Agent:[ \t]*(.+)$", re.MULTILINE)
_YOU_ARE = re.compile(r"\bYou are ([A-Z][\w'’&-]*(?: [A-Z][\w'’&-]*)*)")


class CannotChangeError(Exception):
    """The wish is understood but cannot be done; the message says why, for the person."""


@dataclass(frozen=True)
class Ask:
    """A `TARGET = x.ask(..., example={...})` in a handler."""

    target: str
    example: ast.Dict
    statement: ast.stmt


class Source:
    """A program's text with its syntax tree; every edit returns a new text, to be read anew."""

    def __init__(self, text: str) -> None:
        """Parse the text.

        Raises:
            InvalidProgramError: it is no valid program.
        """
        self.text = text
        self.lines = text.split("\n")
        self._program = parse(text)

    def conversations(self) -> list[Conversation]:
        """Return all conversations, outer ones first."""
        return [node for node in ast.walk(self._program.tree) if isinstance(node, Conversation)]

    def main(self) -> Conversation:
        """Return the first conversation with the most exits at the outermost level that has one."""
        top = [node for node in self._program.tree.body if isinstance(node, Conversation)]
        found = top or self.conversations()
        if not found:
            message = "the program has no conversation that I could change"
            raise CannotChangeError(message)
        return max(found, key=lambda conversation: len(conversation.exits))

    def exits(self) -> list[tuple[Exit, str]]:
        """Return all exits with string conditions, in the order of the text."""
        pairs = [
            (clause, condition_of(clause)) for talk in self.conversations() for clause in talk.exits
        ]
        return sorted(
            ((clause, text) for clause, text in pairs if text), key=lambda pair: pair[0].lineno
        )

    def prompt_node(self) -> ast.expr:
        """Return the system prompt of the main conversation."""
        talk = find_talk(self.main())
        if talk is None or not talk.call.args or not _is_string(talk.call.args[0]):
            message = "the prompt of the conversation is not written out in its `talk`"
            raise CannotChangeError(message)
        return talk.call.args[0]

    def opening_say(self) -> ast.Call | None:
        """Return the `say` before the first conversation, if there is one."""
        for statement in self._program.tree.body:
            if isinstance(statement, Conversation):
                return None
            if call := say_of(statement):
                return call
        return None

    def name(self) -> str:
        """Return the agent's name as the program gives it, or an empty string."""
        match = _NAME_COMMENT.search(self.text) or _YOU_ARE.search(self.text)
        return match[1].strip() if match else ""

    def replace(self, node: ast.expr, replacement: str) -> str:
        """Put other source in an expression's place."""
        start, end = self._span(node)
        return self.text[:start] + replacement + self.text[end:]

    def append(self, node: ast.expr, addition: str, *, code: bool = False) -> str:
        """Add to the end of a string literal; `code` is taken as it is, for f-strings."""
        _, end = self._span(node)
        quotes = 3 if self.text[end - 3 : end] in {'"""', "'''"} else 1
        place = end - quotes
        if code:
            written = addition
        else:
            written = (
                literal(addition)[1:-1]
                if self.text[end - 1] == '"'
                else literal(addition)[1:-1].replace("'", "\\'")
            )
            written = (
                written.replace("{", "{{").replace("}", "}}")
                if isinstance(node, ast.JoinedStr)
                else written
            )
        if code and self.text[place - 1] == ".":
            written, place = f", {written}", place - 1
        elif code:
            written = f" {capital(written)}."
        elif not code and not self.text[place - 1].isspace():
            written = " " + written
        return self.text[:place] + written + self.text[place:]

    def insert_lines(self, before_line: int, lines: list[str]) -> str:
        """Insert whole lines before the 1-based line."""
        return "\n".join([*self.lines[: before_line - 1], *lines, *self.lines[before_line - 1 :]])

    def remove_lines(self, first: int, last: int) -> str:
        """Remove the lines from `first` to `last`, 1-based, both of them included."""
        return "\n".join([*self.lines[: first - 1], *self.lines[last:]])

    def segment(self, node: ast.expr) -> str:
        """Return an expression's source."""
        start, end = self._span(node)
        return self.text[start:end]

    def quote(self, node: ast.expr) -> str:
        """Return the quotation mark that a string literal ends with."""
        return self.text[self._span(node)[1] - 1]

    def indent(self, line: int) -> str:
        """Return the white space that a line begins with."""
        text = self.lines[line - 1]
        return text[: len(text) - len(text.lstrip())]

    def _span(self, node: ast.expr) -> tuple[int, int]:
        return (
            self._offset(node.lineno, node.col_offset),
            self._offset(node.end_lineno or node.lineno, node.end_col_offset or 0),
        )

    def _offset(self, line: int, column: int) -> int:
        """Turn the parser's line and byte column into an offset; the parser saw tabs of indentation as 4 spaces."""
        own, parsed = self.lines[line - 1], self._program.lines[line - 1]
        characters = len(parsed.encode()[:column].decode(errors="replace"))
        before = sum(len(text) + 1 for text in self.lines[: line - 1])
        return before + characters - (len(parsed) - len(own))


def condition_of(clause: Exit) -> str:
    """Return an exit's condition if it is a plain string."""
    node = clause.condition
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def say_of(statement: ast.stmt) -> ast.Call | None:
    """Return the `say` call that a statement is."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return None
    call = statement.value
    named = isinstance(call.func, ast.Name) and call.func.id == "say"
    return call if named and call.args and _is_string(call.args[0]) else None


def ask_of(clause: Exit) -> Ask | None:
    """Return the handler's first `.ask` with an example that is written out as a dict."""
    for statement in clause.body:
        if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Call):
            continue
        target, call = statement.targets[0], statement.value
        if not (
            isinstance(target, ast.Name)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr == "ask"
        ):
            continue
        example = next((word.value for word in call.keywords if word.arg == "example"), None)
        if isinstance(example, ast.Dict) and example.keys:
            return Ask(target.id, example, statement)
    return None


def handlers(source: Source) -> Iterator[tuple[Exit, str, Ask]]:
    """Yield the exits whose handlers ask for details, with their conditions."""
    for clause, condition in source.exits():
        if ask := ask_of(clause):
            yield clause, condition, ask


def _is_string(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
