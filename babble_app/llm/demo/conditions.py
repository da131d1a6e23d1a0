"""Decides whether what a person said meets the condition of an exit, going by its words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from babble_app.llm.demo.fields import make_field
from babble_app.llm.demo.gather import gather
from babble_app.llm.demo.words import is_question, stem, telling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.llm.demo.fields import Field

_HUMAN = re.compile(
    r"\b(?:humans?|real (?:person|people)|someone real|live agent|agent|representative|operator|colleague|staff|manager|advisor|"
    r"member of the team|hand(?:ed)? ?over|transfer\w*|persona real|mitarbeiter\w*|mensch\w*|humain|umano)\b",
    re.IGNORECASE,
)
_HUMAN_SAID = re.compile(
    rf"{_HUMAN.pattern}|\b(?:speak|talk|connect me|put me through) (?:to|with) (?:a|an|some)\w*\b",
    re.IGNORECASE,
)
_BYE = re.compile(
    r"\b(?:good-?bye|bye|leav(?:e|es|ing)|farewell|quits?|exits?|hangs? up|nothing (?:else|more)|no more|(?:is|are) done|ends? the)\b",
    re.IGNORECASE,
)
_BYE_SAID = re.compile(
    r"\b(?:good ?-?bye|bye|see (?:you|ya)|that's (?:all|it)|that is all|"
    r"nothing (?:else|more)|no,? thanks?|no,? thank you|(?:i'm|i am|we're) done|"
    r"(?:have|got) to go|leaving|quit|exit|farewell|adi[oó]s|hasta luego|tsch[uü]ss|auf wiedersehen|au revoir|arrivederci|ciao|tchau|"
    r"tot ziens)\b",
    re.IGNORECASE,
)
_YES = re.compile(
    r"\b(?:confirm\w*|agree\w*|accept\w*|approv\w*|says? yes|(?:is|are) (?:right|correct))\b",
    re.IGNORECASE,
)
_YES_SAID = re.compile(
    r"^\W*(?:yes|yep|yeah|yup|sure|correct|right|exactly|ok(?:ay)?|perfect|"
    r"fine|great|sounds good|looks good|(?:that|it|everything)(?:['’]s| is) (?:right|correct)|"
    r"i confirm|confirmed|agreed|all good|s[ií]|ja|oui|sim|genau)\b",
    re.IGNORECASE,
)
_NO = re.compile(
    r"\b(?:declin\w*|refus\w*|reject\w*|disagree\w*|den(?:y|ies)|says? no|wrong|incorrect|to change|not (?:right|correct))\b",
    re.IGNORECASE,
)
_NO_SAID = re.compile(
    r"^\W*(?:no|nope|nein|non|não)\b|\b(?:wrong|change|incorrect|not (?:right|correct)|mistake|instead)\b",
    re.IGNORECASE,
)
_GIVEN = re.compile(
    r"\b(?:giv(?:es?|en)|gave|provid(?:es?|ed)|shar(?:es?|ed)|told|tells|enter(?:s|ed)|stat(?:es?|ed)|mention(?:s|ed)|suppl(?:ies|ied)|"
    r"answered with|specif(?:ies|ied)|have collected|has collected|collected)\b\s*(?:us |you )?(?P<list>.+)$",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*(?:,\s*(?:and|or)\s+|,|;|\band\b|&)\s*")
_VAGUE = """
go get name speak talk give provide condition conversation answer thing mention choose choice valid state intent interest
clear clearly asking wanting
"""
_GENERIC = frozenset(stem(word) for word in _VAGUE.split())
_SAME = """
billing: bill invoice pay payment charge charged refund
support: problem broken issue error trouble fix work crash
sales: buy price purchase quote offer product
order: buy purchase
book: appointment reserve reservation schedule
appointment: book schedule
angry: terrible awful complaint unacceptable furious
complain: complaint terrible awful unacceptable angry
cancel: stop abort
refund: money back return
"""
_SYNONYMS = {
    stem(line.partition(":")[0]): line.partition(":")[2].split()
    for line in _SAME.split("\n")
    if line
}


def given_fields(condition: str) -> tuple[Field, ...]:
    """Return the details that a condition such as "the person has given their name and email" wants."""
    match = _GIVEN.search(condition)
    if not match:
        return ()
    fields = (
        make_field(re.sub(r"\b(?:valid|correct|all|both)\s+", "", item))
        for item in _SPLIT.split(match["list"])
    )
    return tuple(field for field in fields if field)


def is_goodbye(condition: str) -> bool:
    """Say whether a condition is about leaving."""
    return bool(_BYE.search(condition))


def is_handover(condition: str) -> bool:
    """Say whether a condition is about talking to a person."""
    return bool(_HUMAN.search(condition))


def is_met(condition: str, turns: Sequence[tuple[str, str]]) -> bool:
    """Say whether the conversation, above all its last message, meets the condition."""
    said = turns[-1][1] if turns and turns[-1][0] == "user" else ""
    if not said.strip():
        return False
    if is_handover(condition):
        return bool(_HUMAN_SAID.search(said))
    if wanted := given_fields(condition):
        return gather(turns, wanted).keys() >= {field.key for field in wanted}
    if is_goodbye(condition):
        return bool(_BYE_SAID.search(said))
    if _NO.search(condition):
        return bool(_NO_SAID.search(said))
    if _YES.search(condition):
        return bool(_YES_SAID.search(said)) and not _NO_SAID.search(said)
    return _shares_words(condition, said)


def _shares_words(condition: str, said: str) -> bool:
    """Say whether a third of the condition's telling words, or words for the same, were said."""
    wanted = telling(condition) - _GENERIC
    spoken = telling(said)
    hits = [
        word
        for word in wanted
        if word in spoken or any(stem(other) in spoken for other in _SYNONYMS.get(word, ()))
    ]
    if not hits or (is_question(said) and "ask" not in condition and "question" not in condition):
        return False
    return len(hits) * 3 >= len(wanted)
