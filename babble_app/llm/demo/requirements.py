"""Finds in a description which details the agent is to ask people for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from babble_app.llm.demo.fields import make_field
from babble_app.llm.demo.languages import ENGLISH, language_of
from babble_app.llm.demo.words import sentences, stem, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from babble_app.llm.demo.fields import Field

MOST = 10
_SENTENCES = 60
_SENTENCE_CHARS = 800
_QUESTION_WORDS = frozenset(
    {"what", "which", "how", "when", "where", "who", "why", "whether", "if"}
)
_PERSON = (
    r"(?:\s+(?:for\s+)?(?:him|her|them|me|you|everyone|everybody|people|(?:(?:the|each|every|all|a|our|my)\s+)?"
    r"(?:customer|caller|user|person|guest|visitor|client|patient|candidate|applicant|student|lead|employee|member|tenant|"
    r"traveller|traveler|patron|shopper|participant|parent|player)s?))?"
)
_VERBS = (
    r"ask(?:s|ing)?|collect(?:s|ing)?|gather(?:s|ing)?|request(?:s|ing)?|record(?:s|ing)?|note(?:s)? down|captur(?:e|es|ing)|"
    r"find(?:s)? out|writ(?:e|es) down|tak(?:e|es) down|obtain(?:s)?|inquire(?:s)?|enquire(?:s)?|"
    r"(?:need|want|has|have)s? to know|get(?:s|ting)?(?=\s+(?:the|their|his|her|a|an)\s)|"
    r"tak(?:e|es|ing)(?=\s+(?:the|their|his|her|your|a)\s+(?:[\w'’]+\s+)?(?:name|email|e-mail|phone|number|address|date|details))"
)
# A bare "ask" asks for details only with "for", "about" or a question word after it.
_ASK = re.compile(
    rf"\b(?P<verb>{_VERBS})\b{_PERSON}(?P<link>\s*:\s*|\s+(?:(?:also|then|first)\s+)?(?:for|about|to (?:give|provide|share|enter|"
    r"confirm|tell(?: (?:us|me|you))?))\s+|\s+)(?P<rest>[^.;!?\n]+)",
    re.IGNORECASE,
)
# "when the customer asks for one" is no task of the agent.
_OF_THE_PERSON = re.compile(
    r"\b(?:when|if|once|whenever|who)(?:\s+[\w'’]+){0,3}\s+$", re.IGNORECASE
)
_ASKING = re.compile(rf"(?:{_VERBS})\b", re.IGNORECASE)
_STEPS = (
    "answer greet say tell hand transfer escalate forward connect send confirm repeat summarise summarize thank offer "
    "suggest recommend book schedule look check search find explain then finally give provide let wish end close finish wait be "
    "help store save route pass call make read use if never always only do don't keep reply respond register remind welcome"
)
_NOT_FIELDS = {
    stem(word)
    for word in (*_STEPS.split(), "ask", "question", "help", "file", "document", "conversation")
}
_CLAUSE_END = re.compile(
    r"\s+(?:then|before|after|so that|so we|so i|because|and then|while|until|unless|in order to|to (?:place|make|book|process|"
    r"complete|create|open|send|arrange|qualify|check|look|find|see)|if (?:they|the|he|she|it|anything|something))\b.*$"
    r"|\s+-+\s+.*$|(?<!,)\s+(?:to|who|which|from) .*$",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"\s*(?:,\s*(?:and|then|&|plus|und|y|et)\s+|,|\band\b|&|\bplus\b|\bas well as\b|\bund\b|\by\b|\bet\b|、|،)\s*"
)
# As in: takes cake orders (name, cake, pickup date).
_BRACKETED = re.compile(
    r"\b(?:orders?|bookings?|reservations?|appointments?|details|information|requests?|data|leads?)\s*\((?P<rest>[^()\n]+)\)",
    re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"\b(?:pide|pregunta|solicita|recoge|fragt|frage|nach|erfrage|sammelt|demande|recueille|chiede|raccoglie|pergunta|pede|vraag|"
    r"vraagt naar)\b\s+(?:al cliente\s+|den kunden\s+|nach\s+|por\s+|al client\s+)?(?P<rest>[^.;!?\n]+)",
    re.IGNORECASE,
)


def required_fields(description: str) -> tuple[Field, ...]:
    """Return the details a description says to ask for, in its order, each once, at most `MOST`."""
    found: dict[str, Field] = {}
    for sentence in sentences(description)[:_SENTENCES]:
        for field in _of_sentence(sentence[:_SENTENCE_CHARS]):
            found.setdefault(field.key, field)
    if not found and language_of(description) is not ENGLISH:
        for match in _FOREIGN.finditer(description):
            found |= {field.key: field for field in _fields(match["rest"])}
    return tuple(found.values())[:MOST]


def _of_sentence(sentence: str) -> Iterator[Field]:
    position = 0
    while match := _ASK.search(sentence, position):
        rest, position = match["rest"], match.start("rest")
        if _negated(sentence[: match.start()]):
            continue
        if match["verb"].lower().endswith("s") and _OF_THE_PERSON.search(sentence[: match.start()]):
            continue
        if match["verb"].lower().startswith("ask") and not _asks_for(match["link"], rest):
            continue
        yield from _fields(rest)
    for listed in _BRACKETED.finditer(sentence):
        yield from _fields(listed["rest"])


def _asks_for(link: str, rest: str) -> bool:
    first = words(rest)[:1]
    if first in (["questions"], ["a"]) and "question" in rest[:24]:
        return False
    return bool(link.strip()) or bool(_QUESTION_WORDS.intersection(first))


def _negated(before: str) -> bool:
    return bool(
        re.search(
            r"\b(?:never|not|don't|don’t|without|no|can|may|might|when they|if they|who|people|users)\s*$",
            before,
            re.IGNORECASE,
        )
    )


def _fields(rest: str) -> Iterable[Field]:
    """Yield the details of a list, up to the first item that is another step of the agent."""
    asked = rest.split(" ", 1)[0].lower() in {
        "what",
        "which",
        "how",
        "when",
        "where",
        "who",
        "why",
        "whether",
        "if",
    }
    clause = rest if asked else _CLAUSE_END.sub("", rest)
    for item in _SEPARATOR.split(clause):
        spoken = words(item)
        if not spoken:
            continue
        if _is_step(spoken):
            return
        field = make_field(_CLAUSE_END.sub("", item) if not asked else item)
        if field is not None:
            yield field


def _is_step(spoken: list[str]) -> bool:
    if spoken[0] in {"when", "if"} and len(spoken) > 2 and _ASKING.search(" ".join(spoken[2:])):
        return True
    if len(spoken) > 1 and spoken[0].endswith(("s", "ing")) and _ASKING.match(" ".join(spoken)):
        return True
    if spoken[0] == "if":
        return False
    if spoken[0] in {"email", "e", "phone", "mail", "call"} and len(spoken) > 1:
        return spoken[1] in {"them", "him", "her", "it", "the", "a", "me", "us", "our"}
    return stem(spoken[0]) in _NOT_FIELDS
