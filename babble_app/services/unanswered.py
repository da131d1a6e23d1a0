"""Questions of visitors that were not answered, or not well: what the agent, or its files, should learn next.

What is found: answers that failed, were empty, were rated down, or say that they do not know, and questions after which a person
had to go on. Whether an answer says so is told by phrases of a few languages in its beginning. So a wrong answer that sounds sure
is found only when a visitor rates it down, and a good one that begins with a doubt is found though it need not be.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from babble_app.schemas.conversations import Reason, Unanswered
from babble_app.services.visit_turns import TRANSFERRED
from babble_app.store import apps as app_rows
from babble_app.store import visit_questions as rows
from babble_app.store.tables.base import now

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from babble_app.services.runtime import Runtime
    from babble_app.store.visit_questions import Said

DAYS = 30
MOST_MESSAGES = 4_000
"""The newest of an app that are looked through."""
MOST_CONVERSATIONS = 10
"""That are named for one question."""
_TEXT_CHARS = 600
_SHOWN_CHARS = 300
_UNSURE = re.compile(
    r"""\bi\ (?:really\ |just\ )?(?:don't|do\ not)\ (?:actually\ )?know\b
    | \bi(?:'m|\ am)\ (?:not\ (?:sure|certain|able\ to)|unable\ to|afraid\ i\ (?:don't|do\ not|can't|cannot))\b
    | \bi\ (?:can't|cannot|can\ not|could\ not|couldn't)\ (?:find|answer|help|tell\ you|say)\b
    | \b(?:don't|do\ not|doesn't|does\ not)\ (?:have|contain|include)\ (?:any\ |enough\ |that\ |the\ )?information\b
    | \bno\ information\ (?:about|on)\b
    | \b(?:not|isn't)\ (?:mentioned|specified|stated)\ in\b
    | \bweiß\ (?:ich|es)\b[^.]{0,30}\bnicht\b | \bich\ weiß\ (?:es\ |das\ )?(?:leider\ )?nicht\b
    | \bkeine\ (?:informationen|angaben|information)\b | \bkann\ ich\ (?:dir\ |ihnen\ )?(?:leider\ )?nicht\ (?:sagen|beantworten)\b
    | \bje\ ne\ sais\ pas\b | \b(?:pas|aucune)\ d?'?information\b
    | \bno\ (?:lo\ )?sé\b | \bno\ tengo\ (?:esa\ |la\ )?información\b
    | \bnon\ lo\ so\b | \bnão\ sei\b | \bweet\ (?:ik\ )?(?:het\ )?(?:helaas\ )?niet\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NO_WORD = re.compile(r"[\W_]+")


async def list_unanswered(rt: Runtime, owner_id: str, app_id: str) -> list[Unanswered]:
    """Return unanswered questions of the last 30 days, equal ones together, those asked most often first.

    Equal are questions of the same words in the same order, whatever their case and punctuation. What was said on the staging
    channel does not count.
    """
    async with rt.database.reading() as db:
        await app_rows.get_app(db, owner_id, app_id)
    said = await rt.database.fetch(
        rows.list_said,
        owner_id,
        app_id,
        since=now() - timedelta(days=DAYS),
        limit=MOST_MESSAGES,
        max_chars=_TEXT_CHARS,
    )
    return await asyncio.to_thread(_gather, said)


def says_it_does_not_know(text: str) -> bool:
    """Say whether an answer's beginning says that it is none."""
    return (
        _UNSURE.search(text[:_TEXT_CHARS].replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
        is not None
    )


@dataclass
class _Group:
    """The same question, asked one or several times."""

    asked: list[tuple[datetime, Said, str]] = field(
        default_factory=list["tuple[datetime, Said, str]"]
    )
    reasons: dict[Reason, None] = field(default_factory=dict["Reason", None])

    def add(self, question: Said, answer: str, reasons: Iterable[Reason]) -> None:
        self.asked.append((question.at, question, answer))
        self.reasons.update(dict.fromkeys(reasons))

    def shape(self) -> Unanswered:
        newest = sorted(self.asked, key=lambda one: one[0], reverse=True)
        at, question, answer = newest[0]
        places = dict.fromkeys(said.chat_id for _, said, _ in newest)
        return Unanswered(
            question=question.text,
            count=len(newest),
            reasons=tuple(self.reasons),
            answer=answer[:_SHOWN_CHARS],
            conversation_ids=tuple(places)[:MOST_CONVERSATIONS],
            asked_at=at,
        )


def _gather(said: Sequence[Said]) -> list[Unanswered]:
    groups: dict[str, _Group] = {}
    for question, answer, reasons in _find(said):
        key = _NO_WORD.sub(" ", question.text.casefold()).strip() or question.text
        groups.setdefault(key, _Group()).add(question, answer, reasons)
    shapes = [group.shape() for group in groups.values()]
    return sorted(shapes, key=lambda one: (one.count, one.asked_at), reverse=True)


def _find(said: Iterable[Said]) -> Iterator[tuple[Said, str, list[Reason]]]:
    """Yield the questions that count as unanswered, with what was answered and why they count."""
    for _, messages in groupby(said, key=lambda one: one.chat_id):
        conversation = list(messages)
        answers = {
            one.question_id: one
            for one in conversation
            if one.role == "assistant" and one.question_id
        }
        for number, question in enumerate(conversation):
            answer = answers.get(question.id)
            # Without an answer it is being answered now, or was said to a person.
            if question.role == "user" and answer is not None:
                reasons = _reasons(answer, conversation[number + 1 :])
                if reasons:
                    yield question, answer.text, reasons


def _reasons(answer: Said, later: Sequence[Said]) -> list[Reason]:
    found: list[Reason] = []
    if answer.status in {"failed", "interrupted"}:
        found.append("failed")
    elif answer.status == "done" and not answer.text.strip():
        found.append("empty")
    if answer.rating == "down":
        found.append("rated_down")
    if says_it_does_not_know(answer.text):
        found.append("unsure")
    if _person_goes_on(answer, later):
        found.append("handed_over")
    return found


def _person_goes_on(answer: Said, later: Sequence[Said]) -> bool:
    """Say whether a person has written next, or the program handed over to one and nothing was answered since."""
    rest = [one for one in later if one.role == "assistant" and one.id != answer.id]
    if rest:
        return rest[0].question_id is None
    return answer.visit_status == TRANSFERRED
