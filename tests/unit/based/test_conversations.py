"""Conversations wherever statements stand, and what the language's values do."""

import pytest

from babble_app.based.effects import AskEffect, TalkEffect, UserEffect
from tests.unit.based.helpers import error_code, leave, reply, run, run_mocked, trace, user, value

TALK = 'loop:\n    r = talk("p", False)\nuntil "a":\n    {a}\nuntil "b":\n    {b}\n'


def indented(text: str, by: int = 4) -> str:
    return "".join(" " * by + line + "\n" for line in text.splitlines())


def test_a_conversation_in_a_for_runs_once_a_round_and_its_break_leaves_only_itself():
    code = (
        "for n in range(2):\n"
        + indented(TALK.format(a="break", b="continue"))
        + '    say(f"after {n}")\n'
    )

    execution = run(
        code, [user("x"), leave("a"), user("y"), leave("b"), reply("hm"), user("z"), leave("a")]
    )

    assert [e.text for e in execution.events if e.type == "agent"] == ["after 0", "hm", "after 1"]
    assert execution.status == "finished"


def test_a_conversation_in_a_while_can_change_what_is_waited_for():
    code = "n = 2\nwhile n:\n" + indented(TALK.format(a="n -= 1", b="n = 0")) + "print(n)\n"

    execution = run(code, [user("x"), leave("a"), user("y"), leave("b")])

    assert (execution.events[-2].text, execution.status) == ("0", "finished")


def test_an_error_in_a_handler_is_caught_around_the_conversation():
    body = indented(TALK.format(a='raise ValueError("v")', b="pass"))
    code = (
        f'try:\n{body}except ValueError as e:\n    say(f"sorry {{e}}")\nfinally:\n    say("done")\n'
    )

    execution = run(code, [user("x"), leave("a")])

    assert [e.text for e in execution.events if e.type == "agent"] == ["sorry v", "done"]


def test_a_with_around_a_conversation_is_left_when_it_ends():
    manager = (
        "class M:\n    def __enter__(self):\n        say('in')\n    def __exit__(self, kind, error, tb):\n"
        "        say(f'out {kind}')\n"
    )
    execution = run(
        manager + "with M():\n" + indented(TALK.format(a="pass", b="pass")), [user("x"), leave("a")]
    )

    assert [e.text for e in execution.events if e.type == "agent"] == ["in", "out None"]


def test_of_two_named_exits_the_first_is_taken_and_the_other_is_noted():
    answer = {"kind": "talk", "exit": "a", "arguments": {}, "also": ["b", "nonsense"]}

    execution = run(TALK.format(a="pass", b="pass"), [user("x"), answer])

    assert next(e for e in execution.events if e.type == "condition").data == {"also": ["b"]}


def test_an_answer_is_asked_about_again_and_turned_into_json():
    code = (
        'o = "text".ask(question="q", example={"items": [{"n": 1}]})\nfor i in o["items"]:\n    print(i["n"], "n" in i)\n'
        'print(bool(o), len(o), o.get("x"), list(o.items()), f"{o}", o.to_json() == o)\n'
        'p = o["items"][0].ask(question="which?", example="x")\nprint(p.upper())\n'
    )

    execution = run(code, [value({"items": [{"n": 5}]}), value("one")])

    assert [e.text for e in execution.events if e.type == "print"] == [
        "5 True", "True 1 None [('items', [{'n': 5}])] {'items': [{'n': 5}]} True", "ONE",
    ]  # fmt: skip


def test_questions_in_comprehensions_generators_and_methods_pause_where_they_stand():
    code = (
        'class A:\n    def name(self, x):\n        return x.ask("n?", example="a")\n'
        'def g(xs):\n    for x in xs:\n        yield x.ask("g?", example="a")\n'
        'print([x.ask("c?", example="a") for x in "ab"], ",".join(x.ask("e?", example="a") for x in "c"), list(g("d")),\n'
        '      list(map(A().name, "e")), sorted("f", key=lambda x: x.ask("k?", example="a")))\n'
    )

    execution = run(code)
    asked = []
    while isinstance(execution.pending, AskEffect):
        asked.append((execution.pending.question, execution.pending.input))
        execution.send(value(execution.pending.input.upper()))

    assert asked == [("c?", "a"), ("c?", "b"), ("e?", "c"), ("g?", "d"), ("n?", "e"), ("k?", "f")]
    assert execution.events[-2].text == "['A', 'B'] C ['D'] ['E'] ['f']"


def test_a_missing_key_of_a_talk_result_is_a_key_error():
    code = TALK.format(a='print(r["nothing"])', b="pass")

    execution = run(code, [user("x"), leave("a")])

    assert execution.events[-2].text == "KeyError: 'nothing'"


def test_a_message_with_done_in_a_function_goes_on_there():
    code = 'def f():\n    done()\n    return "back"\nprint(f())\n'

    execution = run(code)
    assert (execution.status, isinstance(execution.pending, UserEffect)) == ("done", True)
    execution.send(user("again"))

    assert [t[2] for t in trace(execution)] == ["done", "again", "back", "finished"]


def test_a_model_that_is_asked_to_speak_first_knows_the_message_after_done():
    code = 'done()\nloop:\n    talk("p", True)\nuntil "a":\n    pass\n'

    execution = run(code, [user("hi")])

    assert isinstance(execution.pending, TalkEffect)
    assert execution.pending.messages == (("user", "hi"),)
    execution.send(reply("Hello"))
    assert isinstance(execution.pending, UserEffect)


@pytest.mark.parametrize(
    "name", ["slack.send", "gmail.send_email", "google_sheets.append", "twilio.send_sms"]
)
def test_older_names_of_services_are_actions_too(name):
    execution = run_mocked(f"print({name}({{'a': 1}})['ok'])\n")

    assert (execution.events[0].name, execution.events[0].data["args"]) == (name, {"0": {"a": 1}})


def test_channel_functions_take_their_arguments_in_all_forms():
    code = (
        'click_ivr(digits="1*0#")\nr = await send_sms(from_number="1", to="2", content="c")\n'
        'print(r.success, r.status, r.error, r.message_sid != "")\nsend_image(url="u")\n'
        'transfer("+1", {"extension": "5", "pauseSeconds": 2})\n'
    )

    execution = run(code)

    assert execution.status == "transferred"
    assert execution.events[-2].data["args"] == {
        "number": "+1", "options": {"extension": "5", "pauseSeconds": 2},
    }  # fmt: skip
    assert error_code(run('click_ivr("12a")\n')) == "R_ERROR"


def test_calls_to_the_outside_are_counted():
    execution = run_mocked("import requests\nwhile True:\n    requests.get('http://a')\n")

    assert (error_code(execution), execution.events[-2].line) == ("R_LIMIT_CALLS", 3)
