"""Changes of what an agent asks people for; each takes a program's text and returns the changed one."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from babble_app.llm.demo.compose import given_condition
from babble_app.llm.demo.conditions import given_fields
from babble_app.llm.demo.edits import add_exit, add_rule
from babble_app.llm.demo.program import CannotChangeError, Source, handlers, say_of
from babble_app.llm.demo.words import listing, literal, template

if TYPE_CHECKING:
    from babble_app.based.nodes import Exit
    from babble_app.llm.demo.fields import Field
    from babble_app.llm.demo.program import Ask


def add_field(text: str, field: Field) -> str:
    """Let the agent ask for one more detail, and keep it where it keeps the others."""
    source = Source(text)
    found = next(handlers(source), None)
    if found is None:
        return _add_asking_exit(text, field)
    clause, condition, ask = found
    keys = [key.value for key in ask.example.keys if isinstance(key, ast.Constant)]
    if field.key in keys:
        message = f"the agent asks for the {field.label} already"
        raise CannotChangeError(message)
    index = next(i for i, (each, _) in enumerate(source.exits()) if each is clause)
    # From the bottom of the handler up, so that the lines above stay where they are.
    text = _add_extract(source, clause, ask, field)
    text = _add_readback(Source(text), index, field)
    text = _add_example(Source(text), index, field)
    return _add_to_lists(text, condition, field)


def remove_field(text: str, field: Field) -> str:
    """Let the agent no longer ask for a detail."""
    source = Source(text)
    for _, condition, ask in handlers(source):
        fields = given_fields(condition)
        if not any(known.key == field.key for known in fields):
            continue
        rest = [known for known in fields if known.key != field.key]
        if not rest:
            message = f"the {field.label} is the only thing that this agent asks for"
            raise CannotChangeError(message)
        key, quote = re.escape(field.key), r"[\"']"
        text = re.sub(rf"^[ \t]*{quote}{key}{quote}:[^\n,{{}}]*,\n", "", text, flags=re.MULTILINE)
        text = re.sub(rf"{quote}{key}{quote}: (?:\"[^\"]*\"|'[^']*'|[\w.]+)(?:, )?", "", text)
        text = re.sub(
            rf"^[ \t]*extract\({quote}{key}{quote},[^\n]*\n", "", text, flags=re.MULTILINE
        )
        text = re.sub(
            rf"(?:, )?{re.escape(template(field.label))}:? \{{{re.escape(ask.target)}\[{quote}{key}{quote}\]\}}",
            "",
            text,
        )
        old, new = (
            listing([known.label for known in fields]),
            listing([known.label for known in rest]),
        )
        return text.replace(": , ", ": ").replace(old, new)
    message = f"I found no place where the agent asks for the {field.label}"
    raise CannotChangeError(message)


def _add_asking_exit(text: str, field: Field) -> str:
    example = field.example if isinstance(field.example, int) else literal(field.example)
    body = [
        f"details = {_target(text)}.ask(",
        f"    question={literal(f'Which {field.label} did the person give?')},",
        f"    example={{{literal(field.key)}: {example}}},",
        ")",
        f"say(f\"Thank you. I have noted the {template(field.label)}: {{details['{field.key}']}}.\")",
    ]
    return add_rule(
        add_exit(text, given_condition((field,)), body), f"Also ask for the {field.label}."
    )


def _target(text: str) -> str:
    statement = Source(text).main().body[0]
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id
    message = "the result of `talk` has no name in this program, so I cannot ask it for details"
    raise CannotChangeError(message)


def _add_extract(source: Source, clause: Exit, ask: Ask, field: Field) -> str:
    lines = [
        statement.end_lineno or statement.lineno
        for statement in clause.body
        if isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and isinstance(statement.value.func, ast.Name)
        and statement.value.func.id == "extract"
    ]
    if not lines:
        return source.text
    line = f'{source.indent(lines[-1])}extract("{field.key}", {ask.target}["{field.key}"])'
    return source.insert_lines(lines[-1] + 1, [line])


def _add_readback(source: Source, index: int, field: Field) -> str:
    clause = source.exits()[index][0]
    ask = next(ask for each, _, ask in handlers(source) if each is clause)
    for statement in clause.body:
        call = say_of(statement)
        if (
            call
            and isinstance(call.args[0], ast.JoinedStr)
            and any(
                isinstance(node, ast.Name) and node.id == ask.target
                for node in ast.walk(call.args[0])
            )
        ):
            quote = '"' if source.quote(call.args[0]) == "'" else "'"
            return source.append(
                call.args[0],
                f"{template(field.label)}: {{{ask.target}[{quote}{field.key}{quote}]}}",
                code=True,
            )
    return source.text


def _add_example(source: Source, index: int, field: Field) -> str:
    clause = source.exits()[index][0]
    example = next(ask.example for each, _, ask in handlers(source) if each is clause)
    value = str(field.example) if isinstance(field.example, int) else literal(field.example)
    last = example.values[-1]
    last_line = last.end_lineno or last.lineno
    written = f"{literal(field.key)}: {value}"
    if last_line == example.end_lineno:
        return source.replace(last, f"{source.segment(last)}, {written}")
    line = source.lines[last_line - 1]
    lines = list(source.lines)
    lines[last_line - 1] = line if line.rstrip().endswith(",") else f"{line},"
    lines.insert(last_line, f"{source.indent(last.lineno)}{written},")
    return "\n".join(lines)


def _add_to_lists(text: str, condition: str, field: Field) -> str:
    """Name the new detail wherever the old ones are listed; else at the end of the prompt."""
    known = given_fields(condition)
    labels = [each.label for each in known]
    old, new = listing(labels), listing([*labels, field.label])
    if known and old in condition:
        text = text.replace(condition, condition.replace(old, new))
        if f": {old}." in text:
            return text.replace(f": {old}.", f": {new}.").replace(f"Which {old} ", f"Which {new} ")
    else:
        text = text.replace(
            f"until {literal(condition)}",
            f"until {literal(f'{condition} and their {field.label}')}",
        )
    return add_rule(text, f"Also ask for the {field.label}.")
