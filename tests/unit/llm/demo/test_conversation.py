import json

import pytest

from babble_app.llm.demo.conditions import is_met
from babble_app.llm.demo.conversation import take_turn
from babble_app.llm.demo.extraction import extract_value, rephrase, summarize
from babble_app.schemas.models import ModelMessage, ModelRequest, ToolSpec


def make_request(*turns, exits=(), prompt="You are Zoe."):
    messages = [ModelMessage(role="system", text=prompt)]
    messages += [ModelMessage(role=role, text=text) for role, text in turns]
    tools = [
        ToolSpec(name=f"exit_{n}", description=text, parameters={}) for n, text in enumerate(exits)
    ]
    return ModelRequest(messages=tuple(messages), task="talk", tools=tuple(tools))


@pytest.mark.parametrize(
    ("condition", "said", "met"),
    [
        ("the customer leaves", "no thanks", True),
        ("the person says goodbye", "Auf Wiedersehen", True),
        ("the person says goodbye", "a good apple cake", False),
        ("the person asks for a human", "Can I speak to someone real?", True),
        ("the person asks for a human", "I am a person", False),
        ("the person confirms that the details are right", "Yes, perfect", True),
        ("the person confirms that the details are right", "no, that's not right", False),
        ("something is wrong and the person wants to change it", "no, that's wrong", True),
        ("the customer names a cake", "two apple cakes", True),
        ("the customer names a cake", "hello", False),
        (
            "billing is where the person wants to go",
            "I have a question. My invoice is too high",
            True,
        ),
        ("the user has given their email", "write to ada@example.com", True),
        ("the user has given their email and phone number", "write to ada@example.com", False),
        (
            "the user has given their email and phone number",
            "ada@example.com or +1 555 010 2233",
            True,
        ),
        ("user has provided a date", "next Friday", True),
        ("the user has given their order number", "it is A-1042", True),
        ("the person gives their name", "My name is Ada Lovelace", True),
        ("the person gives their name", "what for?", False),
    ],
)
def test_an_exit_is_chosen_by_what_was_said(condition, said, met):
    assert is_met(condition, [("user", said)]) is met


def test_the_first_exit_that_fits_is_called_as_a_tool():
    reply = take_turn(
        make_request(
            ("user", "bye"), exits=("the person asks for a human", "the person says goodbye")
        )
    )

    assert [call.name for call in reply.tool_calls] == ["exit_1"]
    assert reply.text == ""


def test_the_conversation_goes_on_with_what_is_missing():
    exits = ("the person has given their name and email",)
    turns = [("user", "hello")]

    first = take_turn(make_request(*turns, exits=exits)).text
    turns += [("assistant", first), ("user", "Ada Lovelace")]
    second = take_turn(make_request(*turns, exits=exits)).text
    turns += [("assistant", second), ("user", "ada@example.com")]
    third = take_turn(make_request(*turns, exits=exits))

    assert "name?" in first
    assert "email address?" in second
    assert third.tool_calls


def test_a_question_is_answered_from_the_data():
    prompt = 'You are Zoe.\nData: {"info": {"knowledge": ["We are open from 9 to 5.", "Cakes cost 24 euros."]}}\n# How you answer\nx'

    assert (
        take_turn(make_request(("user", "When are you open?"), prompt=prompt)).text
        == "We are open from 9 to 5."
    )
    assert "not an AI" in take_turn(make_request(("user", "Who won the game?"), prompt=prompt)).text


def test_a_tool_gets_its_arguments_from_what_was_said():
    schema = {"type": "object", "properties": {"email": {"type": "string"}}, "required": ["email"]}
    tool = ToolSpec(name="save", description="the person has given their email", parameters=schema)
    request = make_request(("user", "it's ada@example.com")).model_copy(update={"tools": (tool,)})

    assert take_turn(request).tool_calls[0].arguments == {"email": "ada@example.com"}


def ask(shape, text, question="What did the person give?"):
    system = f"Question: {question}\n\nIt has the same keys as this example: {json.dumps(shape)}\n\nAnswer with JSON."
    messages = (
        ModelMessage(role="system", text=system),
        ModelMessage(role="user", text=f"<input>\n{text}\n</input>"),
    )
    return json.loads(extract_value(ModelRequest(messages=messages, task="ask")).text)


def test_an_ask_fills_the_example_from_the_transcript_and_leaves_the_rest_null():
    transcript = (
        "user: hi, I'm Ada\nassistant: What is your email address?\nuser: ada@example.com\n"
        "assistant: Could you tell me the cake, please?\nuser: I'd like an apple cake\nassistant: How many?\nuser: two"
    )
    shape = {"name": "x", "email": "x", "cake": "x", "count": 1, "shoe size": "x"}

    assert ask(shape, transcript) == {
        "name": "Ada", "email": "ada@example.com", "cake": "apple cake", "count": 2, "shoe size": None,
    }  # fmt: skip


def test_an_ask_knows_scalars_and_schemas():
    assert ask(1, "user: 14 of them") == 14
    assert ask(True, "user: yes please") is True
    schema = {
        "type": "object",
        "properties": {"date": {"type": "string"}, "sure": {"type": "boolean"}},
    }
    assert ask(schema, "user: on 2026-12-24, yes") == {"date": "2026-12-24", "sure": True}


def test_a_summary_and_a_rewording_say_the_same():
    def request(text):
        messages = (
            ModelMessage(role="system", text="s"),
            ModelMessage(role="user", text=f"<input>\n{text}\n</input>"),
        )
        return ModelRequest(messages=messages, task="summarize")

    assert (
        summarize(request("user: two cakes\nassistant: ok")).text == "The person said: two cakes."
    )
    assert rephrase(request("Hello, I am Zoe.")).text == "Hi, I'm Zoe."
