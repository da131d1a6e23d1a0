"""Names for agents and sentences for versions, taken from what was written."""

from __future__ import annotations

import re

MAX_NAME_CHARS = 60
MAX_SUMMARY_CHARS = 200
_READ_CHARS = 2_000

_COMMENT = re.compile(r"^#\s*(?:agent|name)\s*:\s*(.+?)\s*$", re.IGNORECASE | re.MULTILINE)
_CALLED = re.compile(
    r"\b(?:called|named|namens|llamad[oa]|appelée?)\s+(?:[\"'“„«]([^\"'”“»\n]{1,60})[\"'”“»]|([A-ZÀ-Þ][\w-]*(?: [A-ZÀ-Þ][\w-]*){0,3}))"
)
_LEAD = re.compile(
    r"^(?:please\s+|can you\s+|could you\s+)?"
    r"(?:i\s+(?:want|need|would like)\s+|(?:make|build|create|write|design)\s+(?:me\s+|us\s+)?)?"
    r"(?:an?|the|my|our)?\s*",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"\s+(?:that|which|who|to|and|with|where)\b|[.,;:!?\n]")
_STOPS = ".!?…。"
_SENTENCE = re.compile(rf"(.+?[{_STOPS}][\"”»)]?)(?:\s|$)", re.DOTALL)
_QUOTED = re.compile(
    rf"([\"“„«`][^\"“”„«»`]*?)([{_STOPS}][\"“”»`](?=\s+[A-ZÀ-Þ])|[\"“”»`])", re.DOTALL
)
"""A quotation; its last full stop ends the sentence too when a new one follows."""


def agent_name(program: str, request: str) -> str:
    """Return the name in the program's first comments, or in the request, or the request's first words."""
    for match in (_COMMENT.search(program[:2000]), _CALLED.search(request)):
        if match:
            return next(group for group in match.groups() if group)[:MAX_NAME_CHARS].strip()
    words = _CLAUSE.split(_LEAD.sub("", request.strip(), count=1))[0].split()[:6]
    name = " ".join(words)[:MAX_NAME_CHARS].strip()
    return name[:1].upper() + name[1:] if name else "New agent"


def first_sentence(text: str) -> str:
    """Return the first sentence of some prose, on one line."""
    plain = " ".join(text.split()).replace("**", "").lstrip("# ")
    match = _SENTENCE.match(_QUOTED.sub(_hide_stops, plain))
    sentence = plain[: match.end(1)] if match else plain
    return sentence[:MAX_SUMMARY_CHARS].rstrip(":").strip()


def _hide_stops(quoted: re.Match[str]) -> str:
    """Return the quotation, as long as it was, without the stops that end sentences inside of it."""
    return re.sub(f"[{_STOPS}]", "_", quoted.group(1)) + quoted.group(2)
