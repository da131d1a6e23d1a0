"""Running programs: the worked examples of the language's description, with their exact events."""

# ruff: noqa: E501 -- a program stands on one line

from datetime import UTC, datetime

import pytest

from babble_app.based.effects import (
    AnswerMismatchError,
    AskEffect,
    HttpEffect,
    RephraseEffect,
    SummarizeEffect,
    TalkEffect,
    UserEffect,
)
from babble_app.based.parser import parse
from babble_app.based.runner import Execution
from babble_app.schemas.mocks import Mock
from tests.unit.based.helpers import (
    BAKERY,
    error_code,
    leave,
    reply,
    run,
    run_mocked,
    trace,
    user,
    value,
)

ORDER = [
    user("two apple cakes"),
    leave("the_customer_names_a_cake"),
    value({"cake": "apple", "count": 2}),
    user("no thanks"),
    leave("the_customer_leaves"),
]
TOOL = """\
book = {"name": "book_day", "description": "the user chose a day", "parameters":
        {"type": "object", "properties": {"day": {"type": "string"}}, "required": ["day"]}}
loop:
    res = talk("Find out the day.", False)
until book as slot:
    say("Booked: " + slot["day"] + " " + res["day"] + " " + res["next"])
"""
NESTED = """\
loop:
    a = talk("Triage.", False)
until "details are needed":
    loop:
        b = talk("Details.", False)
    until "the details are given":
        say("inner done")
    say("after inner")
    return
until "the user leaves":
    say("bye")
say("end")
"""


def test_a_minimal_program_waits_for_the_user():
    execution = run(BAKERY, ORDER)

    assert trace(execution) == [
        ("agent", 1, "Hello, this is the bakery."),
        (
            "enter_loop",
            2,
            "You take cake orders. Exits: the customer names a cake; the customer leaves.",
        ),
        ("user", 3, "two apple cakes"),
        ("condition", 4, "the_customer_names_a_cake"),
        ("ask", 5, "Which cake and how many?"),
        ("agent", 6, "2 x apple, noted. Anything else?"),
        ("return_to_context", 7, ""),
        ("user", 3, "no thanks"),
        ("condition", 8, "the_customer_leaves"),
        ("agent", 9, "Goodbye!"),
        ("end", None, "finished"),
    ]
    assert execution.status == "finished"
    assert execution.pending is None


def test_send_returns_only_the_new_events():
    execution = run(BAKERY, ORDER[:1])

    assert execution.status == "waiting"
    assert execution.line == 3
    assert [e.type for e in execution.send(ORDER[1])] == ["condition"]


def test_a_talk_effect_carries_all_the_model_needs():
    code = 'x = {"a": 1}\nloop:\n    talk("Prompt", False, {"city": "Rome"}, x)\nuntil "A b":\n    pass\nuntil "C":\n    pass\n'

    effect = run('say("hi")\n' + code, [user("hello")]).pending

    assert isinstance(effect, TalkEffect)
    assert (effect.line, effect.prompt, effect.first, effect.context) == (4, "Prompt", False, "")
    assert effect.data == {"default_values": {"city": "Rome"}, "info": {"a": 1}}
    assert effect.messages == (("assistant", "hi"), ("user", "hello"))
    assert [(e.slug, e.text, e.parameters) for e in effect.exits] == [
        ("a_b", "A b", None),
        ("c", "C", None),
    ]


def test_the_agent_speaks_first_when_asked_to():
    code = 'loop:\n    talk("Greet.", True)\nuntil "bye":\n    pass\n'

    execution = run(code)

    assert isinstance(execution.pending, TalkEffect)
    assert (execution.pending.first, execution.pending.exits) == (True, ())
    execution.send(reply("Hello!"))
    assert isinstance(execution.pending, UserEffect)
    execution.send(user("hm"))
    execution.send(reply("Well?"))
    assert trace(execution)[1:] == [
        ("agent", 2, "Hello!"),
        ("user", 2, "hm"),
        ("agent", 2, "Well?"),
    ]
    assert [e.via for e in execution.events] == ["", "talk", "", "talk"]


