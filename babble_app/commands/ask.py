"""`ask`: put a question to whichever model answers best, from a shell; the answer is in the workspace `Conversations` too."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from babble_app.commands._console import say
from babble_app.commands._people import find_person
from babble_app.errors import BabbleError
from babble_app.settings import get_settings

if TYPE_CHECKING:
    import argparse

    from babble_app.commands._console import Subparsers
    from babble_app.schemas.thoughts import Thought

USAGE_ERROR = 2


def add(commands: Subparsers) -> None:
    """Add `ask`."""
    ask = commands.add_parser("ask", help="put a question to whichever model answers best")
    ask.add_argument("question", help="the question, or - for standard input")
    ask.add_argument("--email", default="", help="who asks; not needed with a single account")
    ask.add_argument("--profile", default="", help="the kind of work: coder, research, tutor, ...")
    ask.add_argument("--model", default="", help="the one model that shall answer")
    ask.add_argument("--conversation", default="", help="the id of one that goes on")
    ask.add_argument("--fresh", action="store_true", help="give no earlier answer again")
    ask.add_argument("--json", action="store_true", help="print the answer with all its facts")
    ask.set_defaults(command=_ask)


def _ask(options: argparse.Namespace) -> int:
    try:
        thought = asyncio.run(_think(options))
    except BabbleError as error:
        say(f"{error}", file=sys.stderr)
        return USAGE_ERROR
    if options.json:
        say(thought.model_dump_json(indent=2))
    else:
        say(thought.response)
        say(_facts(thought), file=sys.stderr)
    return 0 if thought.success else 1


async def _think(options: argparse.Namespace) -> Thought:
    from babble_app.services import brain
    from babble_app.services.runtime import running

    question = sys.stdin.read() if options.question == "-" else options.question
    async with running(get_settings()) as rt:
        person = await find_person(rt, options.email, "Say with --email who asks.")
        return await brain.think(
            rt,
            question,
            user_id=person,
            conversation_id=options.conversation,
            profile=options.profile,
            model=options.model,
            fresh=options.fresh,
        )


def _facts(thought: Thought) -> str:
    facts = thought.metadata
    cost = f"${facts.usage.cost_usd:.6f}" if facts.usage.cost_usd else ""
    parts = (facts.model, facts.why, cost, f"conversation {facts.conversation_id}")
    return f"({'; '.join(part for part in parts if part)})"
