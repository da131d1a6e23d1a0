"""Finds in a conversation what a person has said about the details that an agent wants."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from babble_app.llm.demo.words import COMMON_WORDS, is_question, stem, tidy, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from babble_app.llm.demo.fields import Field, FieldKind

_MONTHS = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?"
)
_DAYS = (
    r"mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
)
_NUMBER_WORDS = "zero one two three four five six seven eight nine ten eleven twelve"
_NUMBERS: list[str] = list(_NUMBER_WORDS.split())
_PATTERNS: dict[FieldKind, re.Pattern[str]] = {
    "email": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "phone": re.compile(r"(?<![\w-])\+?\(?\d[\d ()./-]{5,}\d(?![\w-])"),
    "date": re.compile(
        rf"\b\d{{4}}-\d\d?-\d\d?\b|\b\d\d?[./]\d\d?[./](?:\d{{2,4}})?|\b\d\d?(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTHS})\b(?:\s+\d{{4}})?|"
        rf"\b(?:{_MONTHS})\s+\d\d?(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}})?|\b(?:(?:next|this)\s+)?(?:{_DAYS})\b|"
        r"\b(?:today|tonight|tomorrow|next week|the day after tomorrow)\b",
        re.IGNORECASE,
    ),
    "time": re.compile(
        r"\b\d\d?[:.h]\d\d\s?(?:[ap]\.?m\.?)?|\b\d\d?\s?(?:[ap]\.?m\b|o'?clock)|\b(?:noon|midnight)\b",
        re.IGNORECASE,
    ),
    "code": re.compile(r"#?\b(?=[\w-]*\d)[A-Za-z0-9][\w-]{2,}\b"),
    "number": re.compile(
        rf"(?<![\w.])\d+(?:[.,]\d+)*\b|\b(?:{'|'.join(_NUMBERS)})\b", re.IGNORECASE
    ),
}
_NAME = re.compile(
    r"\b(?:my name is|my name's|i am called|i'm called|this is|i am|i'm|name:|"
    r"it's|me llamo|soy|ich heiße|ich bin|mein name ist|je m'appelle|je suis|"
    r"mi chiamo|meu nome é)\s+(?P<name>[^\W\d_][\w'’.-]*(?:\s+(?-i:[^\W\d_a-z])[\w'’.-]*){0,3})",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:(?:yes|ok|okay|sure|well|hi|hello|please|thanks|thank you|and|"
    r"the|it's|it is|that's|that is|i'd like|i would like|i want|i need|"
    r"i'll take|i will take|i'll have|we are|we're|just|maybe|for|a|an|my|is|name|mine is|make it|give me)\b[,:]?\s*)+",
    re.IGNORECASE,
)
_HELLO = re.compile(
    r"^(?:hi|hello|hey|good (?:morning|afternoon|evening|day))\b[ ,.!]*", re.IGNORECASE
)
_INTENT = re.compile(
    r"(?:i['’]d like|i would like|i want|i need|we want|we need|can i|could i|can you|may i)\b",
    re.IGNORECASE,
)
_OWN = re.compile(r"my (?!name\b)", re.IGNORECASE)
_VAGUE = re.compile(
    r"\b(?:a|some|any) (?:problem|issue|trouble|repair|help|question)\b|\b(?:repair(?:ed)?|fixed|help|human|person)\b",
    re.IGNORECASE,
)
_OFFER = re.compile(
    r"\b(?:help|do for) you\b|ayudarle|helfen|aider|aiutar|ajudar|helpen", re.IGNORECASE
)
"""The question an agent opens with."""
_REFUSAL = re.compile(
    r"^(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|thanks|thank you|ok(?:ay)?|yes|no|bye|goodbye|what|why|help|hm+)\W*$",
    re.IGNORECASE,
)


def gather(turns: Sequence[tuple[str, str]], fields: Iterable[Field]) -> dict[str, str]:
    """Return by key what the person said for each detail; what was said last counts.

    Args:
        turns: (`user` or `assistant`, text), older first.
        fields: What to look for. Details with a shape of their own (email, date...) are found anywhere; others where
            the agent had just asked for them, or where they are named.
    """
    wanted = list(fields)
    found: dict[str, str] = {}
    asked = ""
    for role, text in turns:
        if role == "user":
            for field in wanted:
                if value := _value(field, text, asked, alone=_alone(field, wanted)):
                    found[field.key] = value
        else:
            asked = text
    return found


def is_asked(field: Field, agent_text: str) -> bool:
    """Say whether the agent's last question is about the detail."""
    if field.question and agent_text.endswith(field.question):
        return True
    questions = [piece for piece in re.split(r"(?<=[.!?])\s+", agent_text) if piece.endswith("?")]
    return bool(questions) and _names(field, questions[-1])


