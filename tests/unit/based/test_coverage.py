"""Coverage of conditions and handlers; a skeleton for each way through a program."""

from __future__ import annotations

from babble_app.based.coverage import MAX_SKELETONS, cover, make_skeletons
from babble_app.based.outline import outline
from babble_app.based.parser import parse
from tests.unit.based.helpers import BAKERY, leave, run, user

NESTED = """\
book_tool = {"name": "book_table", "description": "The guest books.", "parameters": {"type": "object", "properties": {"day": {}}}}
loop:
    talk("The front desk.", False)
until "the caller wants a table":
    loop:
        talk("The day.", False)
    until book_tool as slot:
        if slot["day"] == "Monday":
            say("Closed.")
        else:
            say("Booked.")
    until "the caller stops":
        loop:
            talk("Sure?", False)
        until "yes":
            say("Bye")
until f"the caller says {1 + 1}":
    # nothing to do
"""


def test_conditions_and_lines_that_ran_are_counted() -> None:
    execution = run(
        NESTED,
        [
            user("a table"),
            leave("the_caller_wants_a_table"),
            user("Tuesday"),
            leave("book_table", day="Tuesday"),
        ],
    )

    found = cover(parse(NESTED), {4: 1, 7: 1}, execution.visited)

    assert [(one.line, one.hits, one.lines_hit, one.lines) for one in found.conditions] == [
        (4, 1, 3, 6),
        (7, 1, 2, 3),
        (12, 0, 0, 2),
        (15, 0, 0, 1),
        (17, 0, 0, 0),
    ]
    assert (found.conditions_hit, found.lines_hit, found.lines) == (2, 3, 6)
    assert [one.line for one in found.untested] == [12, 15, 17]
    assert found.conditions[1].missed == (9,)


def test_a_run_through_everything_misses_nothing() -> None:
    execution = run(BAKERY, [user("bye"), leave("the_customer_leaves")])
    other = run(
        BAKERY,
        [
            user("cake"),
            leave("the_customer_names_a_cake"),
            {"kind": "ask", "value": {"cake": "a", "count": 1}},
        ],
    )

    found = cover(parse(BAKERY), {4: 1, 8: 1}, execution.visited | other.visited)

    assert (found.lines_hit, found.untested) == (found.lines, ())


def test_there_is_a_skeleton_for_each_exit_and_each_pair_of_nested_ones() -> None:
    made = make_skeletons(parse(NESTED))

    assert [name for name, _ in made] == [
        "the caller wants a table",
        "f'the caller says {1 + 1}'",
        "the caller wants a table → book_table: The guest books.",
        "the caller wants a table → the caller stops",
        "the caller stops → yes",
    ]
    goals = [spec.goal for _, spec in made]
    assert goals[0] == "Talk so that this becomes the case: “the caller wants a table”."
    assert goals[2].endswith(
        "Then this: “book_table: The guest books.”. When you are asked, give: day."
    )
    assert goals[4].count("“") == 3
    kinds = [[(one.kind, one.value) for one in spec.assertions] for _, spec in made]
    assert kinds[4] == [("reaches", ["the caller wants a table", "the caller stops", "yes"])]
    assert kinds[1][0][0] == "outcome"


def test_there_are_at_most_fifty_and_outer_exits_come_first() -> None:
    inner = "".join(f'    until "inner {n}":\n        say("x")\n' for n in range(30))
    outer = "".join(f'until "outer {n}":\n    say("x")\n' for n in range(40))
    start = 'loop:\n    talk("A talk about everything.", False)\nuntil "in":\n    loop:\n'
    code = f'{start}        talk("A talk about the rest.", False)\n{inner}{outer}'

    made = make_skeletons(parse(code))

    assert len(made) == MAX_SKELETONS
    assert [name for name, _ in made[:2]] == ["in", "outer 0"]
    assert made[-1][0] == "in → inner 8"


def test_a_program_without_conversations_has_no_skeletons() -> None:
    assert make_skeletons(parse("say('hi')\n")) == []
    assert cover(parse("say('hi')\n"), {}, frozenset()).conditions == ()


def test_the_outline_knows_all_questions() -> None:
    code = 'x = "a"\nx.ask("One?")\nx.ask(question=f"Two {x}?", example=1)\nx.summarize()\nsay("Hi", exact=False)\nsay("Ho")\n'

    found = outline(parse(code))

    assert set(found.questions) == {"ask: One?", "ask = f'Two {x}?'", "summarize: ", "rephrase: Hi"}
    assert found.question_source("ask", 3, "Two a?") == "f'Two {x}?'"
    assert found.question_source("ask", 2, "One?") == ""
