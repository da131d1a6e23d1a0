"""A recording is replayed on a program that may be another; passed, failed, stale and error are told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from babble_app.based.effects import AnswerMismatchError
from babble_app.based.parser import parse
from babble_app.based.recording import Recorded
from babble_app.based.replay import replay
from babble_app.based.report import InvalidProgramError
from babble_app.schemas.agent_tests import Assertion, TestResult, TestSpec
from tests.unit.based.helpers import BAKERY, leave, reply, run, user, value

if TYPE_CHECKING:
    from collections.abc import Sequence

ORDER = [
    user("what do you have?"),
    reply("Cakes."),
    user("two apple cakes"),
    leave("the_customer_names_a_cake"),
    value({"cake": "apple", "count": 2}),
    user("no thanks"),
    leave("the_customer_leaves"),
]
NESTED = """\
loop:
    talk("You are the front desk. Find out what the caller wants.", True)
until "the caller wants to book":
    booking = "book"
    loop:
        talk("Find out the day.", True)
    until "the caller names a day":
        extract("day", "Monday")
        say("Booked.")
    until "the caller wants to stop":
        say("Stopped.")
until "the caller wants to cancel":
    loop:
        talk("Find out which booking.", True)
    until "the caller names a booking":
        say("Cancelled.")
"""
BOOKING = [
    reply("Hello!"),
    user("I want to book"),
    leave("the_caller_wants_to_book"),
    reply("Which day?"),
    user("Monday"),
    leave("the_caller_names_a_day"),
]


def record(code: str, log: Sequence[dict[str, Any]], **fields: Any) -> TestSpec:
    recorded = Recorded(parse(code), run(code, log).log)
    return TestSpec(
        turns=tuple(recorded.turns),
        recording=recorded.recording,
        assertions=recorded.assertions(),
        **fields,
    )


def on(code: str, spec: TestSpec) -> TestResult:
    return replay(parse(code), spec)


def test_what_was_recorded_passes_on_the_same_program() -> None:
    spec = record(BAKERY, ORDER)

    result = on(BAKERY, spec)

    assert (result.status, result.problems, result.notes) == ("passed", (), ())
    assert result.transcript == result.recorded
    assert result.transcript[-1] == "end: finished"


def test_assertions_are_filled_in_from_what_happened() -> None:
    spec = record(NESTED, BOOKING)

    assert [(one.kind, one.name, one.value) for one in spec.assertions] == [
        ("conditions", "", ["the caller wants to book", "the caller names a day"]),
        ("extract", "day", "Monday"),
        ("status", "", "finished"),
        ("contains", "", "Booked."),
    ]
    assert all(one.filled for one in spec.assertions)


def test_moved_lines_and_other_names_change_nothing() -> None:
    moved = "# a comment\n\n" + BAKERY.replace("order", "wish").replace("res", "answer")

    assert on(moved, record(BAKERY, ORDER)).status == "passed"


def test_another_prompt_is_nothing_to_be_noticed() -> None:
    changed = BAKERY.replace("You take cake orders.", "You sell cakes, kindly.")

    assert on(changed, record(BAKERY, ORDER)).status == "passed"


def test_other_words_of_the_program_fail_with_both_transcripts() -> None:
    changed = BAKERY.replace("Goodbye!", "See you!")

    result = on(changed, record(BAKERY, ORDER))

    assert result.status == "failed"
    assert "recorded “agent: Goodbye!”, now “agent: See you!”" in result.problems[0]
    rows = [row for row in result.comparison if row.mark != "same"]
    assert [(row.recorded, row.now) for row in rows] == [("agent: Goodbye!", "agent: See you!")]
    assert result.events


def test_without_exactness_the_assertions_alone_decide() -> None:
    changed = BAKERY.replace('say("Goodbye!")', 'say("Goodbye!")\n    say("Come again!")')
    spec = record(BAKERY, ORDER)

    assert on(changed, spec).status == "failed"
    assert on(changed, spec.model_copy(update={"exact": False})).status == "passed"


def test_a_changed_condition_makes_the_recording_stale() -> None:
    changed = BAKERY.replace('until "the customer names a cake"', 'until "the customer orders"')

    result = on(changed, record(BAKERY, ORDER))

    assert result.status == "stale"
    assert "the customer names a cake" in result.problems[0]
    assert "Record the test again" in result.problems[0]


def test_a_condition_changed_after_its_slug_ends_is_changed() -> None:
    long = BAKERY.replace("the customer names a cake", "the customer names a cake that we sell now")
    log = [*ORDER[:3], leave("the_customer_names_a_cake_that"), *ORDER[4:]]
    spec = record(long, log)

    assert on(long, spec).status == "passed"
    assert on(long.replace("we sell now", "we do not sell"), spec).status == "stale"


def test_the_only_condition_of_a_conversation_changed_is_stale() -> None:
    code = 'loop:\n    talk("Talk about the weather.", False)\nuntil "it rains":\n    say("Bye")\n'
    spec = record(code, [user("hi"), reply("Hello"), user("rain"), leave("it_rains")])

    assert on(code.replace("it rains", "it snows"), spec).status == "stale"


def test_a_condition_that_was_not_chosen_may_change_and_a_note_says_so() -> None:
    changed = NESTED.replace("the caller wants to stop", "the caller changes their mind")

    result = on(changed, record(NESTED, BOOKING))

    assert result.status == "passed"
    assert result.notes == (
        "Line 5: the conditions of this conversation are not as recorded; the recorded answers were given all the same.",
    )


def test_a_new_exit_beside_the_recorded_ones_is_no_change() -> None:
    changed = BAKERY + 'until "the customer wants a person":\n    transfer("+15550100")\n'

    assert on(changed, record(BAKERY, ORDER)).status == "passed"


def test_a_removed_exit_is_stale() -> None:
    changed = BAKERY.replace('until "the customer leaves":\n    say("Goodbye!")\n', "")

    result = on(changed, record(BAKERY, ORDER))

    assert result.status == "stale"
    assert "the customer leaves" in result.problems[0]


def test_another_question_is_stale() -> None:
    changed = BAKERY.replace("Which cake and how many?", "Which cake, how many, for when?")

    result = on(changed, record(BAKERY, ORDER))

    assert result.status == "stale"
    assert "Which cake, how many, for when?" in result.problems[0]
    assert "Which cake and how many?" in result.problems[0]


def test_a_question_of_another_shape_is_stale() -> None:
    changed = BAKERY.replace('"count": 1}', '"count": 1, "day": "Monday"}')

    assert on(changed, record(BAKERY, ORDER)).status == "stale"


def test_a_question_that_is_asked_no_more_is_skipped() -> None:
    code = BAKERY.replace(
        "    say(f", '    res.ask(question="In a hurry?", example={"hurry": True})\n    say(f'
    )
    log = [*ORDER[:5], value({"hurry": False}), *ORDER[5:]]

    assert on(BAKERY, record(code, log)).status == "passed"


def test_a_new_question_is_stale() -> None:
    changed = BAKERY.replace(
        "    say(f", '    res.ask(question="In a hurry?", example={"hurry": True})\n    say(f'
    )

    result = on(changed, record(BAKERY, ORDER))

    assert result.status == "stale"
    assert "In a hurry?" in result.problems[0]


def test_a_program_that_takes_another_known_way_failed() -> None:
    swapped = NESTED.replace("wants to book", "wants to ?").replace(
        "wants to cancel", "wants to book"
    )
    swapped = swapped.replace("wants to ?", "wants to cancel")

    result = on(swapped, record(NESTED, BOOKING))

    assert result.status == "failed"
    assert "another way" in result.problems[0]
    assert "the caller names a booking" in result.problems[0]


def test_an_agent_that_speaks_where_it_waited_failed() -> None:
    changed = BAKERY.replace("    return\n", '    return "ask what else they need"\n')

    result = on(changed, record(BAKERY, ORDER))

    assert result.status == "failed"
    assert "where nothing was asked before" in result.problems[0]


def test_what_was_seen_to_differ_before_an_unknown_question_is_a_failure() -> None:
    changed = BAKERY.replace("Hello, this", "Hi, this").replace("names a cake", "orders a cake")

    result = on(changed, record(BAKERY, ORDER))

    assert result.status == "failed"
    assert "Hi, this is the bakery." in result.problems[0]


def test_a_conversation_that_ends_too_early_failed() -> None:
    changed = BAKERY.replace("    return\n", "")

    result = on(changed, record(BAKERY, ORDER))

    assert result.status == "failed"
    assert any("ended before the user's message 3: “no thanks”" in one for one in result.problems)


def test_a_program_that_breaks_failed_and_says_where() -> None:
    changed = BAKERY.replace("order['count']", "order['number']")

    result = on(changed, record(BAKERY, ORDER))

    assert result.status == "failed"
    assert result.problems[0].startswith("Line 6: R_ERROR KeyError")


def test_a_program_that_never_ends_is_stopped_and_failed() -> None:
    changed = BAKERY.replace('say("Goodbye!")', "while True:\n        pass")

    result = on(changed, record(BAKERY, ORDER))

    assert result.status == "failed"
    assert "R_LIMIT_STEPS" in result.problems[0]


def test_two_conversations_with_a_common_exit_are_not_taken_for_each_other() -> None:
    stop = 'until "the caller wants to stop":\n        say("Stopped.")\n    until "the caller names a booking"'
    code = NESTED.replace('until "the caller names a booking"', stop)
    swapped = code.replace("wants to book", "wants to ?").replace(
        "wants to cancel", "wants to book"
    )

    result = on(swapped.replace("wants to ?", "wants to cancel"), record(code, BOOKING))

    assert result.status == "failed"
    assert "another way" in result.problems[0]


def test_the_time_is_as_recorded() -> None:
    code = "import datetime\nsay(str(datetime.datetime.now()))\n" + BAKERY
    spec = record(code, ORDER)

    assert on(code, spec).status == "passed"
    assert (
        on(code.replace('say("Hello', 'x = datetime.datetime.now()\nsay("Hello'), spec).status
        == "passed"
    )


def test_a_refused_choice_is_replayed() -> None:
    log = [user("hi"), leave("the_customer_flies"), reply("What?"), *ORDER[2:]]
    spec = record(BAKERY, log)

    assert on(BAKERY, spec).status == "passed"


def test_a_test_without_a_recording_is_an_error() -> None:
    assert on(BAKERY, TestSpec(turns=("hi",))).status == "error"


def test_a_damaged_recording_is_an_error() -> None:
    spec = record(BAKERY, ORDER)
    assert spec.recording is not None
    answers = tuple(one.model_copy(update={"answer": {}}) for one in spec.recording.answers)

    damaged = spec.recording.model_copy(update={"answers": answers})

    result = on(BAKERY, spec.model_copy(update={"recording": damaged}))

    assert result.status == "error"
    assert "recording cannot be used" in result.problems[0]


def test_the_log_of_another_program_cannot_be_recorded() -> None:
    with pytest.raises(AnswerMismatchError):
        Recorded(parse(NESTED), ORDER)
    with pytest.raises(AnswerMismatchError):
        Recorded(parse("say('hi')\n"), ORDER)
    with pytest.raises(AnswerMismatchError):
        Recorded(parse("import datetime\nsay(str(datetime.datetime.now()))\n" + BAKERY), ORDER)


def test_the_same_program_and_recording_give_the_same_result() -> None:
    spec = record(NESTED, BOOKING)
    changed = NESTED.replace("Booked.", "Done.")

    assert on(changed, spec) == on(changed, spec)
    assert isinstance(spec.assertions[0], Assertion)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_any_change_of_the_program_ends_in_one_of_the_four_ways(data: st.DataObject) -> None:
    code, log = data.draw(st.sampled_from([(BAKERY, ORDER), (NESTED, BOOKING)]))
    spec = record(code, log)
    lines = code.splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "twice", "swap", "word"])):
            case "drop":
                lines[place : place + 1] = []
            case "twice":
                lines.insert(place, lines[place])
            case "swap":
                other = data.draw(st.integers(0, len(lines) - 1))
                lines[place], lines[other] = lines[other], lines[place]
            case _:
                lines[place] = lines[place].replace("the ", "a ")
        if not lines:
            return
    try:
        program = parse("\n".join(lines) + "\n")
    except InvalidProgramError:
        return

    result = replay(program, spec)

    assert result.status in {"passed", "failed", "stale"}
    assert bool(result.problems) == (result.status != "passed")
    if result.status == "passed":
        assert result.transcript == result.recorded
    if result.status == "stale":
        assert result.transcript[:-1] == result.recorded[: len(result.transcript) - 1]


TOOL = """\
book = {
    "name": "book_table",
    "description": "The guest names a day.",
    "parameters": {"type": "object", "properties": {"day": {"type": "string"}}, "required": ["day"]},
}
loop:
    talk("Take a booking.", False)