def _value(field: Field, text: str, asked: str, *, alone: bool) -> str:
    direct = is_asked(field, asked)
    if pattern := _PATTERNS.get(field.kind):
        return _by_pattern(field, pattern, text, direct=direct, alone=alone)
    if field.kind == "name" and (name := _name(text, direct=direct)):
        return name
    if field.kind == "name" and not _may_be_name(text):
        return ""
    if _is_problem(field) and not is_question(text):
        opening = "?" not in asked or bool(_OFFER.search(asked))
        return _problem(text) if direct or (opening and _tells_a_problem(text)) else ""
    if named := re.search(
        rf"\b{re.escape(field.label)}\s*(?:is|are|:|=)\s*([^.,;!?\n]+)", text, re.IGNORECASE
    ):
        return tidy(named[1])
    if kind_of := re.search(
        rf"\b(?:an?|the|some)\s+((?!few\b|nice\b|new\b)[\w-]+(?:\s+[\w-]+)?\s+{re.escape(field.label)})\b",
        text,
        re.IGNORECASE,
    ):
        return tidy(kind_of[1])
    if direct and not is_question(text) and not _REFUSAL.match(text.strip()):
        return _spoken(text)
    return ""


def _may_be_name(text: str) -> bool:
    said = text.strip()
    return len(words(said)) <= 6 and not _INTENT.match(said) and not _OWN.match(said)


def _is_problem(field: Field) -> bool:
    return field.label == "problem" or field.label.startswith("problem with ")


def _tells_a_problem(text: str) -> bool:
    """Say whether words that nobody asked for say what is wrong; "I have a problem" does not."""
    return len(words(text)) > 1 and not _VAGUE.search(text) and not _name(text, direct=False)


def _problem(text: str) -> str:
    """Return what is wrong, in the person's own words."""
    plain = _HELLO.sub("", tidy(text))
    if not plain or _REFUSAL.match(plain) or _INTENT.match(plain):
        return ""
    first = re.split(r"(?<=[.!?])\s", plain)[0].rstrip(" .!")
    return first[:1].lower() + first[1:] if first[1:2].islower() or first[1:2] == " " else first


def _name(text: str, *, direct: bool) -> str:
    match = _NAME.search(text)
    if not match or match["name"].split()[0].lower() in COMMON_WORDS:
        return ""
    # "I'm Ada" is a name, "I'm late" is none.
    vague = re.match(r"(?:it's|this is|i am|i'm)", match.group(), re.IGNORECASE)
    plain = not vague or match["name"][0].isupper()
    return match["name"].strip(" .") if direct or plain else ""


def _by_pattern(
    field: Field, pattern: re.Pattern[str], text: str, *, direct: bool, alone: bool
) -> str:
    rest = text
    if field.kind in {"number", "code", "phone"}:
        # Digits of an address, a date or a telephone number are no quantities.
        for other in ("email", "date", "time", "phone"):
            if other != field.kind and not direct:
                rest = _PATTERNS[other].sub(" ", rest)
    match = pattern.search(rest)
    if not match or not (direct or alone or _names(field, text)):
        return ""
    value = match.group().strip(" .,")
    return str(_NUMBERS.index(value.lower())) if value.lower() in _NUMBERS else value


def _alone(field: Field, wanted: Sequence[Field]) -> bool:
    """Say whether a value of this shape can belong to this detail only, so that nobody needs to name it."""
    return sum(other.kind == field.kind for other in wanted) == 1


def _names(field: Field, text: str) -> bool:
    said = {stem(word) for word in words(text)}
    return all(stem(word) in said for word in words(field.label) if word not in COMMON_WORDS)


def _spoken(text: str) -> str:
    first = re.split(r"(?<=[.!?])\s", tidy(text))[0].rstrip(" .!")
    return _LEAD.sub("", first).strip() or first