def test_a_tool_condition_binds_its_arguments():
    execution = run(TOOL, [user("Monday"), leave("book_day", day="Monday")])

    assert trace(execution)[-3:] == [
        ("condition", 5, "book_day"),
        ("agent", 6, "Booked: Monday Monday book_day"),
        ("end", None, "finished"),
    ]
    assert execution.events[-3].data == {"arguments": {"day": "Monday"}}


def test_a_tool_call_without_its_arguments_is_asked_again_once_and_then_not_taken():
    execution = run(TOOL, [user("soon"), leave("book_day")])

    assert isinstance(execution.pending, TalkEffect)
    assert "lacks 'day'" in execution.pending.context
    execution.send(leave("book_day", day=7))
    assert isinstance(execution.pending, UserEffect)
    execution.send(user("Monday then"))
    assert isinstance(execution.pending, TalkEffect)
    assert "must be of type string" in execution.pending.context
    execution.send(leave("book_day", day="Monday"))
    assert execution.status == "finished"


def test_an_unknown_exit_is_asked_again():
    execution = run(BAKERY, [user("hi"), leave("nowhere")])

    assert isinstance(execution.pending, TalkEffect)
    assert "the_customer_leaves" in execution.pending.context
    execution.send(reply("What may it be?"))
    assert trace(execution)[-1] == ("agent", 3, "What may it be?")


def test_sequential_conversations_run_in_order():
    code = "".join(
        f'loop:\n    talk("{n}", False)\nuntil "next":\n    say("done {n}")\n' for n in "ab"
    )

    execution = run(code, [user("x"), leave("next"), user("y"), leave("next")])

    assert [t[0] for t in trace(execution)] == [
        "enter_loop", "user", "condition", "agent", "enter_loop", "user", "condition", "agent", "end",
    ]  # fmt: skip
    assert [t[1] for t in trace(execution)] == [1, 2, 3, 4, 5, 6, 7, 8, None]


def test_a_nested_conversation_ends_in_the_outer_handler():
    answers = [
        user("a"),
        leave("details_are_needed"),
        user("b"),
        leave("the_details_are_given"),
        user("c"),
        leave("the_user_leaves"),
    ]

    assert trace(run(NESTED, answers)) == [
        ("enter_loop", 1, "Triage."),
        ("user", 2, "a"),
        ("condition", 3, "details_are_needed"),
        ("enter_loop", 4, "Details."),
        ("user", 5, "b"),
        ("condition", 6, "the_details_are_given"),
        ("agent", 7, "inner done"),
        ("agent", 8, "after inner"),
        ("return_to_context", 9, ""),
        ("user", 2, "c"),
        ("condition", 10, "the_user_leaves"),
        ("agent", 11, "bye"),
        ("agent", 12, "end"),
        ("end", None, "finished"),
    ]


def test_a_returned_value_is_context_of_the_next_turn_only():
    code = 'loop:\n    talk("p", False)\nuntil "a city":\n    return "city not found"\n'

    execution = run(code, [user("Atlantis"), leave("a_city")])

    assert isinstance(execution.pending, TalkEffect)
    assert (execution.pending.context, execution.pending.first) == ("city not found", True)
    execution.send(reply("There is no Atlantis."))
    execution.send(user("Rome"))
    assert execution.pending.context == ""
    assert execution.events[3].data == {"value": "city not found"}


@pytest.mark.parametrize("statement", ["return", "continue"])
def test_after_a_silent_handler_the_model_speaks(statement):
    code = f'loop:\n    talk("p", False)\nuntil "a":\n    {statement}\n'

    execution = run(code, [user("x"), leave("a")])

    assert isinstance(execution.pending, TalkEffect)
    assert execution.pending.first


def test_break_leaves_the_conversation_but_in_a_for_only_the_for():
    code = (
        'loop:\n    talk("p", False)\nuntil "a":\n    for x in [1, 2]:\n        print(x)\n        break\n'
        '    if x == 1:\n        break\n    say("never")\nsay("after")\n'
    )

    execution = run(code, [user("x"), leave("a")])

    assert [t[2] for t in trace(execution)[3:]] == ["1", "after", "finished"]


def test_the_prompt_and_conditions_are_evaluated_anew_at_return():
    code = 'n = 1\nloop:\n    talk(f"round {n}", False)\nuntil f"number {n}":\n    n += 1\n    return\n'

    execution = run(code, [user("x"), leave("number_1"), reply("ok"), user("y")])

    assert execution.pending.prompt == "round 2"
    assert execution.pending.exits[0].slug == "number_2"