until book as slot:
    say(f"Booked for {slot['day']}.")
"""
BOOKED = [user("Monday please"), leave("book_table", day="Monday")]


def test_a_tools_arguments_are_replayed() -> None:
    spec = record(TOOL, BOOKED)

    assert on(TOOL, spec).status == "passed"
    assert 'condition: The guest names a day. {"day": "Monday"}' in on(TOOL, spec).transcript


def test_a_tool_that_asks_for_more_makes_the_recording_stale() -> None:
    changed = TOOL.replace('"required": ["day"]', '"required": ["day", "guests"]')

    result = on(changed, record(TOOL, BOOKED))

    assert result.status == "stale"
    assert "does not fit any more" in result.problems[0]


def test_a_tool_of_another_description_is_another_condition() -> None:
    changed = TOOL.replace("The guest names a day.", "The guest names a day and an hour.")

    assert on(changed, record(TOOL, BOOKED)).status == "stale"


NETWORK = """\
import requests
stock = requests.get("https://shop.example/stock", params={"cake": "apple"}).json()
say(f"{stock['left']} left.")
integrations.slack.send(text="asked")
"""
CALLS = [
    {"kind": "http", "status": 200, "body": {"left": 3}, "headers": {}},
    {"kind": "action", "value": {"ok": True}},
]


def test_network_calls_are_answered_as_recorded() -> None:
    spec = record(NETWORK, CALLS)

    result = on(NETWORK, spec)

    assert result.status == "passed"
    assert 'http: GET https://shop.example/stock {"params": {"cake": "apple"}}' in result.transcript
    assert "agent: 3 left." in result.transcript


def test_another_network_call_is_changed_behaviour_and_never_stale() -> None:
    spec = record(NETWORK, CALLS)

    assert on(NETWORK.replace('"apple"', '"plum"'), spec).status == "failed"
    assert on(NETWORK.replace("/stock", "/shelf"), spec).status == "failed"
    assert on(NETWORK.replace("slack.send", "teams.send"), spec).status == "failed"


def test_a_conversation_that_goes_on_after_done_is_replayed() -> None:
    code = BAKERY.replace(
        'say("Goodbye!")', 'say("Goodbye!")\n    done()\n    say("You are back.")'
    )
    spec = record(code, [*ORDER, user("hello again")])

    assert on(code, spec).status == "passed"
    assert "agent: You are back." in on(code, spec).transcript
    assert on(code.replace("    done()\n", ""), spec).status == "failed"


def test_summaries_and_other_words_are_found_by_what_was_asked() -> None:
    code = 'say("Good morning.", exact=False)\nsay("a b".summarize("In one word."))\n'
    log = [{"kind": "rephrase", "text": "Morning!"}, {"kind": "summarize", "text": "letters"}]
    spec = record(code, log)

    assert on(code, spec).status == "passed"
    assert on(code.replace("morning", "evening"), spec).status == "stale"
    assert on(code.replace("one word", "two words"), spec).status == "stale"
    assert on(code.replace("a b", "c d"), spec).status == "passed"


def test_a_question_that_is_made_of_values_is_found_by_its_words() -> None:
    code = 'cakes = ["apple", "plum"]\nsay(str("x".ask(question=f"Which of {cakes}?")))\n'
    spec = record(code, [value("plum")])

    assert on(code, spec).status == "passed"
    assert on(code.replace("cakes", "sorts"), spec).status == "passed"
    assert on(code.replace('"plum"]', '"pear"]'), spec).status == "stale"
