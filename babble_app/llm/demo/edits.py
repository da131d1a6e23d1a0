"""The changes that the demo model can make to any program; each takes a text and returns the changed one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from babble_app.llm.demo.conditions import is_goodbye, is_handover
from babble_app.llm.demo.program import CannotChangeError, Source, condition_of, say_of
from babble_app.llm.demo.words import literal, telling, tidy

if TYPE_CHECKING:
    from babble_app.based.nodes import Exit

HUMAN_CONDITION = "the person asks for a human"


def set_greeting(text: str, greeting: str) -> str:
    """Make `greeting` the first thing the agent says."""
    source = Source(text)
    call = source.opening_say()
    if call is not None:
        return source.replace(call.args[0], literal(greeting))
    line = source.main().lineno
    return source.insert_lines(line, [f"{source.indent(line)}say({literal(greeting)})", ""])


def set_goodbye(text: str, goodbye: str) -> str:
    """Make `goodbye` what the agent says when people leave."""
    source = Source(text)
    for clause, condition in source.exits():
        if is_goodbye(condition):
            calls = [call for statement in clause.body if (call := say_of(statement))]
            if calls:
                # Handlers that end the conversation in another way often say the same.
                old = f"say({source.segment(calls[-1].args[0])})"
                return source.text.replace(old, f"say({literal(goodbye)})")
            first = clause.body[0].lineno
            return source.insert_lines(first, [f"{source.indent(first)}say({literal(goodbye)})"])
    return add_exit(text, "the person says goodbye", [f"say({literal(goodbye)})"])


def add_goodbye(text: str, goodbye: str) -> str:
    """Let people leave with a goodbye, in a program that has none."""
    if any(is_goodbye(condition) for _, condition in Source(text).exits()):
        message = 'the agent says goodbye already; tell me other words for it, as in: change the goodbye to "See you soon!"'
        raise CannotChangeError(message)
    return set_goodbye(text, goodbye)


def add_rule(text: str, rule: str) -> str:
    """Add a sentence to the prompt of the main conversation."""
    source = Source(text)
    return source.append(source.prompt_node(), rule)


def rename(text: str, name: str) -> str:
    """Give the agent another name, wherever the program says the old one."""
    name = tidy(name)
    old = Source(text).name()
    if not old:
        return f"# Agent: {name}\n{text}"
    # Most places are inside strings, which the name must not end.
    inside = literal(name)[1:-1].translate(str.maketrans("'", "’", '{}\\"'))
    return re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", lambda _: inside, text)


def add_exit(text: str, condition: str, body: list[str]) -> str:
    """Add an exit to the main conversation, before the one for goodbye, and tell the prompt of it."""
    source = Source(text)
    if any(_same(condition, known) for _, known in source.exits()):
        message = f'the program has an exit like this already: "{condition}"'
        raise CannotChangeError(message)
    conversation = source.main()
    bye = next((clause for clause in conversation.exits if is_goodbye(condition_of(clause))), None)
    line = bye.lineno if bye else max(_end(clause) for clause in conversation.exits) + 1
    indent = source.indent(conversation.lineno)
    step = source.indent(conversation.body[0].lineno)[len(indent) :] or "    "
    lines = [f"{indent}until {literal(condition)}:", *(f"{indent}{step}{part}" for part in body)]
    changed = source.insert_lines(line, lines)
    try:
        return add_rule(changed, f"Another exit: {condition}.")
    except CannotChangeError:
        return changed


def remove_exit(text: str, words: str) -> str:
    """Remove the exit that the words mean."""
    source = Source(text)
    clause, condition = _exit_for(source, words)
    owner = next(talk for talk in source.conversations() if clause in talk.exits)
    if len(owner.exits) == 1:
        message = "it is the only exit of its conversation, and without one nobody could get out"
        raise CannotChangeError(message)
    changed = source.remove_lines(clause.lineno, _end(clause))
    for mention in (f"; {condition}", f"{condition}; ", f" Another exit: {condition}."):
        if mention in changed:
            return changed.replace(mention, "", 1)
    return changed


def _exit_for(source: Source, words: str) -> tuple[Exit, str]:
    exits = source.exits()
    if is_handover(words) and (human := [pair for pair in exits if is_handover(pair[1])]):
        return human[0]
    wanted = telling(words)
    best = max(exits, key=lambda pair: len(wanted & telling(pair[1])), default=None)
    if best is None or not wanted & telling(best[1]):
        known = "; ".join(condition for _, condition in exits)
        message = f"I cannot tell which exit you mean. There are: {known}"
        raise CannotChangeError(message)
    return best


def _same(one: str, other: str) -> bool:
    return (
        one == other
        or (is_handover(one) and is_handover(other))
        or (is_goodbye(one) and is_goodbye(other))
    )


def _end(clause: Exit) -> int:
    last = clause.body[-1] if clause.body else None
    return max(clause.end_lineno, last.end_lineno or 0) if last else clause.end_lineno
