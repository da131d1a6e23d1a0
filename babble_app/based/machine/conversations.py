"""The conversation: talk until an exit is chosen, run its handler, leave or come back (BASED.md 4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from babble_app.based import nodes
from babble_app.based.effects import Exit, TalkEffect, UserEffect
from babble_app.based.machine import jsons
from babble_app.based.machine.errors import HaltError
from babble_app.based.machine.expressions import elements
from babble_app.based.machine.shape import match_schema
from babble_app.based.machine.signals import BREAK, CONTINUE, Return
from babble_app.based.machine.statements import block
from babble_app.based.machine.texts import to_text
from babble_app.based.machine.values import TalkResult, is_dict, is_list

if TYPE_CHECKING:
    from babble_app.based.machine.core import Handler, Machine, Steps

_PARAMETERS = ("system_prompt", "first_prompt", "default_values", "info")
_ALIASES = {"prompt": "system_prompt", "first": "first_prompt"}


@dataclass(slots=True)
class _Talk:
    """One entry into a conversation."""

    line: int
    prompt: str
    first: bool
    data: dict[str, Any]
    exits: tuple[Exit, ...]
    context: str = ""


@dataclass(slots=True)
class _Chosen:
    """The exit that the model chose."""

    index: int
    arguments: dict[str, Any] = field(default_factory=dict[str, Any])
    also: list[str] = field(default_factory=list[str])
    """Other exits that the model named in the same turn; the first in the program's order is taken."""


def _converse(machine: Machine, node: nodes.Conversation) -> Steps:
    found = nodes.find_talk(node)
    if found is None or not node.exits:
        raise HaltError(
            "R_NOT_ALLOWED", "This conversation is not complete; check the program first."
        )
    start = len(machine.trace.transcript)
    talk: _Talk = yield _enter(machine, node, found.call)
    machine.emit("enter_loop", text=talk.prompt, line=node.lineno)
    speaks: bool = talk.first
    while True:
        chosen: _Chosen = yield _talk(machine, talk, speaks=speaks)
        clause = node.exits[chosen.index]
        _fire(machine, talk, chosen, clause.lineno)
        if found.target:
            machine.scope.set(found.target, _result(machine, talk, chosen, start))
        if clause.name:
            machine.scope.set(clause.name, chosen.arguments)
        signal = yield block(clause.body)
        if signal is None or signal is BREAK:
            return None
        context = _come_back(machine, signal)
        talk = yield _enter(machine, node, found.call)
        talk.context = context
        speaks = bool(context) or _user_waits(machine)


def _enter(machine: Machine, node: nodes.Conversation, call: Any) -> Steps:
    """Evaluate the talk's arguments and the conditions; done again at each return."""
    machine.line = call.lineno
    values = yield elements(machine, call.args)
    arguments: dict[str, Any] = dict(zip(_PARAMETERS, values, strict=False))
    for keyword in call.keywords:
        value = yield keyword.value
        name = keyword.arg or ""
        arguments[_ALIASES.get(name, name)] = value
    if "system_prompt" not in arguments:
        message = "talk() lacks its prompt"
        raise TypeError(message)
    data = {
        name: jsons.plain(machine.meter, arguments[name])
        for name in ("default_values", "info")
        if arguments.get(name)
    }
    exits: list[Exit] = []
    for clause in node.exits:
        machine.line = clause.lineno
        condition = yield clause.condition
        exits.append(_make_exit(machine, condition, [one.slug for one in exits]))
    prompt = to_text(machine.meter, arguments["system_prompt"])
    first = bool(arguments.get("first_prompt", True))
    return _Talk(call.lineno, prompt, first, data, tuple(exits))


def _make_exit(machine: Machine, condition: Any, taken: list[str]) -> Exit:
    if isinstance(condition, str):
        return Exit(_slug(condition, taken), condition)
    tool = jsons.plain(machine.meter, condition)
    if is_dict(tool) and is_dict(tool.get("function")):
        tool = tool["function"]
    if not is_dict(tool) or not isinstance(tool.get("name"), str):
        message = "`until` needs a condition in words or a tool schema with a name"
        raise TypeError(message)
    name: str = tool["name"]
    parameters: Any = tool.get("parameters")
    text = str(tool.get("description") or name)
    schema: dict[str, Any] = {"type": "object", "properties": {}}
    schema = parameters if is_dict(parameters) else schema
    return Exit(_slug(name, taken), text, schema)


