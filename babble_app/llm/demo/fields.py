"""The details that an agent may ask people for: how to recognise, ask for, and find them in what people say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from babble_app.llm.demo.words import slug, tidy, without_accents

FieldKind = Literal["name", "email", "phone", "date", "time", "code", "number", "choice", "text"]


@dataclass(frozen=True)
class Field:
    """A detail; two with one key are the same."""

    key: str
    label: str
    """As in "your LABEL": `phone number`."""
    kind: FieldKind
    example: str | int
    question: str


# The first that fits counts; accents are off. Words of a few other languages stand beside the English ones.
_CODES = (
    "order booking reference ticket account customer invoice tracking serial policy member membership case room reservation "
    "confirmation patient student employee flight license licence post postal zip"
)
_KINDS: tuple[tuple[FieldKind, str, str | int], ...] = (
    (
        "email",
        r"\be-?mails?\b|\bmail(?:adresse)?\b|\bcorreo\b|\bcourriel\b|\bposta elettronica\b",
        "ada@example.com",
    ),
    (
        "phone",
        r"phone|\bmobile\b|\bcell\b|\btele[fp]|\btel\b|\bcelular\b|\bcontact number\b|\bwhatsapp\b",
        "+1 555 010 0199",
    ),
    (
        "code",
        rf"\b(?:{_CODES.replace(' ', '|')})[ -]?(?:numbers?|ids?|no\.?|codes?|plate)\b|\bzip\b"
        r"|\bnumero de pedido\b|\bbestellnummer\b",
        "A-1042",
    ),
    (
        "number",
        r"\bnumber of\b|\bquantit|\bamount\b|\bbudget\b|\bage\b|\b(?:party|group) size\b|\bhead ?count\b|\bprice\b"
        r"|\bweight\b|\bheight\b|\brating\b|\bscore\b|\bcount\b|\bcantidad\b|\banzahl\b",
        4,
    ),
    ("time", r"\btimes?\b(?! ?zone)|\bhour\b|\bhora\b|\buhrzeit\b|\bheure\b", "14:30"),
    (
        "date",
        r"\bdates?\b|\bday\b|\bbirthday\b|\bdeadline\b|\bfecha\b|\bdatum\b|\bdata\b(?! ?base)|\bgeburtstag\b",
        "2026-12-24",
    ),
    (
        "name",
        r"^(?:(?:first|last|full|sur|family|given)[ -]?)?names?$|^nombre|^nom$|^nome$|^vorname|^naam$",
        "Ada Lovelace",
    ),
)
_ASIDES = "they|he|she|it|the (?:customer|caller|user|person|guest|visitor|client)"
_DETERMINERS = re.compile(
    r"^(?:(?:for|about|of|the|a|an|any|some|their|his|her|its|your|my|our|also|each|exact|please|el|la|su|sus|un|una|"
    r"den|die|das|dem|ihre[nr]?|seine[nr]?|le|les|leur|son|sa|il|lo|seu|sua|o)\s+|"
    r"[\w-]+(?:'s|’s|s'|s’)\s+)+",
    re.IGNORECASE,
)
_WHAT = re.compile(
    r"^(?:what|which)\s+(?:(?:kind|type|sort|size)s?\s+of\s+)?(?P<noun>.+?)"
    rf"(?:\s+(?:is|are|was|were|people|someone|{_ASIDES})\b.*)?$",
    re.IGNORECASE,
)
_WRONG = re.compile(
    r"^what(?:['’]s| is| has gone| goes| went)? (?:wrong|broken|the (?:matter|problem|issue|trouble))"
    r"(?P<rest> (?:with|about) .+)?$",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(r"^how (?:many|much)\s+(?P<noun>[\w-]+(?: [\w-]+)?)", re.IGNORECASE)
_WHETHER = re.compile(
    rf"^(?:whether|if)\s+(?:{_ASIDES}|people)\s+"
    r"(?:would like|want|need|prefer|like|is|are|have|has)?s?\s*(?:to\s+)?(?P<rest>.+)$",
    re.IGNORECASE,
)
_TAIL = re.compile(
    rf"\s+(?:you|we|{_ASIDES})\b.*$|\s+(?:please|first|too|as well)$|\s+(?:del?|des?|vom|du) (?:client|kunde)\w*$",
    re.IGNORECASE,
)
_LOOSE = {
    "when": ("date", "date"),
    "where": ("place", "text"),
    "who": ("name", "name"),
    "why": ("reason", "text"),
    "how": ("details", "text"),
}
_CHOSEN_WORDS = "cake pizza dish meal drink product item size colour color flavour flavor model room table service"
_CHOSEN = frozenset(_CHOSEN_WORDS.split())
_EXAMPLES = {
    "size": "medium",
    "colour": "blue",
    "color": "blue",
    "address": "12 Garden Street, Springfield",
    "city": "Lisbon",
    "country": "Portugal",
    "cake": "apple cake",
    "reason": "it arrived broken",
    "problem": "it does not start",
    "issue": "it does not start",
}


def make_field(phrase: str) -> Field | None:
    """Return the detail that a phrase such as "their phone number" or "what cake they want" names.

    None where the phrase is no name of a detail: nothing, or a whole sentence.
    """
    label = _label(tidy(phrase).strip(" .,:;!?\"'“”‘’()[]*`#-_"))
    if not label or len(label) > 48 or len(label.split()) > 6:
        return None
    label = "phone number" if label == "number" else label
    kind, example = _kind(label)
    if " or " in f" {label} ":
        kind, example = "choice", label.split(" or ")[0].split(",")[0].strip()
    if kind == "email":
        label = "email address" if re.fullmatch(r"e-?mails?", label) else label
    if kind == "phone" and label in {"phone", "telephone", "mobile", "cell"}:
        label = f"{label} number"
    return Field(
        slug(label) or f"detail_{_digest(label)}", label, kind, example, _question(label, kind)
    )


def _question(label: str, kind: FieldKind) -> str:
    if kind == "choice":
        return f"Would you like {label}?"
    if label == "problem" or label.startswith("problem with "):
        return f"What is wrong{label.removeprefix('problem')}?"
    if label in _CHOSEN:
        return f"Which {label} would you like?"
    if label.startswith("number of "):
        return f"How many {label.removeprefix('number of ')}?"
    if kind in {"name", "email", "phone", "code"}:
        return f"What is your {label}?"
    return f"Could you tell me the {label}, please?"


def _label(phrase: str) -> str:
    if wrong := _WRONG.match(phrase):
        return f"problem{wrong['rest'] or ''}"
    if whether := _WHETHER.match(phrase):
        phrase = whether["rest"]
        return _TAIL.sub("", phrase) if " or " in phrase else phrase
    if many := _HOW_MANY.match(phrase):
        return f"number of {_lower(_TAIL.sub('', many['noun']))}"
    if what := _WHAT.match(phrase):
        phrase = what["noun"]
    first = phrase.split(" ", 1)[0].lower()
    if first in _LOOSE:
        return _LOOSE[first][0]
    label = _lower(_DETERMINERS.sub("", _TAIL.sub("", phrase)).strip())
    head = label.partition(" for ")[0]
    return head if _kind(head)[0] in {"name", "email", "phone"} else label


def _lower(label: str) -> str:
    """Fold the case of a label, but for abbreviations such as VIN or IBAN."""
    return " ".join(
        word if word.isupper() and len(word) > 1 else word.lower() for word in label.split()
    )


def _kind(label: str) -> tuple[FieldKind, str | int]:
    plain = without_accents(label)
    for kind, pattern, example in _KINDS:
        if re.search(pattern, plain, re.IGNORECASE):
            return kind, example
    known = next((_EXAMPLES[word] for word in label.split()[::-1] if word in _EXAMPLES), None)
    return "text", known or f"the {label}"


def _digest(label: str) -> int:
    """Tell labels without a Latin letter apart by a small stable number."""
    return sum(index * ord(char) for index, char in enumerate(label, start=1)) % 997
