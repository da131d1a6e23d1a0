"""What a program can ask of a model and where: its conversations, their exits, its other questions."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from babble_app.based.nodes import Conversation, find_talk, slug

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.based.nodes import Exit, Program

_QUESTIONS = {"ask": ("question", 0), "summarize": ("prompt", 0)}


@dataclass(frozen=True, slots=True)
class ExitOutline:
    """One `until`."""

    line: int
    text: str
    """The condition as it stands in the program: its words, a tool's name and description, else the expression."""
    slug: str
    parents: tuple[ExitOutline, ...]
    """The exits in whose handlers it stands, the outermost first."""
    loop_line: int
    lines: frozenset[int]
    """Lines of its handler's statements."""
    parameters: tuple[str, ...] = ()
    """Names that a tool's schema asks for."""
    literal: bool = True
    """Whether the condition's text can be known before the program runs."""


@dataclass(frozen=True, slots=True)
class LoopOutline:
    """One conversation."""

    line: int
    talk_line: int
    exits: tuple[ExitOutline, ...]

    @property
    def conditions(self) -> tuple[str, ...]:
        """The exits' texts: by these a conversation is known wherever it stands."""
        return tuple(one.text for one in self.exits)


@dataclass(frozen=True, slots=True)
class Outline:
    """All that a program can ask."""

    loops: tuple[LoopOutline, ...]
    """In the order of the text."""
    questions: tuple[str, ...]
    """`ask: Which cake?`; `ask = f"..."` for expressions; each once."""
    _by_line: dict[tuple[str, int], list[str]] = field(repr=False)

    @property
    def exits(self) -> tuple[ExitOutline, ...]:
        """All exits, in the order of the text."""
        found = [one for loop in self.loops for one in loop.exits]
        return tuple(sorted(found, key=lambda one: one.line))

    def find_loop(self, talk_line: int) -> LoopOutline | None:
        """Return the conversation whose `talk` is in the line."""
        return next((loop for loop in self.loops if loop.talk_line == talk_line), None)

    def question_source(self, kind: str, line: int, asked: str) -> str:
        """Return the expression that made a question, or nothing when it is plain text."""
        if f"{kind}: {asked}" in self.questions:
            return ""
        made = [one for one in self._by_line.get((kind, line), ()) if one.startswith(f"{kind} = ")]
        return made[0].removeprefix(f"{kind} = ") if made else ""


def question_key(kind: str, asked: str, source: str) -> str:
    """Return a question as outlines list it."""
    return f"{kind} = {source}" if source else f"{kind}: {asked}"


def outline(program: Program) -> Outline:
    """Return what the program can ask."""
    tools = _find_tools(program.tree)
    loops: list[LoopOutline] = []
    _walk(program.tree, (), tools, loops)
    by_line: dict[tuple[str, int], list[str]] = {}
    for node in _every(program.tree):
        if isinstance(node, ast.Call) and (question := _question(node)):
            kind, text = question
            by_line.setdefault((kind, node.lineno), []).append(text)
    listed = [text for texts in by_line.values() for text in texts]
    loops.sort(key=lambda loop: loop.line)
    return Outline(tuple(loops), tuple(dict.fromkeys(listed)), by_line)


def _walk(
    node: ast.AST,
    parents: tuple[ExitOutline, ...],
    tools: dict[str, Any],
    loops: list[LoopOutline],
) -> None:
    if not isinstance(node, Conversation):
        for inner in ast.iter_child_nodes(node):
            _walk(inner, parents, tools, loops)
        return
    talk = find_talk(node)
    exits: list[ExitOutline] = []
    for clause in node.exits:
        one = _exit(clause, parents, node.lineno, tools, [other.slug for other in exits])
        exits.append(one)
        for statement in clause.body:
            _walk(statement, (*parents, one), tools, loops)
    line = talk.call.lineno if talk else node.lineno
    loops.append(LoopOutline(node.lineno, line, tuple(exits)))


def _exit(
    clause: Exit,
    parents: tuple[ExitOutline, ...],
    loop_line: int,
    tools: dict[str, Any],
    taken: list[str],
) -> ExitOutline:
    text, name, parameters, literal = _condition(clause.condition, tools)
    base = slug(name) or f"exit_{len(taken) + 1}"
    # The parser puts a `pass` into an empty handler, in the line of its `until`.
    lines = {
        inner.lineno
        for statement in clause.body
        for inner in _statements(statement)
        if not (isinstance(inner, ast.Pass) and inner.lineno == clause.lineno)
    }
    return ExitOutline(
        line=clause.lineno,
        text=text,
        slug=base if base not in taken else f"{base}_{len(taken) + 1}",
        parents=parents,
        loop_line=loop_line,
        lines=frozenset(lines),
        parameters=parameters,
        literal=literal,
    )


def _condition(
    node: ast.expr | None, tools: dict[str, Any]
) -> tuple[str, str, tuple[str, ...], bool]:
    """Return a condition's text, the name it is called by, the names it asks for, and whether all this is certain."""
    if node is None:
        return "", "", (), False
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value, node.value, (), True
    tool = _dict(tools.get(node.id) if isinstance(node, ast.Name) else _literal(node))
    tool = _dict(tool.get("function")) or tool
    name = tool.get("name")
    if not isinstance(name, str):
        source = ast.unparse(node)
        return source, source, (), False
    described = str(tool.get("description") or "")
    names = tuple(str(key) for key in _dict(_dict(tool.get("parameters")).get("properties")))
    return f"{name}: {described}" if described else name, name, names, True


def _dict(value: Any) -> dict[Any, Any]:
    """Return the value if it is a dict, else an empty one."""
    return cast("dict[Any, Any]", value) if isinstance(value, dict) else {}


def _find_tools(tree: ast.Module) -> dict[str, Any]:
    """Return the dicts that the program's top level binds to names, as far as they are written out."""
    found: dict[str, Any] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            value = _literal(node.value)
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            found.update(dict.fromkeys(names, value))
    return found


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _question(node: ast.Call) -> tuple[str, str] | None:
    """Return what a call asks of a model and how it is listed, if it asks anything."""
    if isinstance(node.func, ast.Name) and node.func.id == "say":
        exact = _argument(node, "exact", 1)
        plain = exact is None or (isinstance(exact, ast.Constant) and exact.value is True)
        return None if plain else _listed("rephrase", _argument(node, "message", 0))
    if isinstance(node.func, ast.Attribute) and node.func.attr in _QUESTIONS:
        keyword, position = _QUESTIONS[node.func.attr]
        return _listed(node.func.attr, _argument(node, keyword, position))
    return None


def _listed(kind: str, node: ast.expr | None) -> tuple[str, str]:
    if node is None:
        return kind, question_key(kind, "", "")
    if isinstance(node, ast.Constant):
        return kind, question_key(kind, "" if node.value is None else str(node.value), "")
    return kind, question_key(kind, "", ast.unparse(node))


def _argument(node: ast.Call, name: str, position: int) -> ast.expr | None:
    named = next((word.value for word in node.keywords if word.arg == name), None)
    if named is not None:
        return named
    return node.args[position] if len(node.args) > position else None


def _every(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the node and all below it, however deep, conversations and exits too."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(ast.iter_child_nodes(found))


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Yield the statements at and below the node; the `talk` of a conversation is none of its own."""
    waiting: list[ast.AST] = [node]
    while waiting:
        found = waiting.pop()
        if isinstance(found, ast.stmt):
            yield found
        waiting.extend(
            found.exits if isinstance(found, Conversation) else ast.iter_child_nodes(found)
        )
