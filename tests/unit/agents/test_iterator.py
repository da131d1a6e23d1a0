"""The iterator's rounds and its ladder."""

from __future__ import annotations

import pytest

from babble_app.agents import iterator
from babble_app.errors import AgentNotValidError
from babble_app.schemas.events import (
    AgentEvent,
    Attempt,
    ProgramDelta,
    StateChanged,
    TextDelta,
    VersionProposed,
)
from tests.fakes.scripted_client import ScriptedClient, make_answer, scripted
from tests.unit.agents.agent_requests import BAKERY, events_of, make_request, only, text_of

GREETING = '@@ ... @@\n-say("Hello, this is the bakery.")\n+say("Good morning!")\n loop:\n'
GOODBYE = '@@ ... @@\n until "the customer leaves":\n-    say("Goodbye!")\n+    say("So long!")\n'
BAD_GOODBYE = GOODBYE.replace("Goodbye", "Farewell")
BOTH = BAKERY.replace("Hello, this is the bakery.", "Good morning!").replace("Goodbye", "So long")
FIRST = BAKERY.replace("Hello, this is the bakery.", "Good morning!")


def diff(*hunks: str) -> str:
    return "I change the words.\n\n```diff\n" + "".join(hunks) + "```\n"


async def change(client: ScriptedClient, text: str = "Change the words") -> list[AgentEvent]:
    return await events_of(
        iterator.run(client, make_request(text, program=BAKERY, agent_name="Bakery"))
    )


def program(events: list[AgentEvent]) -> str:
    return only(VersionProposed, events)[0].program


async def test_hunks_become_the_changed_program() -> None:
    with scripted(diff(GREETING, GOODBYE)) as client:
        events = await change(client)

    assert program(events) == BOTH
    assert text_of(ProgramDelta, events) == BOTH
    assert text_of(TextDelta, events).strip() == "I change the words."
    assert only(StateChanged, events)[0].name == "changing"
    assert only(VersionProposed, events)[0].kind == "edit"
    assert client.prompts[0].task == "change"
    assert client.prompts[0].messages[-1].text == "Change the words"
    assert BAKERY in client.prompts[0].messages[-2].text


async def test_an_unfenced_diff_is_not_shown_as_prose() -> None:
    with scripted("I change the words.\n" + GREETING) as client:
        events = await change(client)

    assert program(events) == FIRST
    assert text_of(TextDelta, events) == "I change the words.\n"


async def test_only_the_failed_hunk_is_asked_for_and_the_good_one_is_kept() -> None:
    with scripted(diff(GREETING, BAD_GOODBYE), diff(GOODBYE)) as client:
        events = await change(client)

    told = client.prompts[1].messages[-1].text
    assert told.startswith(
        "Round 2 of 5. Hunk 2 was not applied (D_NOT_FOUND). Nothing was saved; hunk 1 is fine"
    )
    assert 'Your line 2:     say("Farewell!")' in told
    assert 'File line 10:     say("Goodbye!")' in told
    assert "Send only hunk 2 again" in told
    assert program(events) == BOTH
    assert only(Attempt, events)[1].findings[0].code == "D_NOT_FOUND"


async def test_a_model_that_sends_everything_again_is_understood() -> None:
    with scripted(diff(GREETING, BAD_GOODBYE), diff(GREETING, GOODBYE)) as client:
        assert program(await change(client)) == BOTH


async def test_a_hunk_that_is_there_already_may_be_left_out() -> None:
    talk = BAKERY.splitlines()[3]
    needless = f"@@ ... @@\n loop:\n+{talk}\n"
    with scripted(diff(GREETING, needless), "Done.") as client:
        assert program(await change(client)) == FIRST


async def test_an_invalid_result_is_mended_by_hunks_against_it() -> None:
    breaking = GOODBYE.replace('So long!")', 'So long!"')
    mending = '@@ ... @@\n-    say("So long!"\n+    say("So long!")\n'
    with scripted(diff(GREETING, breaking), diff(mending)) as client:
        events = await change(client)

    shown, told = client.prompts[1].messages[-2:]
    assert shown.text.startswith("The program now:")
    assert 'say("So long!"\n' in shown.text
    assert "Your changes fit" in told.text
    assert program(events) == BOTH


async def test_python_that_does_not_run_is_no_valid_change() -> None:
    asking = GOODBYE.replace('+    say("So long!")', '+    say(input("Name?"))')
    mending = '@@ ... @@\n-    say(input("Name?"))\n+    say("So long!")\n'
    with scripted(diff(GREETING, asking), diff(mending)) as client:
        events = await change(client)

    assert "`input` is not available here" in client.prompts[1].messages[-1].text
    assert program(events) == BOTH


async def test_a_change_is_not_blamed_for_lines_that_did_not_run_before() -> None:
    before = 'name = input("Name?")\n' + BAKERY
    with scripted(diff(GREETING, GOODBYE)) as client:
        events = await events_of(iterator.run(client, make_request("Change it", program=before)))

    assert program(events) == 'name = input("Name?")\n' + BOTH