def test_equal_and_foreign_slugs_get_numbers():
    code = 'loop:\n    talk("p", False)\nuntil "да":\n    pass\nuntil "a?":\n    pass\nuntil "a!":\n    pass\n'

    assert [e.slug for e in run(code).pending.exits] == ["exit_1", "a", "a_3"]


def test_ask_sees_the_conversation_of_the_result():
    execution = run(BAKERY, ORDER[:2])

    effect = execution.pending
    assert isinstance(effect, AskEffect)
    assert effect.input == "user: two apple cakes"
    assert (effect.line, effect.example, effect.schema) == (5, {"cake": "apple", "count": 1}, None)


def test_an_answer_of_the_wrong_shape_is_asked_again_once():
    execution = run(BAKERY, [*ORDER[:2], value({"cake": "apple"})])

    assert isinstance(execution.pending, AskEffect)
    assert "lacks the key 'count'" in execution.pending.problem
    execution.send(value({"cake": ["apple"], "count": 1}))
    assert error_code(execution) == "R_ASK_SHAPE"
    assert (execution.status, execution.events[-2].line) == ("failed", 5)


def test_null_fits_every_shape_and_a_schema_wins():
    code = 'x = "text".ask("q?", example={"a": 1, "b": ["x"]})\ny = "t".ask("q?", example=1, schema={"type": "string", "enum": ["u"]})\nprint(x, y)\n'

    execution = run(code, [value({"a": None, "b": None}), value("u")])

    assert execution.events[-2].text == "{'a': None, 'b': None} u"


def test_a_changed_answer_does_not_change_the_log():
    code = 'x = "t".ask("q?", example=[1])\nx.append(2)\nprint(x)\n'

    execution = run(code, [value([1])])

    assert execution.log == [value([1])]


def test_summarize_and_rephrase_ask_the_model():
    code = 'print("long text".summarize("briefly"))\nsay("Hi", False)\n'

    execution = run(code)
    assert execution.pending == SummarizeEffect(1, "briefly", "long text")
    execution.send({"kind": "summarize", "text": "short"})
    assert execution.pending == RephraseEffect(2, "Hi")
    execution.send({"kind": "rephrase", "text": "Hello there"})

    assert trace(execution) == [
        ("print", 1, "short"),
        ("agent", 2, "Hello there"),
        ("end", None, "finished"),
    ]


def test_default_values_are_asked_for_when_they_are_read():
    code = 'loop:\n    r = talk("p", False, {"city": "Rome"})\nuntil "a":\n    print(r["city"], r["city"], r.get("x", 1))\n'

    execution = run(code, [user("Oslo"), leave("a")])
    assert execution.pending.example == {"city": "Rome"}
    execution.send(value({"city": "Oslo"}))

    assert execution.events[-2].text == "Oslo Oslo 1"


@pytest.mark.parametrize(
    ("code", "status", "action"),
    [
        ("done()", "done", None),
        ("end()", "done", None),
        (
            'transfer("+1555", "12")',
            "transferred",
            ("transfer", {"number": "+1555", "options": "12"}),
        ),
        ("hangup()", "hung_up", ("end_call", {})),
    ],
)
def test_some_calls_end_the_run_even_inside_try(code, status, action):
    execution = run(
        f"try:\n    {code}\nexcept Exception:\n    say('caught')\nfinally:\n    say('finally')\nsay('after')\n"
    )

    assert execution.status == status
    actions = [(e.name, e.data["args"]) for e in execution.events if e.type == "action"]
    assert actions == ([action] if action else [])
    assert execution.events[-1].type == "end"
    assert len(execution.events) == 1 + len(actions)


def test_channel_functions_are_recorded():
    code = (
        'click_ivr("1#")\nr = await send_sms(from_number="1", to="2", content="x")\nsend_image("http://a")\n'
        "import time\ntime.sleep(2)\nx = integrations.slack.send(text='hi')\nprint(r.success, r.status, x['ok'])\n"
    )

    execution = run_mocked(code)

    assert [e.name for e in execution.events if e.type == "action"] == [
        "click_ivr", "send_sms", "send_image", "sleep", "integrations.slack.send",
    ]  # fmt: skip
    assert execution.events[-2].text == "True sent True"


