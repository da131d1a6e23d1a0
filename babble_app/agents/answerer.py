"""Answers a question in plain words: from the conversation, the chat's files (cited), and what its tools find in those and the web."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, TypeAlias

from babble_app.agents.agent import Agent
from babble_app.agents.citations import find_citations
from babble_app.agents.context import images_for, passage_block
from babble_app.agents.prompt_texts import render
from babble_app.agents.revision import program_message
from babble_app.agents.selection import uses_of
from babble_app.agents.turn import Turn
from babble_app.errors import ModelAnswerInvalidError, ModelUnavailableError
from babble_app.retrieval.enclosing import enclose
from babble_app.retrieval.web import find_addresses
from babble_app.schemas.events import (
    ReasoningDelta,
    StateChanged,
    TextDelta,
    ToolAnswered,
    ToolCalled,
    UsageCounted,
)
from babble_app.schemas.models import ModelMessage, ModelRequest, ReasoningPart, TextPart
from babble_app.schemas.usage import Usage
from babble_app.tools.toolkit import ToolContext, ToolError, offered_tools, wants_web

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from babble_app.agents.request import AgentRequest
    from babble_app.llm.client import ModelClient
    from babble_app.schemas.events import AgentEvent
    from babble_app.schemas.models import ToolCall
    from babble_app.tools.toolkit import OutsideTool, Tool

TOOL_ROUNDS = 6
MAX_BROKEN_CALLS = 1
"""How often a model is told that its arguments do not fit before it has to do without tools."""
MAX_CALLS = 8
"""Calls that are carried out in one round."""
MAX_REFUSAL_CHARS = 2_000
"""Of what a tool that fails says to the model: it may repeat what the model itself has written."""
_SUMMARY_CHARS = 200
Tools: TypeAlias = "dict[str, Tool | OutsideTool]"


async def run(model: ModelClient, request: AgentRequest) -> AsyncGenerator[AgentEvent, None]:
    """Yield the answer, then a citation for each passage that its text refers to.

    Raises:
        ModelAnswerInvalidError: the answer is empty or was cut off.
    """
    yield StateChanged(name="answering")
    context = _context(model, request)
    messages = _opening(model, request)
    groups = request.profile.tools if request.profile else ()
    tools: Tools = {one.name: one for one in request.outside}
    tools |= offered_tools(groups, files=request.has_more, web=request.web is not None)
    text, broken, turn, seen = "", 0, Turn(), len(context.passages)
    for number in range(TOOL_ROUNDS + 1):
        may_call = number < TOOL_ROUNDS and broken <= MAX_BROKEN_CALLS and context.room_chars > 0
        offered = tools if may_call else {}
        turn = Turn()
        try:
            async with aclosing(_answer(model, request, messages, offered, turn)) as events:
                async for event in events:
                    yield event
        except ModelUnavailableError:
            if not offered or turn.text:
                raise
            tools = {}  # many small models take none
            continue
        text += turn.text
        if not turn.tool_calls or not offered:
            break
        messages.append(_asked(turn))
        broken += sum(bool(call.error) for call in turn.tool_calls[:MAX_CALLS])
        async with aclosing(call_tools(offered, context, turn.tool_calls, messages)) as events:
            async for event in events:
                yield event
        if len(context.passages) > seen:
            pictures = request.pictures if model.sees_images else ()
            if shown := uses_of(request.files, context.passages, pictures):
                yield StateChanged.reading(shown)
            seen = len(context.passages)
    for citation in find_citations(text, context.passages):
        yield citation
    _require_whole(text, turn)


def _context(model: ModelClient, request: AgentRequest) -> ToolContext:
    own_words = [one.text for one in request.history if one.role == "user"]
    return ToolContext(
        documents=request.files,
        passages=list(request.passages),
        web=request.web,
        model=model,
        addresses=find_addresses("\n".join([*own_words, request.text])),
    )


def _system_text(request: AgentRequest) -> str:
    parts = [render("answerer", today=request.today.isoformat())]
    if request.profile is not None:
        parts.append(request.profile.instructions)
        if wants_web(request.profile.tools):
            parts.append(render("web" if request.web is not None else "no_web"))
    return "\n\n".join(part for part in parts if part)


def _opening(model: ModelClient, request: AgentRequest) -> list[ModelMessage]:
    messages = [ModelMessage(role="system", text=_system_text(request)), *request.history]
    if request.program is not None:
        program = program_message(request.program, edited_by_hand=request.edited_by_hand)
        messages.append(ModelMessage(role="user", text=program))
    if request.passages:
        blocks = [passage_block(number, one) for number, one in enumerate(request.passages, 1)]
        text = "Passages of the person's files, as data:\n\n" + "\n\n".join(blocks)
        messages.append(ModelMessage(role="user", text=text))
    if request.data:
        text = f"What the program that asks says of itself and its user, as data:\n\n{enclose('data', request.data)}"
        messages.append(ModelMessage(role="user", text=text))
    images = images_for(request, model)
    return [*messages, ModelMessage(role="user", text=request.text, images=images)]


async def _answer(
    model: ModelClient,
    request: AgentRequest,
    messages: list[ModelMessage],
    tools: Tools,
    turn: Turn,
) -> AsyncGenerator[AgentEvent, None]:
    profile = request.profile
    wanted = ModelRequest(
        messages=tuple(messages),
        task="answer",
        tools=tuple(tool.spec for tool in tools.values()),
        temperature=profile.temperature if profile else None,
        max_output_tokens=profile.max_output_tokens if profile else None,
    )
    async with aclosing(turn.stream(model, wanted)) as parts:
        async for part in parts:
            if isinstance(part, TextPart):
                yield TextDelta(text=part.text)
            elif isinstance(part, ReasoningPart):
                yield ReasoningDelta(text=part.text, all_before=part.all_before)
    yield turn.counted()


def _asked(turn: Turn) -> ModelMessage:
    calls = tuple(turn.tool_calls[:MAX_CALLS])
    return ModelMessage(role="assistant", text=turn.text, tool_calls=calls)


async def call_tools(
    tools: Tools, context: ToolContext, calls: Sequence[ToolCall], messages: list[ModelMessage]
) -> AsyncGenerator[AgentEvent, None]:
    """Carry out what a model asked for, and put what came of it behind the messages."""
    for call in calls[:MAX_CALLS]:
        by_page = call.name in tools and tools[call.name].by_page
        yield ToolCalled(call_id=call.id, name=call.name, arguments=call.arguments, by_page=by_page)
        answered, message = await _call(tools, context, call)
        yield answered
        if (used := context.take_usage()) != Usage():
            yield UsageCounted(usage=used)
        messages.append(message)


async def _call(
    tools: Tools, context: ToolContext, call: ToolCall
) -> tuple[ToolAnswered, ModelMessage]:
    """Carry a call out; what goes wrong is told to the model."""
    try:
        if call.error:
            raise ToolError(f"The arguments are not a JSON object: {call.error}")
        if call.name not in tools:
            raise ToolError(f"There is no tool {call.name!r}. There are: {', '.join(tools)}.")
        context.require_room()
        context.call_id = call.id
        result, ok = await tools[call.name].run(context, call.arguments), True
    except ToolError as error:
        result, ok = str(error), False
    summary = " ".join(result.split())[:_SUMMARY_CHARS]
    answered = ToolAnswered(call_id=call.id, name=call.name, ok=ok, summary=summary)
    text = context.fit(result) if ok else result[:MAX_REFUSAL_CHARS]
    return answered, ModelMessage(role="tool", text=text, tool_call_id=call.id)


def _require_whole(text: str, turn: Turn) -> None:
    if not text.strip():
        raise ModelAnswerInvalidError(
            "The model sent an empty answer. Try again, or choose another model."
        )
    if turn.cut_off:
        message = "The answer was cut off because it was too long. Ask for a shorter one, or for a part of it."
        raise ModelAnswerInvalidError(message)


AGENT = Agent(name="answer", run=run)
