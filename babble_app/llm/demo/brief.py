"""What the demo model understands of a description: the agent's name, and the steps it recognises."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from babble_app.llm.demo.languages import ENGLISH, find_language, language_of
from babble_app.llm.demo.naming import agent_name, business, purpose, with_article
from babble_app.llm.demo.requirements import required_fields
from babble_app.llm.demo.words import capital, quoted, sentence, sentences, shorten, tidy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.llm.demo.fields import Field

_TEXT_CHARS = 300
_GREET = re.compile(
    r"\b(?:greet|welcome|open with|start(?:s)? (?:by|with)|say(?:s|ing)? hello|begin)",
    re.IGNORECASE,
)
_BYE = re.compile(
    r"\b(?:good-?bye|farewell|sign off|end(?:s)? (?:by|with)|close(?:s)? with|thank)", re.IGNORECASE
)
_HUMAN = re.compile(
    r"\bhand(?:s|ing)?[ -]?(?:\w+ )?(?:over|off)\b|\btransfer|\bescalat|\bhuman\b|\brepresentative\b|\bcolleague\b|\boperator\b|"
    r"\breal person\b|\blive agent\b|\bput (?:them|people) through\b|\bpersona real\b|\bmitarbeiter\b|\bmenschen\b|\bhumain\b",
    re.IGNORECASE,
)
_ANSWERS = re.compile(
    r"\banswers?\b|\bquestions?\b|\bfaqs?\b|\blook(?:s|ing)?[ -]?up\b|\bfrom the (?:file|document|menu|handbook|manual|pdf)|"
    r"\bexplain|\binform|\btell(?:s)? (?:people|them|customers) about\b|\bpreguntas\b|\bfragen\b|\bquestions\b|\bdomande\b",
    re.IGNORECASE,
)
_CONFIRMS = re.compile(
    r"\bconfirm|\bread(?:s)? (?:it |them |everything )?back\b|\brepeat(?:s)? (?:the|it|back|every)|\bdouble[ -]check|\bverif",
    re.IGNORECASE,
)
_SUMMARY = re.compile(r"\bsummar|\brecap\b", re.IGNORECASE)
_PHONE = re.compile(r"\+?\d[\d ()./-]{5,}\d")
_RULE = re.compile(
    r"^(?:it |the agent |she |he |they |you |also |and |please )*(?:should |"
    r"must )?(?:never|always|do not|don't|don’t|be |stay |keep |only |"
    r"must not|avoid|use (?:a |an )?\w+ (?:tone|language))",
    re.IGNORECASE,
)
_FACT = re.compile(
    r"\b(?:we|our|is|are|costs?|opens?|closes?|open|closed|price|hours|located|free|includes?)\b|\d",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"\b(?:agent|bot|assistant|chatbot|should|must|ask|collect|greet|say|hand|transfer|build|create|make|write|answer|please|"
    r"want|need|help|called|named|confirm)\w*\b",
    re.IGNORECASE,
)
_ROUTES = re.compile(
    r"\b(?:route|direct|forward|send|sort|triage|transfer|connect|pass)\w*\s+(?:them|people|calls?|callers?|customers?|users?|everyone|"
    r"requests?|messages?|tickets?|each \w+)?\s*(?:in|on)?to\s+(?P<list>[^.;!?\n]+)",
    re.IGNORECASE,
)
_EITHER = re.compile(r"\s*(?:,\s*(?:or|and)\s+|,|\bor\b|\band\b|/)\s*")
_NO_ROUTE = re.compile(
    r"\b(?:human|person|agent|colleague|operator|representative|email|file|manager|someone|staff|me|us|if|when)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Brief:
    """A description as far as it was understood."""

    name: str
    business: str
    purpose: str
    greeting: str
    goodbye: str
    fields: tuple[Field, ...] = ()
    routes: tuple[str, ...] = ()
    """Departments or topics that people are sent to."""
    rules: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    """Sentences of the description that say something people may ask about."""
    answers: bool = False
    hands_over: bool = False
    phone: str = ""
    """Where people are handed over to, if the description has a number."""
    confirms: bool = False
    summarizes: bool = False


def understand(description: str, facts: Sequence[str] = ()) -> Brief:
    """Return what a description says, with passages of files that belong to it."""
    parts = [tidy(part) for part in sentences(description)][:200]
    name = agent_name(description)
    language = find_language(" ".join(parts)) or language_of(description)
    own_facts = [shorten(part, _TEXT_CHARS) for part in parts if _is_fact(part)]
    known = tuple([*own_facts, *facts][:12])
    text = " ".join(parts)
    phone = _PHONE.search(text)
    greeting = _said(parts, _GREET) or (
        _english_greeting(name, business(description))
        if language is ENGLISH
        else language.greet(name)
    )
    return Brief(
        name=name,
        business=business(description),
        purpose=purpose(description),
        greeting=greeting,
        goodbye=_said(parts, _BYE)
        or (
            _english_goodbye(name, business(description))
            if language is ENGLISH
            else language.part(name)
        ),
        fields=required_fields(description),
        routes=_routes(text),
        rules=tuple(sentence(shorten(part, _TEXT_CHARS)) for part in parts if _RULE.match(part))[
            :8
        ],
        facts=known,
        answers=bool(_ANSWERS.search(text)) or bool(known),
        hands_over=bool(_HUMAN.search(text)),
        phone=phone.group().strip() if phone else "",
        confirms=bool(_CONFIRMS.search(text)),
        summarizes=bool(_SUMMARY.search(text)),
    )


def _english_greeting(name: str, place: str) -> str:
    if place and name.lower().startswith(place.lower()):
        return f"Hello, this is the assistant of {with_article(place)}. How can I help you?"
    return f"Hello, this is {name}. How can I help you?"


def _english_goodbye(name: str, place: str) -> str:
    if place and name.lower().startswith(place.lower()):
        return f"Thank you for contacting {with_article(place)}. Goodbye!"
    return ENGLISH.part(name)


def _said(parts: Sequence[str], cue: re.Pattern[str]) -> str:
    """Return what stands in quotation marks after a cue such as "greet"."""
    for part in parts:
        if match := cue.search(part):
            words_said = quoted(part[match.start() :])
            if words_said and not re.search(
                r"\b(?:called|named)\s*$", part[: part.find(words_said[0]) - 1]
            ):
                return shorten(words_said[0], _TEXT_CHARS)
    return ""


def _is_fact(part: str) -> bool:
    return (
        len(part) > 12
        and not part.endswith("?")
        and bool(_FACT.search(part))
        and not _ORDER.search(part)
    )


def _routes(text: str) -> tuple[str, ...]:
    match = _ROUTES.search(text)
    if not match or _NO_ROUTE.search(match["list"]):
        return ()
    options = [
        re.sub(r"^(?:the|either|our)\s+", "", option.strip().lower())
        for option in _EITHER.split(match["list"])
    ]
    good = [
        option for option in options if option and len(option) <= 30 and len(option.split()) <= 4
    ]
    return tuple(dict.fromkeys(good))[:6] if len(good) > 1 else ()


def summary(brief: Brief) -> str:
    """Say in a sentence or two what a program made from the brief does."""
    steps = ["greets people"]
    if brief.fields:
        steps.append(f"asks for {_labels(brief)}")
    if brief.confirms and brief.fields:
        steps.append("has the details confirmed")
    if brief.routes:
        steps.append(f"sends them to {' or '.join(brief.routes)}")
    if brief.answers:
        steps.append(
            "answers questions"
            + (f" from {len(brief.facts)} noted passages" if brief.facts else "")
        )
    if brief.hands_over:
        steps.append("hands over to a person")
    steps.append("says goodbye")
    return f"{capital(brief.name)} {', '.join(steps[:-1])} and {steps[-1]}."


def _labels(brief: Brief) -> str:
    return ", ".join(field.label for field in brief.fields)
