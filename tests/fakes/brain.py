"""Lets the offline demo model answer behind a real socket, as if it were OpenAI, Ollama or Anthropic.

A wire does not say what a call is for, and the demo model goes by that: the task is found by the prompt's own first words,
which are read from the prompts' files.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

import babble_app
from babble_app.llm.demo.client import DemoClient
from babble_app.schemas.models import ModelMessage, ModelRequest, Task, ToolSpec
from tests.fakes.script import Answer, Rule, ToolUse

if TYPE_CHECKING:
    from tests.fakes.script import Incoming

PROMPTS = Path(babble_app.__file__).parent / "agents" / "prompts"
SHORTEST_START = 15
"""A prompt that begins with a slot has no words to be known by."""
_TASK = re.compile(r"\(task (\w+)\)")


def demo_rule() -> Rule:
    """Return the rule that answers everything."""
    return Rule(answer_as_demo)


async def answer_as_demo(incoming: Incoming) -> Answer:
    """Ask the demo model what the wire was asked."""
    answer = await DemoClient().complete(read_request(incoming))
    return Answer(
        text=answer.text,
        reasoning=answer.reasoning,
        tools=[ToolUse(call.name, call.arguments) for call in answer.tool_calls],
        usage=(answer.usage.input_tokens, answer.usage.output_tokens),
        finish=answer.finish_reason,
    )


def read_request(incoming: Incoming) -> ModelRequest:
    """Turn a wire's request back into ours."""
    messages = [ModelMessage(role="system", text=incoming.system)] if incoming.system else []
    messages += [
        ModelMessage(role=cast("Any", role), text=text) for role, text in incoming.messages
    ]
    return ModelRequest(
        messages=tuple(messages),
        task=find_task(incoming.system),
        tools=tuple(_tool(tool) for tool in incoming.body.get("tools", [])),
        json_schema=incoming.json_schema,
    )


def find_task(system: str) -> Task:
    """Tell by a system prompt's beginning what the call is for."""
    for start, task in prompt_starts().items():
        if system.startswith(start):
            return task
    return "talk" if "# How you answer" in system else "answer"


@cache
def prompt_starts() -> dict[str, Task]:
    """Return the first words of each prompt up to its first slot, and its task."""
    starts: dict[str, Task] = {}
    for path in sorted(PROMPTS.glob("*.md")):
        head, _, text = path.read_text(encoding="utf-8").partition("\n")
        start = text.lstrip().partition("{{")[0].partition("\n")[0].strip()
        task = _TASK.search(head)
        if task and task[1] in get_args(Task) and len(start) >= SHORTEST_START:
            starts[start] = cast("Task", task[1])
    return starts


def _tool(tool: dict[str, Any]) -> ToolSpec:
    function = tool.get("function", tool)
    return ToolSpec(
        name=function["name"],
        description=function.get("description", ""),
        parameters=function.get("parameters") or function.get("input_schema") or {},
    )
