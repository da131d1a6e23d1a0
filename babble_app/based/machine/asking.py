"""`.ask`, `.summarize` and `.to_json`, which every value has."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from babble_app.based.effects import AskEffect, SummarizeEffect
from babble_app.based.machine import jsons
from babble_app.based.machine.errors import HaltError
from babble_app.based.machine.shape import find_mismatch
from babble_app.based.machine.values import is_dict

if TYPE_CHECKING:
    from babble_app.based.machine.core import Machine, Steps
    from babble_app.based.machine.values import TalkResult


def ask(
    machine: Machine,
    value: Any,
    question: Any,
    example: Any = None,
    schema: Any = None,
    model: Any = None,
) -> Steps:
    """Ask the model about a value; its answer has the shape of the schema or the example."""
    del model
    line = machine.line
    meter = machine.meter
    text = jsons.text_for_model(meter, value)
    shown = jsons.plain(meter, example)
    rules = jsons.plain(meter, schema) if is_dict(schema) else None
    problem = ""
    for _ in range(2):
        meter.model_call()
        answer = yield AskEffect(line, str(question), shown, rules, text, problem)
        result = meter.take(answer["value"])
        meter.weigh([result])
        problem = find_mismatch(result, shown, rules)
        if not problem:
            _trace(machine, line, str(question), text, result)
            return result
    raise HaltError("R_ASK_SHAPE", f"The model's answer to .ask has the wrong shape: {problem}.")


def _trace(machine: Machine, line: int, question: str, text: str, result: Any) -> None:
    digest = sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
    data = {"input_digest": digest, "result": jsons.plain(machine.meter, result)}
    machine.emit("ask", text=question, line=line, data=data)


def summarize(machine: Machine, value: Any, prompt: Any = "", model: Any = None) -> Steps:
    """Let the model summarize a value."""
    del model
    machine.meter.model_call()
    text = jsons.text_for_model(machine.meter, value)
    answer = yield SummarizeEffect(machine.line, str(prompt or ""), text)
    return machine.meter.take(answer["text"])


def to_json(machine: Machine, value: Any) -> Any:
    """Return a value's plain JSON copy."""
    return machine.meter.take(jsons.plain(machine.meter, value))


def item(machine: Machine, result: TalkResult, key: Any) -> Steps:
    """Return `result[key]`: how it ended, an argument of the exit, or the real value of an example."""
    if key == "next":
        return result.next
    if isinstance(key, str) and key in result.arguments:
        return result.arguments[key]
    if isinstance(key, str) and key in result.defaults:
        question = "What are these values, according to the conversation?"
        values = yield ask(machine, result, question, result.defaults)
        result.arguments = {**values, **result.arguments}
        return result.arguments[key]
    raise KeyError(key)


def get_entry(machine: Machine, result: TalkResult, key: Any, default: Any = None) -> Steps:
    """Do `result.get(key)`."""
    try:
        value = yield item(machine, result, key)
    except KeyError:
        return default
    return value
