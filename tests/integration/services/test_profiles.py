"""A person's own profiles: made, changed, refused in words, and what chats do with them."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.agents.profile import all_profiles
from babble_app.errors import ConflictError, NotFoundError, ValidationFailedError
from babble_app.schemas.profiles import RouteRule
from babble_app.services import accounts, chats, profiles
from tests.factories import make_chat, make_user

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime

RULES = (
    RouteRule(models=("groq/small", " openai/gpt-4o ", "groq/small"), tasks=("triage", "triage")),
    RouteRule(
        models=("openai/gpt-4o",),
        languages=("de",),
        longer_than_tokens=100,
        shorter_than_tokens=102,
        difficulty="hard",
    ),
)
FIELDS: dict[str, Any] = {
    "name": "  Release notes ",
    "description": "Writes release notes.",
    "models": ["openai/gpt-4o-mini", "demo/based", "openai/gpt-4o-mini", ""],
    "tools": ["web", "code", "web"],
    "instructions": "Be brief.\r\nUse lists.\n",
    "temperature": 0.25,
    "max_output_tokens": 500,
    "rules": RULES,
    "classifier": " groq/small ",
    "max_usd_per_million": 2.5,
    "cheapest_first": True,
    "racing": True,
    "cache_minutes": 0,
}


def rule(models: tuple[str, ...] = ("openai/gpt-4o",), **conditions: Any) -> RouteRule:
    return RouteRule(models=models, **conditions)


def unchecked(**conditions: Any) -> RouteRule:
    """Return a rule as a page could make it: with what its lists do not have."""
    return rule().model_copy(update=conditions)


async def test_a_profile_is_kept_as_it_was_made_and_listed_behind_the_built_in_ones(
    rt: Runtime,
) -> None:
    owner = (await make_user(rt)).id

    made = await profiles.create_profile(rt, owner, **FIELDS)

    assert made.id.startswith("prf_")
    assert not made.builtin
    assert (made.name, made.models) == ("Release notes", ("openai/gpt-4o-mini", "demo/based"))
    assert (made.tools, made.instructions) == (("code", "web"), "Be brief.\nUse lists.")
    assert (made.temperature, made.max_output_tokens, made.cache_minutes) == (0.25, 500, 0)
    assert made.rules[0].models == ("groq/small", "openai/gpt-4o")
    assert (made.rules[0].tasks, made.rules[1:]) == (("triage",), RULES[1:])
    assert made.classifier == "groq/small"
    assert (made.max_usd_per_million, made.cheapest_first) == (2.5, True)
    assert (made.racing, made.hedging, made.makes) == (True, False, "text")
    assert await profiles.get_profile(rt, owner, made.id) == made
    assert await profiles.list_profiles(rt, owner) == [*all_profiles().values(), made]


async def test_a_rule_by_difficulty_needs_a_classifier_and_keeps_it(rt: Runtime) -> None:
    owner = (await make_user(rt)).id
    with pytest.raises(ValidationFailedError, match="Choose a small model as the classifier"):
        await profiles.create_profile(rt, owner, name="Mine", rules=RULES)
    made = await profiles.create_profile(rt, owner, **FIELDS)

    with pytest.raises(ValidationFailedError, match="Choose a small model") as refused:
        await profiles.update_profile(rt, owner, made.id, classifier="")
    changed = await profiles.update_profile(rt, owner, made.id, classifier="", rules=RULES[:1])

    assert refused.value.field == "classifier"
    assert changed.rules == made.rules[:1]
    assert changed.classifier == ""


async def test_a_change_changes_what_is_given_and_no_more(rt: Runtime) -> None:
    owner = (await make_user(rt)).id
    made = await profiles.create_profile(rt, owner, **FIELDS)

    changed = await profiles.update_profile(rt, owner, made.id, temperature=None, hedging=True)

    assert changed == made.model_copy(update={"temperature": None, "hedging": True})
    assert await profiles.get_profile(rt, owner, made.id) == changed


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", " ", "Please give a name"),
        ("name", "x" * 121, "120 is the most"),
        ("name", "a\u202eb", "cannot be shown"),
        ("description", "x" * 2001, "2,000 is the most"),
        ("models", ["gpt-4o"], "named provider/model"),
        ("models", [f"openai/{n}" for n in range(11)], "at most 10 models"),
        ("tools", ["shell"], "no tools 'shell'; there are code, web, deep, think"),
        ("makes", "coffee", "text, image or video"),
        ("instructions", "x" * 20_001, "20,000 is the most"),
        ("instructions", "a\x00b", "cannot be stored"),
        ("temperature", 2.1, "from 0 to 2"),
        ("temperature", -0.1, "from 0 to 2"),
        ("temperature", float("nan"), "cannot be stored"),
        ("max_output_tokens", 0, "from 1 to 200,000"),
        ("max_output_tokens", 200_001, "from 1 to 200,000"),
        ("max_output_tokens", 10**400, "from 1 to 200,000"),
        ("cache_minutes", 1441, "from 0 to 1,440"),
        ("cache_minutes", -1, "from 0 to 1,440"),
        ("max_usd_per_million", -0.01, "from 0 to 1,000,000"),
        ("max_usd_per_million", float("inf"), "cannot be stored"),
        ("classifier", "small", "named provider/model"),
        ("rules", [rule(tasks=("build",))] * 9, "at most 8 rules"),
        ("rules", [rule(tasks=("build",)), rule()], "Rule 2 has no condition"),
        ("rules", [rule(tasks=("build",), models=())], "Rule 1 names 1 to 4 models"),
        ("rules", [rule(tasks=("build",), models=tuple(f"a/{n}" for n in range(5)))], "1 to 4"),
        ("rules", [rule(tasks=("build",), models=("gpt",))], "named provider/model"),
        ("rules", [rule(tasks=("build",), models=("a/b\x00",))], "named provider/model"),
        ("rules", [rule(longer_than_tokens=0)], "a number from 1 to 10,000,000"),
        ("rules", [rule(shorter_than_tokens=10_000_001)], "a number from 1 to 10,000,000"),
        (
            "rules",
            [rule(longer_than_tokens=9, shorter_than_tokens=10)],
            "longer than 9 and shorter",
        ),
        (
            "rules",
            [rule(tasks=("talk",), difficulty="hard")],
            "tasks are judged: answer, build, change",
        ),
        ("rules", [unchecked(tasks=("dance",))], "there is no task 'dance'; there are answer, "),
        ("rules", [unchecked(languages=("xx",))], "not recognise language 'xx'; there are ar, "),
        ("rules", [unchecked(difficulty="odd")], "no difficulty 'odd'; there are easy, hard"),
    ],
)
@pytest.mark.parametrize("source", ["sqlite"], indirect=True)
async def test_what_cannot_be_used_is_refused_in_words(
    rt: Runtime, field: str, value: Any, words: str
) -> None:
    owner = (await make_user(rt)).id
    fields: dict[str, Any] = {"name": "Mine", field: value}

    with pytest.raises(ValidationFailedError, match=words) as refused:
        await profiles.create_profile(rt, owner, **fields)

    assert refused.value.field == field


@pytest.mark.parametrize("source", ["sqlite"], indirect=True)
async def test_a_profile_needs_a_name_and_fifty_are_the_most(rt: Runtime) -> None:
    owner = (await make_user(rt)).id
    with pytest.raises(ValidationFailedError, match="Please give a name"):
        await profiles.create_profile(rt, owner)
    for number in range(profiles.MAX_PROFILES):
        await profiles.create_profile(rt, owner, name=f"Number {number}")

    with pytest.raises(ValidationFailedError, match="50 profiles are the most"):
        await profiles.create_profile(rt, owner, name="One too many")


async def test_built_in_profiles_stay_as_they_are(rt: Runtime) -> None:
    owner = (await make_user(rt)).id

    with pytest.raises(ConflictError, match="comes with Babble"):
        await profiles.update_profile(rt, owner, "coder", name="Mine")
    with pytest.raises(ConflictError, match="comes with Babble"):
        await profiles.delete_profile(rt, owner, "coder")


async def test_a_chat_has_one_until_it_is_deleted(rt: Runtime) -> None:
    owner, chat = await make_chat(rt, profile="coder")
    made = await profiles.create_profile(rt, owner, name="Mine")
    _, kept = await make_chat(rt, owner, profile="tutor")

    changed = await chats.update_chat(rt, owner, chat.id, profile=made.id)
    with pytest.raises(NotFoundError):
        await chats.update_chat(rt, owner, chat.id, profile="prf_unknown")
    await profiles.delete_profile(rt, owner, made.id)

    assert (chat.profile, changed.profile) == ("coder", made.id)
    assert (await chats.get_chat(rt, owner, chat.id)).profile == ""
    assert (await chats.get_chat(rt, owner, kept.id)).profile == "tutor"
    assert await profiles.find_profile(rt, owner, made.id) is None
    assert (await chats.update_chat(rt, owner, kept.id, profile="")).profile == ""


@pytest.mark.parametrize("source", ["sqlite"], indirect=True)
async def test_the_export_holds_the_persons_own_profiles(rt: Runtime) -> None:
    owner = (await make_user(rt)).id
    await profiles.create_profile(rt, owner, **FIELDS)

    path = await accounts.export_data(rt, owner)

    with zipfile.ZipFile(path) as archive:
        told = json.loads(archive.read("profiles.json"))
    assert [one["name"] for one in told] == ["Release notes"]
    assert told[0]["rules"][1]["difficulty"] == "hard"
    assert told[0]["classifier"] == "groq/small"