def test_a_network_call_is_asked_for_and_answered_from_outside():
    code = (
        'import requests\nr = requests.post("http://a/b", params={"q": 1}, json={"x": 1}, headers={"h": 2})\n'
        "r.raise_for_status()\nprint(r.status_code, r.json(), r.text)\n"
    )

    execution = run(code)

    assert execution.pending == HttpEffect(2, "POST", "http://a/b", {"q": 1}, {"x": 1}, {"h": "2"})
    execution.send({"kind": "http", "status": 201, "body": {"y": 1}, "headers": {}, "mocked": True})
    assert execution.events[0].data == {
        "method": "POST", "url": "http://a/b", "params": {"q": 1}, "body": {"x": 1}, "headers": {"h": "2"},
        "status": 201, "mocked": True,
    }  # fmt: skip
    assert execution.events[-2].text == "201 {'y': 1} {\"y\": 1}"


def test_a_failed_network_call_raises_the_exception_of_requests():
    code = (
        'import requests\ntry:\n    requests.get("http://a")\nexcept requests.RequestException as e:\n    print(e)\n'
        'print(api.get_req(url="http://b")["data"]["error"])\n'
        "try:\n    requests.get('http://c').raise_for_status()\nexcept requests.exceptions.HTTPError as e:\n    print(e)\n"
    )
    failing = [
        Mock(kind="http", url="http://[ab]", error="no route"),
        Mock(kind="http", status=404),
    ]

    execution = run_mocked(code, failing)

    texts = [e.text for e in execution.events if e.type == "print"]
    assert texts == ["no route", "no route", "404 Error"]


def test_an_action_is_answered_by_the_first_mock_that_fits():
    code = "print((await integrations.slack.send(text='hi'))['ok'], integrations.mail.send('a', to='b'))\n"
    mocks = [
        Mock(kind="http", body=1),
        Mock(kind="action", name="integrations.mail.*", body={"id": 7}),
        Mock(kind="action", name="integrations.mail.send", body=2),
    ]

    execution = run_mocked(code, mocks)

    assert execution.events[-2].text == "True {'id': 7}"
    assert execution.events[1].data == {
        "args": {"0": "a", "to": "b"}, "value": {"id": 7}, "mocked": True,
    }  # fmt: skip
    assert [event.step for event in execution.events] == [1, 2, 2, 2]


def test_an_events_step_is_the_length_of_the_log_that_leads_to_it():
    execution = run(BAKERY, ORDER)

    for step in range(len(execution.log) + 1):
        at = Execution(parse(BAKERY), execution.log[:step])
        assert at.events == [e for e in execution.events if e.step <= step]


def test_a_message_after_done_goes_on_behind_it():
    code = 'say("a")\ndone()\nloop:\n    talk("p", False)\nuntil "x":\n    done()\n    say("b")\n'

    execution = run(code)
    assert execution.status == "done"
    execution.send(user("hi"))

    assert isinstance(execution.pending, TalkEffect)
    assert execution.pending.messages == (("assistant", "a"), ("user", "hi"))
    execution.send(leave("x"))
    assert (execution.status, execution.events[-1].name) == ("done", "done")
    execution.send(user("more"))
    assert [t[2] for t in trace(execution)[-3:]] == ["more", "b", "finished"]


def test_the_variables_are_those_of_the_program_itself():
    code = "import json\nx = [1, 2]\ndef f():\n    y = 2\n    return 'a'.ask('q', example='b')\nz = 'text'\nf()\n"

    assert run(code).variables == {"x": "[1, 2]", "z": "'text'"}


def test_extract_records_json_only():
    execution = run('extract("a", {"x": [1, None]})\nextract("b", len)\n')

    assert execution.events[0].data == {"value": {"x": [1, None]}}
    assert error_code(execution) == "R_ERROR"


def test_assignments_are_traced_at_top_level_only():
    execution = run("a = [1, 2]\nif a:\n    b = 3\na += [4]\n")

    assert [(e.name, e.data["value"]) for e in execution.events[:-1]] == [
        ("a", "[1, 2]"),
        ("a", "[1, 2, 4]"),
    ]


def test_state_and_variables_belong_to_the_run():
    run('state["x"] = 1\n')

    assert run("print(len(state), variables.get('shop', 'none'))").events[0].text == "0 none"


