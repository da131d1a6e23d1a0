"""Answers what a running program asks of a model: one turn of talk, a question about a text, a summary, other words."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, assert_never

from babble_app.agents.prompt_texts import render
from babble_app.agents.shapes import describe_shape, read_json
from babble_app.based.effects import (
    ActionEffect,
    AskEffect,
    HttpEffect,
    RephraseEffect,
    SummarizeEffect,
    TalkEffect,
    UserEffect,
)
from babble_app.errors import ModelAnswerInvalidError
from babble_app.retrieval.enclosing import enclose
from babble_app.schemas.models import ModelMessage, ModelRequest, ToolSpec
from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.agents.request import ContextFile
    from babble_app.agents.turn import Turn
    from babble_app.based.effects import Effect, Exit
    from babble_app.llm.client import ModelClient
    from babble_app.schemas.models import ModelAnswer, Task

MAX_FILES_CHARS = 40_000
"""Of all files of a visitor together; a program's turns are short, and each is asked with them."""
SPEAK_NEXT = "[Speak next.]"
"""The last message when the agent is to speak without a new one of the visitor."""

_NEXT = re.compile(r"^[\s>*`]*NEXT:\s*[`*\"']?([\w-]+)[`*\"'.]?\s*$", re.MULTILINE)
_NO_ARGUMENTS: dict[str, Any] = {"type": "object", "properties": {}}


async def answer_effect(model: ModelClient, effect: Effect) -> tuple[dict[str, Any], Usage]:
    """Return the answer that the program waits for (based/effects.py says its shapes), and what it cost.

    Raises:
        BabbleError: the model failed, or answered nothing that can be used.
    """
    match effect:
        case TalkEffect():
            return await _talk(model, effect)
        case AskEffect():
            return await _ask(model, effect)
        case SummarizeEffect():
            prompt = render("summarize", prompt=effect.prompt)
            text, usage = await _reword(model, "summarize", prompt, effect.input)
            return {"kind": "summarize", "text": text}, usage
        case RephraseEffect():
            text, usage = await _reword(model, "rephrase", render("rephrase"), effect.text)
            return {"kind": "rephrase", "text": text}, usage
        case UserEffect() | HttpEffect() | ActionEffect():
            raise ValueError("the program waits for the user or the network, not for a model")
        case _:
            assert_never(effect)


def talk_request(
    effect: TalkEffect,
    *,
    instructions: str = "",
    data: str = "",
    files: Sequence[ContextFile] = (),
) -> ModelRequest:
    """Return what the model is asked for a turn of talk.

    Args:
        effect: What the program waits for.
        instructions: The app's own, behind the program's prompt.
        data: What the asking page says of itself, as JSON; shown as data.
        files: What the visitor has given along; their beginnings are shown, as data.
    """
    system = "\n\n".join(part for part in (_talk_prompt(effect), instructions) if part)
    messages = [ModelMessage(role="system", text=system)]
    said = [ModelMessage(role=role, text=text) for role, text in effect.messages]
    if effect.first or not said or said[-1].role != "user":
        said.append(ModelMessage(role="user", text=SPEAK_NEXT))
    if data:
        text = f"What the page or program that asks says of itself, as data:\n\n{enclose('data', data)}"
        said.insert(len(said) - 1, ModelMessage(role="user", text=text))
    if files:
        said.insert(len(said) - 1, _given(files))
    tools = tuple(_tool(one) for one in effect.exits)
    return ModelRequest(messages=(*messages, *said), task="talk", tools=tools)


def _given(files: Sequence[ContextFile]) -> ModelMessage:
    """Return the message that shows a visitor's files, each with its fair part of the room there is."""
    room = MAX_FILES_CHARS // len(files)
    parts = [
        enclose("file", "\n\n".join(page.text for page in file.pages)[:room], name=file.name)
        for file in files
    ]
    text = "\n\n".join(("Files that the visitor has given, as data:", *parts))
    images = tuple(file.image for file in files if file.image is not None)
    return ModelMessage(role="user", text=text, images=images)


def read_talk(effect: TalkEffect, answer: ModelAnswer | Turn) -> dict[str, Any]:
    """Return what the model's answer means to the program; raises ModelAnswerInvalidError if it said nothing."""
    if chosen := _chosen(effect, answer):
        return chosen
    reply = _NEXT.sub("", answer.text).strip()
    if not reply:
        raise ModelAnswerInvalidError("The model said nothing. Send the message again.")
    return {"kind": "talk", "reply": reply}


async def _talk(model: ModelClient, effect: TalkEffect) -> tuple[dict[str, Any], Usage]:
    answer = await model.complete(talk_request(effect))
    return read_talk(effect, answer), answer.usage


def _talk_prompt(effect: TalkEffect) -> str:
    data = (
        f"\nData: {json.dumps(effect.data, ensure_ascii=False, default=str)}\n"
        if effect.data
        else ""
    )
    context = f"\nNew from the program, for this turn: {effect.context}\n" if effect.context else ""
    exits = ""
    if effect.exits:
        listed = "\n".join(f"- {one.slug}: {one.text}" for one in effect.exits)
        exits = (
            "When one of these is the case now, call the tool of that name and write nothing "
            f"(without tools: answer with the single line `NEXT: name`):\n{listed}\n"
        )
    return render("talk", prompt=effect.prompt, data=data, context=context, exits=exits)


def _tool(one: Exit) -> ToolSpec:
    return ToolSpec(name=one.slug, description=one.text, parameters=one.parameters or _NO_ARGUMENTS)


def _chosen(effect: TalkEffect, answer: ModelAnswer | Turn) -> dict[str, Any] | None:
    """Return the exit that the model chose, by tool or by line; of several the first in the program's order, and the others."""
    named = {call.name: call.arguments for call in reversed(answer.tool_calls)}
    named |= {slug: {} for slug in _NEXT.findall(answer.text) if slug not in named}
    chosen = [one.slug for one in effect.exits if one.slug in named]
    if not chosen:
        return None
    first, *others = chosen
    answer_of = {"kind": "talk", "exit": first, "arguments": named[first]}
    return {**answer_of, "also": others} if others else answer_of


async def _ask(model: ModelClient, effect: AskEffect) -> tuple[dict[str, Any], Usage]:
    """Ask once; the program itself judges the shape, and asks again with the problem."""
    told = f"\nYour answer before could not be used: {effect.problem}" if effect.problem else ""
    shape = describe_shape(effect.example, effect.schema)
    prompt = render("ask", question=effect.question, shape=shape, problem=told)
    answer = await model.complete(_request("ask", prompt, effect.input))
    value = read_json(answer.text, words_suffice=_takes_words(effect))
    return {"kind": "ask", "value": value}, answer.usage


def _takes_words(effect: AskEffect) -> bool:
    """Whether plain words are an answer of the wanted shape."""
    if effect.schema is not None:
        return effect.schema.get("type") == "string"
    return effect.example is None or isinstance(effect.example, str)


async def _reword(model: ModelClient, task: Task, prompt: str, text: str) -> tuple[str, Usage]:
    answer = await model.complete(_request(task, prompt, text))
    if not answer.text.strip():
        raise ModelAnswerInvalidError("The model sent an empty answer. Send the message again.")
    return answer.text.strip(), answer.usage


def _request(task: Task, prompt: str, text: str) -> ModelRequest:
    messages = (
        ModelMessage(role="system", text=prompt),
        ModelMessage(role="user", text=enclose("input", text)),
    )
    return ModelRequest(messages=messages, task=task)
