"""Understands what a person wants changed, and changes the program so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from babble_app.llm.demo import edit_details, edits
from babble_app.llm.demo.fields import make_field
from babble_app.llm.demo.languages import ENGLISH, find_language, named
from babble_app.llm.demo.program import CannotChangeError, Source
from babble_app.llm.demo.requirements import required_fields
from babble_app.llm.demo.styles import find_style
from babble_app.llm.demo.words import literal, quoted, sentence, shorten, tidy, without_quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ABILITIES = (
    "the greeting, the goodbye, the agent's name, the details it asks for, exits (ways out), rules and tone, "
    "and replacing one quoted text with another"
)
_REMOVE = re.compile(
    r"\b(?:remove|delete|drop|get rid of|take out|stop|no longer|don't|don’t|do not)\b",
    re.IGNORECASE,
)
_GREET = re.compile(
    r"\bgreet\w*|\bwelcome\b|\bopen(?:s|ing)? (?:with|message|line)|\bfirst (?:message|sentence)|\bsay(?:s|ing)? hello\b",
    re.IGNORECASE,
)
_BYE = re.compile(
    r"\bgood-?bye\b|\bfarewell\b|\bsign(?:s|ing)?[ -]off\b|\b(?:closing|last|final) (?:message|sentence|words)\b",
    re.IGNORECASE,
)
_ADD = re.compile(r"\b(?:add|include|say|give|make|end with)\b", re.IGNORECASE)
_RENAME = re.compile(
    r"\b(?:rename\b[^.\"“]*?\bto|(?:change|set)\s+(?:its|the|his|"
    r"her)\s+(?:agent'?s?\s+)?name\b[^.\"“]*?\bto|"
    r"call (?:it|her|him|the (?:agent|bot|assistant))|"
    r"name (?:it|her|him|the (?:agent|bot|assistant))|rename (?:it|her|him|"
    r"the agent)|(?:its|the agent's|her|his) name (?:should be|is(?: now)?))\s+"
    r"(?P<name>[^.,;!?\n]+)",
    re.IGNORECASE,
)
_HUMAN = re.compile(
    r"\b(?:human|real person|representative|operator|colleague|live agent|staff|someone real|hand(?:ed)?[ -]?over|escalat\w+)\b",
    re.IGNORECASE,
)
_EXIT = re.compile(
    r"\b(?:(?:add|make|create|give|need|include|want)\b[^.;\n]*?\b(?:exit|way out|"
    r"branch|option|case|until)\w*\s*(?:for\s+)?(?:when|if|where|for|that|:)?\s*|"
    r"^(?:please\s+)?(?:when|if)\s+)(?P<when>[^.;\n]+)",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    r"\s*(?:,|\band\b|\bthen\b|:)*\s*(?:say|tell them|answer|reply|respond)\w*(?:\s+(?:that|with))?\s*[:,]?\s*(?=[\"“'‘«]).*$",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"\badd (?:a |an |another |one more )?(?:question|field|detail)s?(?: (?:for|about|asking for|asking|on))?\s+(?P<what>[^.;\n]+)",
    re.IGNORECASE,
)
_STOP_ASKING = re.compile(
    r"\b(?:ask(?:ing)?|question|field)\b\s*(?:them\s+)?(?:for|about)?\s*(?P<what>[^.;\n]+)",
    re.IGNORECASE,
)
_RULE = re.compile(
    r"\b(?:never|always|must|should|speak|talk|answer|reply|be|use|only|avoid|don't|don’t|do not|make sure|mention|tell)\b",
    re.IGNORECASE,
)
_UNQUOTED = re.compile(
    r"^\w+(?:\s+(?:message|line|sentence))?\s*"
    r"(?::|(?:to|into|should (?:be|say)|says?)(?:\s*:|(?=\s+[A-ZÀ-Þ¡¿])))"
    r"\s*(?P<said>\S+\s+\S[^\n]*|\S+[!.?])"
)
_NEXT_WISH = re.compile(
    r"\s*(?:,|\band\b)?\s*(?:\b(?:change|make|set)\b)?\s*(?:\b(?:the|its)\b)?\s*$"
)
_REPLACE = re.compile(r"\b(?:replace|change|instead of|swap|turn)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Step:
    """One change: what it does in words, and the edit."""

    words: str
    edit: Callable[[str], str]


def change(program: str, wish: str) -> tuple[str, str]:
    """Return the changed program and a sentence that says what was changed.

    Raises:
        CannotChangeError: the wish is not among what rules can do, or does not fit this program.
        InvalidProgramError: the program does not parse.
    """
    steps = list(_steps(Source(program), tidy(wish)))
    if not steps:
        message = f"I did not understand what to change. I know: {ABILITIES}"
        raise CannotChangeError(message)
    text = program
    for step in steps:
        text = step.edit(text)
    if text == program:
        message = "the program is like that already"
        raise CannotChangeError(message)
    return text, "; ".join(step.words for step in steps)


def _steps(source: Source, wish: str) -> Iterator[Step]:
    found = [*_removals(wish)] if _REMOVE.search(wish) else []
    if not found:
        found = [*_sayings(source, wish), *_naming(wish), *_fields(wish), *_exits(wish)]
    if not found:
        found = [*_replacement(source, wish), *_restyled(source, wish)]
    if not found and _RULE.search(wish):
        rule = sentence(shorten(wish, 300))
        found = [Step(f'I add a rule: "{rule}"', lambda text: edits.add_rule(text, rule))]
    yield from found


def _removals(wish: str) -> Iterator[Step]:
    if re.search(r"\bask|\bquestion|\bfield", wish, re.IGNORECASE) and (
        match := _STOP_ASKING.search(wish)
    ):
        if field := make_field(match["what"]):
            yield Step(
                f"the agent no longer asks for the {field.label}",
                lambda text: edit_details.remove_field(text, field),
            )
    elif re.search(r"\b(?:remove|delete|drop|get rid of|take out)\b", wish, re.IGNORECASE):
        yield Step("I remove that exit", lambda text: edits.remove_exit(text, wish))


def _sayings(source: Source, wish: str) -> Iterator[Step]:
    bare = without_quoted(wish)
    if _is_replacement(wish):
        return
    greet, bye, name = _GREET.search(bare), _BYE.search(bare), source.name()
    says = (
        None if greet or bye or _EXIT.search(bare) else re.search(r"\bsay\b", bare, re.IGNORECASE)
    )
    language = find_language(bare)
    cue = greet or says
    hello = _said(wish, cue, bye) if cue else ""
    hello = hello or (language.greet(name) if greet and language else "")
    last = _said(wish, bye, greet) if bye else ""
    last = last or (language.part(name) if bye and language else "")
    if hello:
        words = f'the agent now begins with "{hello}"'
        yield Step(words, lambda text: edits.set_greeting(text, hello))
    if bye and not last and not hello and _ADD.search(bare):
        words = f'the agent now says goodbye with "{ENGLISH.part(name)}"'
        yield Step(words, lambda text: edits.add_goodbye(text, ENGLISH.part(name)))
    if last:
        words = f'the agent now says goodbye with "{last}"'
        yield Step(words, lambda text: edits.set_goodbye(text, last))


def _is_replacement(wish: str) -> bool:
    bare = without_quoted(wish)
    about = re.search(r"\b(?:greeting|goodbye|name)\b", bare, re.IGNORECASE)
    return len(quoted(wish)) == 2 and bool(_REPLACE.search(bare)) and not about


def _said(wish: str, cue: re.Match[str], other: re.Match[str] | None) -> str:
    """Return what stands in quotation marks, or behind a plain "to", after the cue and before the other one."""
    end = other.start() if other and other.start() > cue.start() else len(wish)
    part = wish[cue.start() : end]
    found = quoted(part)
    if found:
        return found[-1] if re.search(r"\b(?:from|instead of)\b", wish) else found[0]
    if find_language(part) or not (match := _UNQUOTED.match(part)):
        return ""
    return shorten(match["said"] if end == len(wish) else _NEXT_WISH.sub("", match["said"]), 200)


def _naming(wish: str) -> Iterator[Step]:
    if match := _RENAME.search(wish):
        inside = quoted(wish[match.start("name") :])
        name = shorten(
            inside[0]
            if inside
            else re.split(r"\s+(?:and|please)\s+", match["name"])[0].strip(" '\"“”"),
            60,
        )
        if name:
            yield Step(f"the agent is now called {name}", lambda text: edits.rename(text, name))


def _fields(wish: str) -> Iterator[Step]:
    fields = list(required_fields(wish))
    if not fields and (match := _QUESTION.search(wish)):
        fields = list(required_fields(f"ask for {match['what']}")) or [
            f for f in [make_field(match["what"])] if f
        ]
    for field in fields:
        yield Step(
            f"the agent also asks for the {field.label}",
            lambda text, field=field: edit_details.add_field(text, field),
        )


def _exits(wish: str) -> Iterator[Step]:
    match = _EXIT.search(wish)
    if _HUMAN.search(wish) and not (match and re.search(r"\b(?:when|if)\b", wish)):
        number = re.search(r"\+?\d[\d ()./-]{5,}\d", wish)
        place = literal(number.group().strip() if number else "+1 555 010 0100")
        body = [
            'say("I am handing you over to a colleague. One moment, please.")',
            f"transfer({place})",
        ]
        yield Step(
            "people can now ask for a human",
            lambda text: edits.add_exit(text, edits.HUMAN_CONDITION, body),
        )
    elif match:
        condition = _condition(match["when"])
        spoken = quoted(wish[match.start("when") :])
        body = [
            f"say({literal(spoken[-1] if spoken else 'I understand: ' + condition + '. A colleague will take care of it.')})"
        ]
        yield Step(
            f'there is an exit for "{condition}"',
            lambda text: edits.add_exit(text, condition, body),
        )


def _condition(when: str) -> str:
    text = _SPOKEN.sub("", when).split(", ")[0]
    text = re.sub(r"^(?:when|if|that|for|where)\s+", "", text.strip(' ,:"“”'))
    text = re.sub(
        r"^(?:they|people|someone|he|she|a user|a customer)\b",
        "the person",
        text,
        flags=re.IGNORECASE,
    )
    if not re.match(r"(?:the|a|an) \w+ \w+", text):
        text = f"the person wants {text}"
    return shorten(
        text.replace("the person want ", "the person wants ").replace(
            "the person ask ", "the person asks "
        ),
        120,
    )


def _replacement(source: Source, wish: str) -> Iterator[Step]:
    texts = quoted(wish)
    if _is_replacement(wish):
        old, new = texts if not re.search(r"\binstead of\b", wish) else texts[::-1]
        if old not in source.text:
            message = f'the program does not hold "{old}"'
            raise CannotChangeError(message)
        inside = literal(new)[1:-1]
        yield Step(f'"{old}" is now "{new}"', lambda text: text.replace(old, inside))


def _restyled(source: Source, wish: str) -> Iterator[Step]:
    style = find_style(wish)
    if style is None:
        return
    hello = named(style.greeting, source.name())
    yield Step(f'I add the rule "{style.rule}"', lambda text: edits.add_rule(text, style.rule))
    if source.opening_say() is not None:
        yield Step("and reword the greeting", lambda text: edits.set_greeting(text, hello))
