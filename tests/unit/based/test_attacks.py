"""Programs that want out, or want everything: each ends with a code, in time, and the process is as before."""

import time

import pytest

from babble_app.based.effects import AnswerMismatchError
from babble_app.based.machine.limits import Limits
from babble_app.based.parser import parse
from babble_app.based.runner import Execution
from tests.unit.based.attacks import ESCAPES, LIMITS
from tests.unit.based.helpers import error_code, leave, reply, run, user

MOST_SECONDS = 2
FEWER_STEPS = Limits(steps=30_000, events=1_000)
"""For the speed of these tests; benchmarks/runs.py takes the real limits."""
CONVERSATION = 'loop:\n    talk("p", {first})\nuntil "a":\n    {handler}\n'


@pytest.mark.parametrize("name", LIMITS)
def test_a_greedy_program_meets_its_limit(name):
    code, expected = LIMITS[name]
    start = time.thread_time()

    execution = Execution(parse(code), limits=FEWER_STEPS)

    assert (error_code(execution) or execution.status) in expected.split("|")
    assert execution.status == "finished" or execution.events[-2].line is not None
    assert time.thread_time() - start < MOST_SECONDS


@pytest.mark.parametrize("name", ["texts in partials", "texts in matches", "texts in generators"])
def test_what_is_kept_out_of_sight_is_held_too(name):
    execution = Execution(parse(LIMITS[name][0]))

    assert "holds values" in execution.events[-2].text


@pytest.mark.parametrize("name", ESCAPES)
def test_there_is_no_way_out(name):
    execution = run(ESCAPES[name])

    assert execution.status == "failed"
    assert error_code(execution) in {"R_NOT_ALLOWED", "R_ERROR", "R_NAME"}


def test_the_user_can_send_so_many_messages_and_no_more():
    execution = run(CONVERSATION.format(first=False, handler="pass"))

    while execution.pending is not None:
        execution.send(user("x"))
        if execution.pending is not None:
            execution.send(reply("y"))

    assert error_code(execution) == "R_LIMIT_TURNS"
    assert sum(e.type == "user" for e in execution.events) == Limits().user_turns


def test_a_model_that_always_leaves_meets_a_limit():
    execution = run(CONVERSATION.format(first=False, handler="return 'again'"), [user("x")])

    while execution.pending is not None:
        execution.send(
            leave("a") if execution.pending.__class__.__name__ == "TalkEffect" else user("y")
        )

    assert error_code(execution) == "R_LIMIT_MODEL_CALLS"


def test_asking_without_end_meets_a_limit():
    execution = run("while True:\n    'x'.ask('q', example='a')")

    while execution.pending is not None:
        execution.send({"kind": "ask", "value": "a"})

    assert error_code(execution) == "R_LIMIT_MODEL_CALLS"


@pytest.mark.parametrize(
    "answer",
    [["x"] * 150_000, "x" * 300_000, 10**5000, [[[]]] * 99_999],
    ids=["items", "chars", "digits", "parts"],
)
def test_a_huge_answer_of_the_model_is_not_taken(answer):
    execution = run("x = 'x'.ask('q', schema={})\nprint(len(x))")

    if isinstance(answer, int):
        with pytest.raises(AnswerMismatchError):
            execution.send({"kind": "ask", "value": answer})
        return
    execution.send({"kind": "ask", "value": answer})

    assert error_code(execution) == "R_LIMIT_SIZE"


def test_a_long_message_of_the_user_meets_the_transcripts_limit():
    execution = run(CONVERSATION.format(first=False, handler="pass"), [user("x" * 300_000)])

    assert error_code(execution) == "R_LIMIT_TRANSCRIPT"


def test_programs_do_not_share_what_they_change():
    run("import json\nimport math\nstate['a'] = 1\nvariables['b'] = 2\nprint = 5\n")

    execution = run("print(state, variables)")

    assert execution.events[0].text == "{} {}"


def test_a_run_that_is_dropped_in_the_middle_leaves_nothing_behind():
    execution = Execution(
        parse(
            "def f():\n    try:\n        'x'.ask('q', example='a')\n    finally:\n        say('no')\nf()"
        )
    )

    del execution
