"""Answers the tasks `answer` (by quoting the files) and `triage`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from babble_app.llm.demo.prompt import read_prompt
from babble_app.llm.demo.reply import Reply
from babble_app.llm.demo.words import best_match, sentences, shorten, telling, tidy, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.llm.demo.prompt import Piece
    from babble_app.schemas.models import ModelRequest

WHAT_I_AM = (
    "I am Babble's offline demo model: I follow rules, I am **not an AI**. I can\n\n"
    "- write an agent from a description, such as *“An agent for a bakery that asks for name, email and cake”*,\n"
    "- change the agent on the canvas: greeting, goodbye, name, questions, exits, rules,\n"
    "- answer questions from this chat's files by quoting them.\n\n"
    "For real conversations, add a provider's key in Settings and choose its model."
)
_GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|hola|hallo|bonjour|ciao|olá|good (?:morning|afternoon|evening|day)|moin|servus)\b",
    re.IGNORECASE,
)
_THANKS = re.compile(r"^\W*(?:thanks|thank you|thx|cheers|danke|gracias|merci)\b", re.IGNORECASE)
_ABOUT_ME = re.compile(
    r"\bwhat can you do\b|\bwho are you\b|\bwhat are you\b|\bhow (?:do|does) (?:you|"
    r"this|babble) work\b|\bare you (?:an? )?(?:ai|real|human|bot)\b|^\W*help\W*$",
    re.IGNORECASE,
)
_BUILD = re.compile(
    r"\b(?:build|create|write|make|design|generate|set up|i (?:want|need|would like)|i'd like|we need|give me)\b.{0,60}?"
    r"\b(?:agents?|bots?|assistants?|chatbots?|receptionist|concierge|helper|program)\b|"
    r"^\W*(?:an?|the|my|our)\s+(?:[\w-]+\s+){0,4}(?:agent|bot|assistant|chatbot)\b|"
    r"\b(?:agente|asistente|agent|assistent|bot)\b.{0,40}\b(?:para|für|pour|per|voor|que|der|die|qui|che)\b",
    re.IGNORECASE | re.DOTALL,
)
_CHANGE = re.compile(
    r"\b(?:add|change|rename|remove|delete|drop|replace|instead|also ask|"
    r"stop asking|no longer|greet|let (?:people|them|users|callers|customers)|"
    r"make (?:it|the|her|him)|it should|it must|should (?:also|never|always)|"
    r"never|always|call it|say goodbye|friendlier|shorter|update|edit|"
    r"modify|translate|exit|ask (?:for|them|the)|hand over|swap)\b",
    re.IGNORECASE,
)
_NO_PROGRAM = re.compile(
    r"\b(?:no (?:agent|program)|nothing is|is empty|not? (?:yet )?(?:an )?agent)\b", re.IGNORECASE
)
_DEMO = re.compile(r"\(demo:", re.IGNORECASE)


def answer(request: ModelRequest) -> Reply:
    """Return an answer to a greeting, a question about the demo model, or one that the passages answer."""
    prompt = read_prompt(request)
    said = prompt.request
    passages = [piece for piece in prompt.pieces if piece.number]
    if _ABOUT_ME.search(said):
        return Reply(WHAT_I_AM)
    if _GREETING.match(said) and len(words(said)) <= 4:
        return Reply(f"Hello! {WHAT_I_AM}")
    if _THANKS.match(said) and len(words(said)) <= 6:
        return Reply("You are welcome. Tell me when something shall be changed.")
    if passages:
        return Reply(_quote(said, passages))
    return Reply(
        "I find nothing about that in this chat's files, and I am the offline demo model, not an AI: I know nothing else. "
        "Choose files for this chat, or describe the agent that you want."
    )


def _quote(question: str, passages: Sequence[Piece]) -> str:
    wanted = telling(question)
    ranked = sorted(passages, key=lambda piece: -len(wanted & telling(piece.text)))
    best = [piece for piece in ranked[:3] if wanted & telling(piece.text)] or ranked[:1]
    lines = [f"> {_excerpt(question, piece.text)} [{piece.number}]" for piece in best]
    places = "; ".join(
        f"{piece.file}{f', page {piece.page}' if piece.page else ''} [{piece.number}]"
        for piece in best
    )
    return (
        "This is what the files say:\n\n"
        + "\n\n".join(lines)
        + f"\n\nFrom {places}. I am the offline demo model and only quote."
    )


def _excerpt(question: str, text: str) -> str:
    """Return the sentence of a passage that fits best, with the one after it."""
    parts = sentences(text)
    best = best_match(question, parts)
    at = parts.index(best) if best else 0
    return shorten(tidy(" ".join(parts[at : at + 2])), 400)


def triage(request: ModelRequest) -> Reply:
    """Return which kind of answer a message wants, as the prompt's small JSON."""
    prompt = read_prompt(request)
    situation = prompt.system.partition('- "build"')[0]
    return Reply(
        json.dumps({"kind": kind_of(prompt.request, has_program=not _NO_PROGRAM.search(situation))})
    )


def kind_of(said: str, *, has_program: bool) -> str:
    """Return `build`, `change` or `answer`."""
    asks = said.rstrip().endswith("?") and not re.match(
        r"\W*(?:can|could|would|will) you\b", said, re.IGNORECASE
    )
    if _ABOUT_ME.search(said) or asks:
        return "answer"
    if has_program and (_CHANGE.search(said) or _DEMO.search(said)) and not _new(said):
        return "change"
    return "build" if _BUILD.search(said) or _DEMO.search(said) else "answer"


def _new(said: str) -> bool:
    return bool(
        re.search(
            r"\b(?:new|another|second|different) (?:\w+ )?(?:agent|bot|assistant|chatbot)\b",
            said,
            re.IGNORECASE,
        )
    ) or bool(
        re.match(
            r"\W*(?:an?|build|create|write)\s(?:[\w-]+\s+){0,4}(?:agent|bot|assistant|chatbot)\b",
            said,
            re.IGNORECASE,
        )
    )