def _slug(text: str, taken: list[str]) -> str:
    base = nodes.slug(text) or f"exit_{len(taken) + 1}"
    return base if base not in taken else f"{base}_{len(taken) + 1}"


def _talk(machine: Machine, talk: _Talk, *, speaks: bool) -> Steps:
    """Exchange messages until an exit is chosen.

    `speaks`: the agent speaks before the user does; it has nothing new to choose an exit by then.
    """
    while True:
        if not speaks:
            yield _hear(machine, talk)
        machine.user_waits = False
        chosen = yield _turn(machine, talk, first=speaks)
        if chosen is not None:
            return chosen
        speaks = False


def _hear(machine: Machine, talk: _Talk) -> Steps:
    if machine.user_waits:
        return
    machine.meter.user_turn()
    answer = yield UserEffect(talk.line, talk.exits)
    machine.trace.hear(answer["text"], talk.line)


def _turn(machine: Machine, talk: _Talk, *, first: bool) -> Steps:
    """Let the model reply (None) or choose an exit; a choice that is not valid may be corrected once."""
    exits = () if first else talk.exits
    problem = ""
    for _ in range(2):
        machine.meter.model_call()
        context = "\n".join(part for part in (talk.context, problem) if part)
        messages = tuple(machine.trace.transcript)
        answer = yield TalkEffect(
            talk.line, talk.prompt, talk.data, messages, exits, first, context
        )
        if "exit" not in answer:
            talk.context = ""
            if answer["reply"].strip():
                machine.trace.speak(answer["reply"], "talk", talk.line)
            return None
        arguments: dict[str, Any] = answer.get("arguments") or {}
        problem = _find_problem(exits, answer["exit"], arguments)
        if not problem:
            slugs = [one.slug for one in exits]
            named: Any = answer.get("also")
            also = [slug for slug in slugs if is_list(named) and slug in named]
            return _Chosen(slugs.index(answer["exit"]), arguments, also)
    talk.context = problem
    return None


def _find_problem(exits: tuple[Exit, ...], slug: str, arguments: Any) -> str:
    chosen = next((one for one in exits if one.slug == slug), None)
    if chosen is None:
        names = ", ".join(one.slug for one in exits) or "none now; reply with a message"
        return f"There is no exit {slug!r}. The exits are: {names}."
    if not is_dict(arguments):
        return f"The arguments of {slug!r} must be an object."
    if chosen.parameters is None:
        return ""
    mismatch = match_schema(arguments, chosen.parameters, "the arguments object")
    return (
        f"The exit {slug!r} was refused: {mismatch}. Ask the user for what is missing."
        if mismatch
        else ""
    )


def _fire(machine: Machine, talk: _Talk, chosen: _Chosen, line: int) -> None:
    fired = talk.exits[chosen.index]
    machine.emit(
        "condition",
        text=fired.text,
        name=fired.slug,
        line=line,
        data={
            **({"arguments": chosen.arguments} if chosen.arguments else {}),
            **({"also": chosen.also} if chosen.also else {}),
        },
    )


def _result(machine: Machine, talk: _Talk, chosen: _Chosen, start: int) -> TalkResult:
    lines = [f"{role}: {text}" for role, text in machine.trace.transcript[start:]]
    return TalkResult(
        next=talk.exits[chosen.index].slug,
        arguments=dict(chosen.arguments),
        defaults=dict(talk.data.get("default_values") or {}),
        transcript="\n".join(lines),
    )


def _come_back(machine: Machine, signal: Any) -> str:
    """Trace the return and give the context that it brings."""
    if signal is CONTINUE or not isinstance(signal, Return):
        machine.emit("return_to_context", data={"value": None})
        return ""
    machine.emit("return_to_context", data={"value": jsons.plain(machine.meter, signal.value)})
    return jsons.text_for_model(machine.meter, signal.value) if signal.given else ""


def _user_waits(machine: Machine) -> bool:
    """Whether nobody has answered the user's last message: then the model speaks next, else the user does."""
    return bool(machine.trace.transcript) and machine.trace.transcript[-1][0] == "user"


HANDLERS: dict[type[Any], Handler] = {nodes.Conversation: _converse}
