"""Kinds of work in the settings: what the list says of them, and the form that keeps what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from babble_app.agents.profile import all_profiles
from babble_app.errors import NotFoundError
from babble_app.schemas.profiles import Profile
from babble_app.services import profiles
from babble_app.states.profile_form import ProfileFormState, model_places, read_profile
from babble_app.states.profiles import ProfilesState, load_profiles, profile_row
from tests.factories import make_user

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime
    from tests.unit.states.conftest import Tab

FORM: dict[str, Any] = {
    "name": "Release notes",
    "description": "Writes release notes.",
    "instructions": "Be brief.",
    "tool-code": "on",
    "tool-think": "on",
    "racing": "on",
    "temperature": " 0.3 ",
    "max_output_tokens": "4,000",
    "cache_minutes": "0",
}


async def save(tab: Tab, **changes: Any) -> ProfileFormState:
    form = await tab.state(ProfileFormState)
    await tab.run(ProfileFormState.save_profile, form, {**FORM, **changes})
    return form


async def own(rt: Runtime, tab: Tab) -> list[Profile]:
    return [one for one in await profiles.list_profiles(rt, tab.user.id) if not one.builtin]


def test_a_kind_of_work_is_told_in_words() -> None:
    profile = Profile(
        id="prf_1",
        name="Notes",
        models=("openai/a", "demo/based"),
        tools=("code", "deep"),
        temperature=0.2,
        max_output_tokens=4000,
        hedging=True,
        cache_minutes=0,
    )

    row = profile_row(profile)

    assert row.models == "openai/a, then demo/based"
    assert row.uses == (
        "code, deep search · temperature 0.2 · at most 4,000 tokens · "
        "asks a second when the first is slow · gives no answer again"
    )


def test_one_that_makes_pictures_says_so_and_nothing_of_tools() -> None:
    row = profile_row(all_profiles()["image_gen"])

    assert row.uses == "makes pictures"


def test_the_order_of_models_ends_with_a_free_place() -> None:
    places = model_places(["openai/a", "demo/based", "openai/a", ""])

    assert [(one.number, one.model) for one in places] == [
        (0, "openai/a"),
        (1, "demo/based"),
        (2, ""),
    ]
    assert len(model_places([f"openai/{number}" for number in range(10)])) == 10


def test_what_is_no_number_is_said_beside_its_field() -> None:
    fields, problems = read_profile({**FORM, "temperature": "0,3", "cache_minutes": "soon"})

    assert set(problems) == {"temperature", "cache_minutes"}
    assert fields.get("max_output_tokens") == 4000


async def test_a_new_kind_of_work_is_stored_as_it_was_written(rt: Runtime, tab: Tab) -> None:
    form = await tab.state(ProfileFormState)
    await tab.run(ProfileFormState.open_new, form)
    await tab.run(ProfileFormState.pick_model, form, 0, "demo/based")
    await tab.run(ProfileFormState.pick_model, form, 1, "openai/a")
    await tab.run(ProfileFormState.raise_model, form, 1)

    await save(tab)

    (made,) = await own(rt, tab)
    assert made.models == ("openai/a", "demo/based")
    assert (made.tools, made.racing, made.hedging) == (("code", "think"), True, False)
    assert (made.temperature, made.max_output_tokens, made.cache_minutes) == (0.3, 4000, 0)
    assert not form.open
    assert [row.name for row in (await tab.state(ProfilesState)).own] == ["Release notes"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", " ", "Please give a name"),
        ("temperature", "3", "from 0 to 2"),
        ("temperature", "nan", "cannot be stored"),
        ("max_output_tokens", "many", "whole number"),
        ("max_output_tokens", "9" * 400, "from 1 to 200,000"),
        ("cache_minutes", "-1", "from 0 to 1,440"),
        ("instructions", "x" * 20_001, "20,000 is the most"),
    ],
)
async def test_a_refused_form_stays_open_with_the_reason_beside_the_field(
    rt: Runtime, tab: Tab, field: str, value: str, words: str
) -> None:
    form = await tab.state(ProfileFormState)
    await tab.run(ProfileFormState.open_new, form)

    await save(tab, **{field: value})

    assert form.open
    assert words in form.problems[field]
    assert await own(rt, tab) == []


async def test_a_change_of_one_s_own_begins_with_what_it_is(rt: Runtime, tab: Tab) -> None:
    made = await profiles.create_profile(
        rt, tab.user.id, name="Notes", models=["demo/based"], temperature=0.5, cache_minutes=0
    )
    form = await tab.state(ProfileFormState)

    await tab.run(ProfileFormState.open_profile, form, made.id)
    assert (form.name, form.temperature, form.cache_minutes) == ("Notes", "0.5", "0")
    assert [one.model for one in form.models] == ["demo/based", ""]
    await save(tab)

    (changed,) = await own(rt, tab)
    assert (changed.id, changed.name) == (made.id, "Release notes")


async def test_a_copy_of_a_built_in_one_becomes_one_s_own(rt: Runtime, tab: Tab) -> None:
    form = await tab.state(ProfileFormState)

    await tab.run(ProfileFormState.copy_profile, form, "coder")
    assert form.name == "Coder, my way"
    await save(tab, name=form.name)

    (made,) = await own(rt, tab)
    assert made.models == all_profiles()["coder"].models


async def test_the_models_chosen_for_one_thing_are_there_again_when_one_comes_back(
    tab: Tab,
) -> None:
    form = await tab.state(ProfileFormState)
    await tab.run(ProfileFormState.open_new, form)
    await tab.run(ProfileFormState.pick_model, form, 0, "demo/based")

    await tab.run(ProfileFormState.pick_makes, form, "image")
    assert [one.model for one in form.models] == [""]
    await tab.run(ProfileFormState.pick_makes, form, "text")

    assert [one.model for one in form.models] == ["demo/based", ""]


async def test_a_field_that_is_out_of_sight_refuses_nothing(rt: Runtime, tab: Tab) -> None:
    form = await tab.state(ProfileFormState)
    await tab.run(ProfileFormState.open_new, form)
    await save(tab, temperature="hot")

    await tab.run(ProfileFormState.pick_makes, form, "image")
    assert form.problems == {}
    await save(tab, temperature="hot")

    assert [(one.makes, one.temperature) for one in await own(rt, tab)] == [("image", None)]


async def test_it_is_deleted_after_a_word(rt: Runtime, tab: Tab) -> None:
    made = await profiles.create_profile(rt, tab.user.id, name="Notes")
    state = await tab.state(ProfilesState)
    await load_profiles(state)

    await tab.run(ProfilesState.delete_profile, state)
    assert len(await own(rt, tab)) == 1
    await tab.run(ProfilesState.ask_delete, state, made.id)
    await tab.run(ProfilesState.delete_profile, state)

    assert await own(rt, tab) == state.own == []


async def test_somebody_else_s_is_not_shown_changed_or_deleted(rt: Runtime, tab: Tab) -> None:
    other = await make_user(rt)
    theirs = await profiles.create_profile(rt, other.id, name="Canary")
    state, form = await tab.state(ProfilesState), await tab.state(ProfileFormState)
    await load_profiles(state)

    await tab.run(ProfilesState.ask_delete, state, theirs.id)
    await tab.run(ProfilesState.delete_profile, state)
    for handler in (ProfileFormState.open_profile, ProfileFormState.copy_profile):
        with pytest.raises(NotFoundError):
            await tab.run(handler, form, theirs.id)
    await tab.run(ProfileFormState.open_new, form)
    form.id = theirs.id
    await save(tab)

    assert "no such profile" in form.problems[""]
    assert state.own == []
    assert await profiles.get_profile(rt, other.id, theirs.id) == theirs
