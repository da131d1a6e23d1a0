"""Finds out what an agent is called and whom it works for."""

from __future__ import annotations

import re

from babble_app.llm.demo.words import capital, quoted, sentences, shorten, tidy

NAME_CHARS = 40
_CALLED = (
    r"(?:called|named|name it|call it|name is|name's|llamad[oa]|que se llama|genannt|namens|appelée?|nommée?|chiamat[oa]|"
    r"chamad[oa]|genaamd)"
)
# A full stop belongs to a name only inside a word or after a title: "Dr. Nora", but "called Nora. It greets".
_WORD = r"(?:(?:Dr|Mr|Mrs|Ms|St|Prof)\.|[A-ZÀ-ÞЀ-Я0-9&](?:[\w&'’-]|\.(?=\w))*)"
_NAMED = re.compile(rf"\b{_CALLED}:?\s+(?P<name>{_WORD}(?:\s+(?:{_WORD}|of|the|and|de|la))*)")
_CALLED_QUOTED = re.compile(rf"\b{_CALLED}:?\s+(?=[\"“«„'‘])", re.IGNORECASE)
_LOWER_NAMED = re.compile(rf"\b{_CALLED}:?\s+(?P<name>[\w-]+)", re.IGNORECASE)
_BUSINESS = re.compile(
    r"(?<!ask )(?<!asks )(?<!asking )\bfor\s+(?P<article>my|our|an|a|the)\s+(?P<what>[\w'’&-]+(?:\s+[\w'’&-]+){0,4}?)"
    r"(?=\s+(?:that|which|who|called|named|to|in|with|and|where|whose|so|it)\b|\s*[,.;:!?(\n–—-]|\s*$)",
    re.IGNORECASE,
)
_OF = re.compile(
    r"\b(?:guests?|customers?|visitors?|callers?|clients?|patients?|members?|users?|people) (?:of|at) (?:the )?"
    rf"(?P<what>{_WORD}(?:\s+{_WORD})*)"
)
_JOB = re.compile(
    r"\b(?:takes?(?! down\b)|handles?|manages?|books?|schedules?|answers?|collects?|tracks?|sells?|checks?|qualif(?:y|ies)|"
    r"screens?|plans?|"
    r"recommends?|helps? (?:\w+ )?(?:to )?|teach(?:es)?|explains?)\s+(?P<what>[\w'’-]+(?:\s+[\w'’-]+){0,2})",
    re.IGNORECASE,
)
_NO_BUSINESS = frozenset(
    (
        "person",
        "customer",
        "user",
        "human",
        "caller",
        "name",
        "date",
        "reply",
        "answer",
        "order",
        "booking",
        "repair",
        "visit",
    )
)
_CUT = re.compile(
    r"\s+(?:for|from|and|with|about|on|in|to|the|a|an|of|their|or|that|by|at)\s*$", re.IGNORECASE
)


def agent_name(description: str) -> str:
    """Return the name that the description gives, or one made from what the agent is for."""
    text = tidy(description)
    if named := _given_name(text):
        return shorten(named, NAME_CHARS)
    if place := business(text):
        return shorten(f"{capital(place)} assistant", NAME_CHARS)
    job = _JOB.search(text)
    what = _trimmed(job["what"]) if job else ""
    if what and what.lower() not in {"people", "them", "customers", "questions", "users", "me"}:
        return shorten(f"{capital(what)} assistant", NAME_CHARS)
    return "Assistant"


def business(description: str) -> str:
    """Return what the agent works for, without its article: "bakery"; empty where nothing says so."""
    if of := _OF.search(tidy(description)):
        return of["what"]
    for match in _BUSINESS.finditer(tidy(description)):
        what = _trimmed(match["what"])
        if what.lower() not in _NO_BUSINESS:
            return what
    return ""


def with_article(place: str) -> str:
    """Return "the bakery", but "Hotel Linde"."""
    return place if place[:1].isupper() else f"the {place}"


def purpose(description: str) -> str:
    """Return the description's first sentence or two, as one line."""
    line = ""
    for sentence in sentences(description)[:3]:
        if line and len(line) + len(sentence) > 240:
            break
        line = f"{line} {tidy(sentence)}".strip()
    return shorten(line, 300)


def _given_name(text: str) -> str:
    if match := _CALLED_QUOTED.search(text):
        inside = quoted(text[match.end() :])
        if inside:
            return inside[0].strip(" .,;:!?")
    if match := _NAMED.search(text):
        return match["name"].strip(" .,;:!?'’-")
    match = _LOWER_NAMED.search(text)
    return (
        capital(match["name"])
        if match and match["name"].lower() not in {"the", "a", "when", "by", "for"}
        else ""
    )


def _trimmed(what: str) -> str:
    while (cut := _CUT.sub("", what)) != what:
        what = cut
    return what.strip()
