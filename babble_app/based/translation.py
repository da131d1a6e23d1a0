"""Translates a program to the Python that Brainbase's converter makes of one (BASED.md 4.1), for those who read it.

The shape is `while True:` with `if result["next"] == "<slug>":` for each exit. What that sample does not show is spelled
out: a handler that ends leaves by `break`, `return` goes round again, `return VALUE` calls `return_to_context(VALUE)` before.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, cast

from babble_app.based.nodes import Conversation, find_talk, slug

if TYPE_CHECKING:
    from babble_app.based.nodes import Exit, Program, Talk

_RESULT = "_result"
_AGAIN = "_again"
_BLOCKS = ("body", "orelse", "finalbody")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_REPEATS = (ast.For, ast.AsyncFor, ast.While)
_POSITIONS = (("system_prompt", "prompt"), ("first_prompt", "first"), ("default_values",))


def translate(program: Program) -> str:
    """Return the Python text; the program's tree is used up by it."""
    names: dict[str, ast.Dict] = {}
    for node in ast.walk(program.tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            names.update({t.id: node.value for t in node.targets if isinstance(t, ast.Name)})
    body = _Translator(names).block(program.tree.body, handler=False, loops=0)
    tree = ast.fix_missing_locations(ast.Module(body=body, type_ignores=[]))
    return ast.unparse(tree) + "\n"


class _Translator:
    def __init__(self, tools: dict[str, ast.Dict]) -> None:
        self.tools = tools

    def block(self, statements: list[ast.stmt], *, handler: bool, loops: int) -> list[ast.stmt]:
        """Translate a block; `loops` counts the Python loops between it and its handler."""
        result: list[ast.stmt] = []
        for statement in statements:
            if isinstance(statement, Conversation):
                result.append(self.conversation(statement))
            elif isinstance(statement, ast.Return) and handler:
                result += _go_round(statement, loops)
            else:
                result += self.other(statement, handler=handler, loops=loops)
        return result

    def other(self, statement: ast.stmt, *, handler: bool, loops: int) -> list[ast.stmt]:
        if isinstance(statement, _FUNCTIONS):
            return [statement]
        repeats = isinstance(statement, _REPEATS)
        self.inner(statement, handler=handler, loops=loops + repeats)
        if repeats and handler and _sets_again(statement):
            leave: ast.stmt = ast.Break() if loops else ast.Continue()
            again = ast.If(test=ast.Name(_AGAIN, ast.Load()), body=[leave], orelse=[])
            return [_set_again(False), statement, again]
        return [statement]

    def inner(self, node: Any, *, handler: bool, loops: int) -> None:
        for name in _BLOCKS:
            statements: Any = getattr(node, name, None)
            if isinstance(statements, list) and statements:
                own = loops - (name == "orelse" and isinstance(node, _REPEATS))
                setattr(
                    node,
                    name,
                    self.block(cast("list[ast.stmt]", statements), handler=handler, loops=own),
                )
        for part in [*getattr(node, "handlers", ()), *getattr(node, "cases", ())]:
            self.inner(part, handler=handler, loops=loops)

    def conversation(self, node: Conversation) -> ast.stmt:
        talk = find_talk(node)
        assert talk is not None
        target = talk.target or _RESULT
        call = _with_conditions(talk, [clause.condition for clause in node.exits])
        statement = node.body[0]
        awaited = isinstance(statement, (ast.Assign, ast.Expr)) and isinstance(
            statement.value, ast.Await
        )
        value: ast.expr = ast.Await(call) if awaited else call
        body: list[ast.stmt] = [ast.Assign(targets=[ast.Name(target, ast.Store())], value=value)]
        body += [self.exit(clause, target) for clause in node.exits]
        return ast.While(test=ast.Constant(True), body=body, orelse=[])

    def exit(self, clause: Exit, target: str) -> ast.stmt:
        name = self.slug(clause.condition)
        chosen = _entry(target, "next")
        note = ast.Call(
            ast.Name("print", ast.Load()),
            [ast.Constant(f"SWITCHED TO {name.value}")]
            if isinstance(name, ast.Constant)
            else [ast.Constant("SWITCHED TO"), name],
            [],
        )
        body: list[ast.stmt] = [ast.Expr(note)]
        if clause.name:
            bound = ast.Name(clause.name, ast.Store())
            body.append(ast.Assign(targets=[bound], value=_entry(target, "arguments")))
        body += self.block(clause.body, handler=True, loops=0)
        if not isinstance(body[-1], (ast.Break, ast.Continue)):
            body.append(ast.Break())
        return ast.If(test=ast.Compare(chosen, [ast.Eq()], [name]), body=body, orelse=[])

    def slug(self, condition: ast.expr | None) -> ast.expr:
        """Return the value of `next` by which a condition is known."""
        if isinstance(condition, ast.Constant):
            return ast.Constant(slug(str(condition.value)))
        tool = self.tools.get(condition.id) if isinstance(condition, ast.Name) else condition
        name = _name_of(tool) if isinstance(tool, ast.Dict) else None
        if name is not None:
            return ast.Constant(slug(name))
        assert condition is not None
        return ast.Call(ast.Name("slug", ast.Load()), [condition], [])


def _with_conditions(talk: Talk, conditions: list[ast.expr | None]) -> ast.Call:
    """Return the call with the conditions as its fourth argument."""
    listed = ast.List([one for one in conditions if one is not None], ast.Load())
    call = talk.call
    keywords = {word.arg: word for word in call.keywords}
    if None in keywords or any(isinstance(one, ast.Starred) for one in call.args):
        return ast.Call(call.func, call.args, [*call.keywords, ast.keyword("conditions", listed)])
    arguments = list(call.args[:3])
    for names in _POSITIONS[len(arguments) :]:
        word = next((keywords.pop(name) for name in names if name in keywords), None)
        default = ast.Constant(True) if "first" in names else ast.Dict([], [])
        arguments.append(word.value if word else default)
    info = [ast.keyword("info", one) for one in call.args[3:4]]
    return ast.Call(call.func, [*arguments, listed], [*info, *keywords.values()])


def _go_round(statement: ast.Return, loops: int) -> list[ast.stmt]:
    """Return what stands for `return` in a handler: the conversation goes on."""
    result: list[ast.stmt] = []
    if statement.value is not None:
        name = ast.Name("return_to_context", ast.Load())
        result.append(ast.Expr(ast.Call(name, [statement.value], [])))
    if loops:
        return [*result, _set_again(True), ast.Break()]
    return [*result, ast.Continue()]


def _set_again(value: bool) -> ast.stmt:
    return ast.Assign(targets=[ast.Name(_AGAIN, ast.Store())], value=ast.Constant(value))


def _sets_again(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.Name) and node.id == _AGAIN for node in ast.walk(statement))


def _entry(name: str, key: str) -> ast.expr:
    return ast.Subscript(ast.Name(name, ast.Load()), ast.Constant(key), ast.Load())


def _name_of(tool: ast.Dict) -> str | None:
    for key, value in zip(tool.keys, tool.values, strict=True):
        if (
            isinstance(key, ast.Constant)
            and key.value == "function"
            and isinstance(value, ast.Dict)
        ):
            return _name_of(value)
        if (
            isinstance(key, ast.Constant)
            and key.value == "name"
            and isinstance(value, ast.Constant)
        ):
            return str(value.value)
    return None