@pytest.mark.parametrize("length", range(len(ORDER) + 1))
def test_replaying_a_log_gives_the_same_run(length):
    code = "import random\nprint(random.random())\n" + BAKERY
    execution = run(code, ORDER[:length])

    again = Execution(parse(code), execution.log)

    assert again.events == execution.events
    assert (again.pending, again.status, again.line, again.log) == (
        execution.pending, execution.status, execution.line, execution.log,
    )  # fmt: skip


def test_the_time_is_kept_in_the_log():
    code = "from datetime import datetime\nprint(datetime.now().isoformat())\nimport time\nprint(time.time())\n"
    execution = Execution(parse(code), now=lambda: datetime(2026, 1, 2, 3, 4, tzinfo=UTC))

    again = Execution(parse(code), execution.log)

    assert execution.events[0].text == "2026-01-02T03:04:00"
    assert again.events == execution.events
    assert len(execution.log) == 2


def test_the_seed_decides_the_dice():
    code = "import random, uuid\nprint(random.randint(1, 10**9), uuid.uuid4())\n"

    texts = {Execution(parse(code), seed=seed).events[0].text for seed in (1, 1, 2)}

    assert len(texts) == 2


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"kind": "user"},
        {"kind": "user", "text": 1},
        {"kind": "talk", "reply": "x"},
        {"kind": "user", "text": {1}},
        [],
    ],
)
def test_an_answer_that_does_not_fit_is_refused_and_changes_nothing(answer):
    execution = run(BAKERY)

    with pytest.raises(AnswerMismatchError):
        execution.send(answer)

    assert isinstance(execution.pending, UserEffect)
    assert execution.log == []


def test_nothing_can_be_sent_to_a_run_that_ended():
    execution = run("say('x')")

    with pytest.raises(AnswerMismatchError, match="ended"):
        execution.send(user("x"))


def test_a_log_of_another_program_is_refused():
    log = run(BAKERY, ORDER).log

    with pytest.raises(AnswerMismatchError):
        Execution(parse("say('x')"), log)
    with pytest.raises(AnswerMismatchError):
        Execution(parse("x = 'a'.ask('q', example='a')"), log)


def test_an_uncaught_error_ends_the_run_with_its_line():
    execution = run("def f(x):\n    return 1 / x\n\nsay('a')\nf(0)\n")

    assert trace(execution) == [
        ("agent", 4, "a"),
        ("error", 2, "R_ERROR"),
        ("end", None, "failed"),
    ]
    assert execution.events[1].text == "ZeroDivisionError: division by zero"


def test_half_a_surrogate_pair_does_not_break_the_trace():
    execution = run(
        'say("\\ud800 x")\nprint("\\ud800")\nextract("a", "\\ud800")\nx = "\\ud800"\nraise ValueError("\\ud800")\n'
    )

    assert [e.model_dump_json() for e in execution.events]
    assert execution.events[0].text == "? x"


@pytest.mark.parametrize(
    "change",
    [
        'variables["a"] = 1',
        'del variables["a"]',
        'variables |= {"a": 1}',
        "variables.update(a=1)",
        'variables.setdefault("a", 1)',
        'variables.pop("a", 0)',
        "variables.popitem()",
        "variables.clear()",
        "dict.clear(variables)",
        "dict.update(variables, a=1)",
    ],
)
def test_variables_can_only_be_read(change: str):
    code = f"try:\n    {change}\nexcept TypeError as error:\n    say(str(error))\n"

    told = [e.text for e in run(code).events if e.type == "agent"]

    assert told == [
        "`variables` can only be read; keep what changes in `state` or a name of your own"
    ]


def test_variables_are_read_as_any_dict_and_their_copies_are_plain():
    code = (
        "import copy\n"
        "for mine in [variables.copy(), dict(variables), copy.copy(variables), copy.deepcopy(variables), variables | {}, {**variables}]:\n"
        '    mine["a"] = 1\n'
        'state["a"] = 1\n'
        'say(f"{variables} {len(variables)} {variables.get(1, 2)} {list(variables.items())} {isinstance(variables, dict)} {variables == {}}")\n'
    )

    said = [e.text for e in run(code).events if e.type in {"agent", "error"}]

    assert said == ["{} 0 2 [] True True"]
