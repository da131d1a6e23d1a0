"""The rules in the form of a kind of work: what was chosen stays, what is refused is said beside its rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import pytest

from babble_app.schemas.models import Task
from babble_app.schemas.profiles import Language, Profile, RouteRule
from babble_app.services import profiles
from babble_app.services.route_rules import MAX_RULES
from babble_app.states.profile_form import ProfileFormState
from babble_app.states.profiles import profile_row
from babble_app.states.rule_drafts import LANGUAGES, TASKS, RuleDraft, draft_of, read_rule
from babble_app.states.rule_form import RuleFormState

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime
    from tests.unit.states.conftest import Tab

EVERYTHING = RouteRule(
    models=("openai/a", "demo/based"),
    tasks=("answer", "build"),
    languages=("de", "fr"),
    longer_than_tokens=100,
    shorter_than_tokens=4000,
    difficulty="hard",
)
BUILD = RouteRule(models=("demo/based",), tasks=("build",))
LENGTHS = {"longer-1": "100", "shorter-1": "4,000"}


async def open_form(rt: Runtime, tab: Tab, *rules: RouteRule, classifier: str = "") -> str:
    """Open the form on a kind of work with these rules, and return its id."""
    made = await profiles.create_profile(
        rt, tab.user.id, name="Notes", rules=rules, classifier=classifier
    )
    await tab.run(ProfileFormState.open_profile, await tab.state(ProfileFormState), made.id)
    return made.id


async def act(tab: Tab, handler: Any, *arguments: Any) -> RuleFormState:
    state = await tab.state(RuleFormState)
    await tab.run(handler, state, *arguments)
    return state


async def save(tab: Tab, **typed: Any) -> ProfileFormState:
    form = await tab.state(ProfileFormState)
    await tab.run(ProfileFormState.save_profile, form, {"name": "Notes", **typed})
    return form


def test_every_task_and_language_can_be_chosen() -> None:
    assert set(TASKS) == set(get_args(Task))
    assert set(LANGUAGES) == set(get_args(Language))


def test_a_rule_is_read_as_it_was_shown() -> None:
    draft, rule = read_rule(draft_of(1, EVERYTHING), LENGTHS)

    assert rule == EVERYTHING
    assert draft.problem == ""


@pytest.mark.parametrize(
    ("draft", "typed", "words"),
    [
        (RuleDraft(1, models=["a/b"]), {}, "This rule has no condition"),
        (RuleDraft(1, tasks=["build"]), {}, "This rule names 1 to 4 models"),
        (RuleDraft(1, models=["a/b"]), {"longer-1": "long"}, "a whole number of tokens"),
        (RuleDraft(1, models=["a/b"]), {"longer-1": "0"}, "a number from 1 to 10,000,000"),
        (
            RuleDraft(1, models=["a/b"]),
            {"longer-1": "9", "shorter-1": "9"},
            "This rule can never hold",
        ),
        (RuleDraft(1, tasks=["build"], models=["gpt"]), {}, "named provider/model"),
    ],
)
def test_a_rule_that_cannot_be_used_says_why(
    draft: RuleDraft, typed: dict[str, str], words: str
) -> None:
    read, rule = read_rule(draft, typed)

    assert rule is None
    assert words in read.problem


async def test_a_new_rule_is_written_in_words_and_stored(rt: Runtime, tab: Tab) -> None:
    profile_id = await open_form(rt, tab)

    await act(tab, RuleFormState.add_rule)
    await act(tab, RuleFormState.pick_task, 1, 0, "answer")
    await act(tab, RuleFormState.pick_language, 1, 0, "de")
    await act(tab, RuleFormState.pick_language, 1, 1, "fr")
    await act(tab, RuleFormState.write_length, 1, "longer", "100")
    await act(tab, RuleFormState.pick_difficulty, 1, "hard")
    await act(tab, RuleFormState.pick_rule_model, 1, 0, "demo/based")
    state = await act(tab, RuleFormState.pick_classifier, "demo/based")
    (rule,) = state.rules
    await save(tab, **{"longer-1": "120"})

    assert rule.when == (
        "For an answer in the chat, written in German or French, longer than 100 tokens, judged hard"
    )
    assert rule.asks == "demo/based"
    assert state.opened == 1
    made = await profiles.get_profile(rt, tab.user.id, profile_id)
    assert made.classifier == "demo/based"
    assert made.rules[0].longer_than_tokens == 120
    assert (made.rules[0].languages, made.rules[0].tasks) == (("de", "fr"), ("answer",))


async def test_rules_are_moved_and_taken_out(rt: Runtime, tab: Tab) -> None:
    profile_id = await open_form(rt, tab, BUILD, EVERYTHING, classifier="demo/based")

    state = await act(tab, RuleFormState.raise_rule, 2)
    assert state.moved == "It is rule 1 of 2 now."
    await act(tab, RuleFormState.raise_rule, 2)
    assert state.moved == "It is rule 1 of 2 now."
    await act(tab, RuleFormState.lower_rule, 1)
    await act(tab, RuleFormState.lower_rule, 99)
    assert [rule.id for rule in state.rules] == [2, 1]
    await act(tab, RuleFormState.lower_rule, 2)
    assert [rule.id for rule in state.rules] == [1, 2]
    await act(tab, RuleFormState.drop_rule, 1)
    await save(tab, **{"longer-2": "100", "shorter-2": "4000"})

    made = await profiles.get_profile(rt, tab.user.id, profile_id)
    assert made.rules == (EVERYTHING,)


async def test_a_refused_rule_is_opened_with_the_reason_and_nothing_is_stored(
    rt: Runtime, tab: Tab
) -> None:
    profile_id = await open_form(rt, tab, BUILD)
    await act(tab, RuleFormState.add_rule)
    state = await act(tab, RuleFormState.toggle_rule, 2)
    assert state.opened == 0

    form = await save(tab, temperature="hot")

    assert form.open
    assert set(form.problems) == {"temperature", "rules"}
    assert state.opened == 2
    assert [bool(rule.problem) for rule in state.rules] == [False, True]
    assert (await profiles.get_profile(rt, tab.user.id, profile_id)).rules == (BUILD,)


async def test_a_rule_by_difficulty_without_a_judge_is_refused_beside_the_judge(
    rt: Runtime, tab: Tab
) -> None:
    await open_form(rt, tab, EVERYTHING, classifier="demo/based")
    await act(tab, RuleFormState.pick_classifier, "")

    form = await save(tab, **LENGTHS)

    assert "Choose a small model" in form.problems["classifier"]


async def test_what_a_list_does_not_have_is_not_taken_and_eight_rules_are_the_most(
    rt: Runtime, tab: Tab
) -> None:
    await open_form(rt, tab, BUILD)

    await act(tab, RuleFormState.pick_task, 1, 0, "dance")
    await act(tab, RuleFormState.pick_task, 1, 7, "answer")
    await act(tab, RuleFormState.pick_task, 7, 0, "answer")
    await act(tab, RuleFormState.pick_language, 1, 0, "klingon")
    await act(tab, RuleFormState.pick_difficulty, 1, "odd")
    state = await act(tab, RuleFormState.write_length, 1, "problem", "100")
    (rule,) = state.rules
    assert (rule.tasks, rule.languages, rule.difficulty) == (["build", ""], [""], "")
    assert (rule.longer, rule.shorter, rule.problem) == ("", "", "")
    for _ in range(MAX_RULES + 3):
        await act(tab, RuleFormState.add_rule)

    assert len(state.rules) == MAX_RULES
    assert not state.can_add


async def test_a_rule_asks_four_models_at_most_and_each_once(rt: Runtime, tab: Tab) -> None:
    await open_form(rt, tab, BUILD)

    for place, name in ((0, "a"), (1, "b"), (2, "b"), (2, "c"), (3, "d"), (3, "e")):
        state = await act(tab, RuleFormState.pick_rule_model, 1, place, f"openai/{name}")
    full = state.rules[0].models
    await act(tab, RuleFormState.pick_rule_model, 1, 1, "")

    assert full == ["openai/a", "openai/b", "openai/c", "openai/e"]
    assert state.rules[0].models == ["openai/a", "openai/c", "openai/e", ""]


async def test_a_copy_has_the_rules_and_one_that_makes_pictures_keeps_them_out_of_sight(
    rt: Runtime, tab: Tab
) -> None:
    profile_id = await open_form(rt, tab, BUILD)
    form = await tab.state(ProfileFormState)

    await tab.run(ProfileFormState.copy_profile, form, profile_id)
    await save(tab)
    await tab.run(ProfileFormState.open_profile, form, profile_id)
    await tab.run(ProfileFormState.pick_makes, form, "image")
    await act(tab, RuleFormState.drop_rule, 1)
    await save(tab)

    own = [one for one in await profiles.list_profiles(rt, tab.user.id) if not one.builtin]
    assert [(one.makes, one.rules) for one in own] == [("image", (BUILD,)), ("text", (BUILD,))]


async def test_the_price_is_set_shown_again_and_told_in_the_list(rt: Runtime, tab: Tab) -> None:
    profile_id = await open_form(rt, tab)

    await save(tab, max_usd_per_million=" 0.75 ", cheapest_first="on")
    form = await tab.state(ProfileFormState)
    await tab.run(ProfileFormState.open_profile, form, profile_id)

    made = await profiles.get_profile(rt, tab.user.id, profile_id)
    assert (made.max_usd_per_million, made.cheapest_first) == (0.75, True)
    assert (form.max_usd_per_million, form.cheapest_first) == ("0.75", True)


def test_the_list_tells_rules_and_price() -> None:
    profile = Profile(
        id="prf_1", name="Notes", rules=(BUILD,), max_usd_per_million=2.5, cheapest_first=True
    )

    assert profile_row(profile).uses == (
        "no tools · 1 rule · at most $2.50 a million tokens · the cheapest first"
    )