async def test_a_change_that_only_ever_adds_what_does_not_run_says_so_at_its_end() -> None:
    asking = GOODBYE.replace('+    say("So long!")', '+    say(input("Name?"))')
    whole = f"```based\n{BAKERY.replace('Goodbye!', 'Bye!')}name = input()\n```\n"
    with (
        scripted(diff(asking), *[whole] * 4) as client,
        pytest.raises(AgentNotValidError, match="`input` is not available"),
    ):
        await change(client)


async def test_the_fourth_round_asks_for_blocks_and_the_fifth_for_the_whole_program() -> None:
    answers = [diff(BAD_GOODBYE.replace("So long", f"Bye {n}")) for n in range(4)]
    with scripted(*answers, f"```based\n{BOTH}```\n") as client:
        events = await change(client)

    prompts = [request.messages[-1].text for request in client.prompts]
    assert "<<<<<<< SEARCH" in prompts[3]
    assert "whole changed program" in prompts[4]
    assert program(events) == BOTH
    assert [attempt.n for attempt in only(Attempt, events)] == [1, 2, 3, 4, 5]


async def test_blocks_are_applied_to_the_saved_program() -> None:
    block = '<<<<<<< SEARCH\n    say("Goodbye!")\n=======\n    say("So long!")\n>>>>>>> REPLACE\n'
    bad = diff(GREETING, BAD_GOODBYE)
    with scripted(bad, bad, f"```\n{block}```") as client:
        events = await change(client)

    assert "<<<<<<< SEARCH" in client.prompts[2].messages[-1].text
    assert program(events) == BAKERY.replace("Goodbye", "So long")


async def test_the_same_answer_twice_goes_one_rung_further_each_time() -> None:
    bad = diff(BAD_GOODBYE)
    with scripted(bad, bad, bad, f"```based\n{BOTH}```") as client:
        await change(client)

    assert "<<<<<<< SEARCH" in client.prompts[2].messages[-1].text
    assert "whole changed program" in client.prompts[3].messages[-1].text


async def test_a_whole_program_that_drops_the_rest_is_refused() -> None:
    short = (
        f'```based\n{BAKERY.partition("until")[0]}until "the customer leaves":\n    say("Bye")\n```'
    )
    with scripted(short, diff(GOODBYE)) as client:
        events = await change(client)

    assert only(Attempt, events)[1].findings[0].code == "D_LAZY"
    assert program(events) == BAKERY.replace("Goodbye", "So long")


async def test_a_person_who_asks_for_less_gets_less() -> None:
    handler = BAKERY[
        BAKERY.index('until "the customer names') : BAKERY.index('until "the customer leaves')
    ]
    hunk = "@@ ... @@\n" + "".join(f"-{line}\n" for line in handler.splitlines())
    with scripted(diff(hunk)) as client:
        events = await change(client, "Remove the ordering")

    assert program(events) == BAKERY.replace(handler, "")


async def test_a_change_that_changes_nothing_is_no_version() -> None:
    with scripted(diff("@@\n-loop:\n+loop:\n"), diff(GOODBYE)) as client:
        events = await change(client)

    assert only(Attempt, events)[1].findings[0].code == "D_NOOP"
    assert len(only(VersionProposed, events)) == 1


async def test_a_diff_that_was_cut_off_is_not_applied_in_part() -> None:
    with scripted(
        make_answer(diff(GREETING), finish_reason="length"), diff(GREETING, GOODBYE)
    ) as client:
        events = await change(client)

    assert only(Attempt, events)[1].findings[0].code == "D_TOO_LARGE"
    assert program(events) == BOTH


async def test_after_five_failures_nothing_is_proposed_and_the_raw_answer_is_kept() -> None:
    answers = [diff(BAD_GOODBYE.replace("So long", f"Bye {n}")) for n in range(5)]
    with scripted(*answers) as client, pytest.raises(AgentNotValidError) as caught:
        await change(client)

    assert caught.value.raw == answers[-1]
    assert "The agent is as it was" in str(caught.value)


async def test_a_model_that_asks_back_twice_is_left_its_words() -> None:
    with scripted("Which words do you mean?", "Which ones?") as client:
        events = await change(client)

    assert text_of(TextDelta, events).startswith("Which words do you mean?")
    assert "Nothing was changed" in text_of(TextDelta, events)
    assert not only(VersionProposed, events)


async def test_after_an_invalid_change_blocks_begin_again_from_the_saved_program() -> None:
    breaking = diff(GREETING, GOODBYE.replace('So long!")', 'So long!"'))
    block = '<<<<<<< SEARCH\n    say("Goodbye!")\n=======\n    say("So long!")\n>>>>>>> REPLACE\n'
    with scripted(breaking, breaking, f"```\n{block}```") as client:
        events = await change(client)

    shown = client.prompts[2].messages[-2].text
    assert shown.startswith("The program now:")
    assert BAKERY in shown
    assert program(events) == BAKERY.replace("Goodbye", "So long")
