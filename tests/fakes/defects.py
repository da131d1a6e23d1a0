"""The ways in which models answer wrongly when they write or change a program, and what they send after they were told.

Shared by the test that compares what they are told with stored transcripts, and by `benchmarks/loops.py`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tests.fakes.script import Answer

if TYPE_CHECKING:
    from tests.fakes.script import AnswerSource

ORDERS = """\
# Agent: Rose bakery
say("Hello, this is the Rose bakery.")
orders = []
loop:
    res = talk(
        "You take cake orders: apple, chocolate and cherry cake. Be brief.",
        False,
    )
until "the customer names a cake and how many":
    order = res.ask(question="Which cake, and how many?", example={"cake": "apple", "count": 1})
    if not order["count"]:
        say("One moment.")
        return "The number of cakes is missing."
    orders.append(order)
    say(f"{order['count']} x {order['cake']}, noted.")
    return
until "the customer asks for a person":
    say("One moment.")
    transfer("+15551234567")
until "the customer has finished or leaves":
    extract("orders", orders)
    say("Goodbye!")
"""
"""The program that is changed."""
REQUEST = "Change the goodbye to: So long! And greet with: Good morning!"
CHANGED = ORDERS.replace("Goodbye!", "So long!").replace(
    "Hello, this is the Rose bakery.", "Good morning!"
)
BUILD_REQUEST = "Make an agent for a bakery that greets, takes a name and says goodbye."
BUILT = """\
# Agent: Greeter
say("Hello!")
loop:
    res = talk("You work in a bakery. Ask for the name. Exits: the name is known; the guest leaves.", False)
until "the guest has given a name":
    person = res.ask(question="What is the name?", example={"name": "Ann"})
    extract("name", person["name"])
    say("Thank you, goodbye!")
until "the guest leaves":
    say("Goodbye!")
"""

GREETING = """\
@@ ... @@
 # Agent: Rose bakery
-say("Hello, this is the Rose bakery.")
+say("Good morning!")
 orders = []
"""
GOODBYE = """\
@@ ... @@
     extract("orders", orders)
-    say("Goodbye!")
+    say("So long!")
"""


@dataclass(frozen=True)
class Defect:
    """A kind of wrong answer."""

    kind: str
    agent: Literal["build", "change"]
    answers: tuple[AnswerSource, ...]
    """The wrong one, or more of them, and then what makes it good; alone where nobody needs to be told."""
    program: str
    """What comes of it in the end."""

    @property
    def name(self) -> str:
        """For files and for the ids of tests."""
        return f"{self.agent}-{self.kind.replace(' ', '-')}"


def diff(*hunks: str) -> str:
    return "I change both sentences.\n\n```diff\n" + "".join(hunks) + "```\n"


def fenced(program: str, prose: str = "It takes a name.\n\n") -> str:
    return f"{prose}```based\n{program}```\n"


def _change(kind: str, *answers: AnswerSource, program: str = CHANGED) -> Defect:
    return Defect(kind, "change", answers, program)


def _build(kind: str, *answers: AnswerSource, program: str = BUILT) -> Defect:
    return Defect(kind, "build", answers, program)


_PERSON = '@@ ... @@\n-    say("One moment.")\n+    say("One second.")\n'
_PERSON_CLEAR = _PERSON + '     transfer("+15551234567")\n'
_WITH_PERSON = CHANGED.replace(
    'say("One moment.")\n    transfer', 'say("One second.")\n    transfer'
)
_WRONG_GOODBYE = GOODBYE.replace("Goodbye!", "Bye bye!")
_BLOCK = (
    '<<<<<<< SEARCH\nsay("Hello, this is the Rose bakery.")\n=======\nsay("Good morning!")\n>>>>>>> REPLACE\n'
    '<<<<<<< SEARCH\n    say("Goodbye!")\n=======\n    say("So long!")\n>>>>>>> REPLACE\n'
)
_LAZY = "".join(
    f"-{line}\n" for line in ORDERS[ORDERS.index("    orders.append") :].splitlines()[:4]
)
_NOT_CLOSED = GOODBYE.replace('So long!")', 'So long!"')

CHANGES = (
    _change(
        "wrong line numbers",
        diff(
            GREETING.replace("@@ ... @@", "@@ -70,3 +70,3 @@"),
            GOODBYE.replace("@@ ... @@", "@@ -2,2 +2,2 @@"),
        ),
    ),
    _change(
        "wrong counts",
        diff(
            GREETING.replace("@@ ... @@", "@@ -1,99 +1,1 @@"),
            GOODBYE.replace("@@ ... @@", "@@ -20,0 +20,7 @@"),
        ),
    ),
    _change(
        "context without a prefix",
        diff(GREETING.replace("\n ", "\n"), GOODBYE.replace("     extract", "    extract")),
    ),
    _change(
        "typographic quotes",
        diff(
            GREETING,
            GOODBYE.replace('     extract("orders", orders)', "     extract(“orders”, orders)"),
        ),
    ),
    _change(
        "a plus is missing",
        diff(GREETING, GOODBYE.replace('+    say("So long!")', '    say("So long!")')),
    ),
    _change("text that is not there", diff(GREETING, _WRONG_GOODBYE), diff(GOODBYE)),
    _change(
        "an ambiguous place",
        diff(GREETING, GOODBYE, _PERSON.replace("    say", "say")),
        diff(_PERSON_CLEAR),
        program=_WITH_PERSON,
    ),
    _change(
        "overlapping hunks",
        diff(GREETING, GOODBYE, GOODBYE.replace("So long", "Bye")),
        diff(GREETING, GOODBYE),
    ),
    _change(
        "already applied",
        diff(
            GOODBYE,
            GREETING.replace("Good morning!", "x")
            .replace("this is the", "this was the")
            .replace("x", "Hello, this is the Rose bakery."),
        ),
        "Done.",
        program=ORDERS.replace("Goodbye!", "So long!"),
    ),
    _change("an empty diff", diff("@@ ... @@\n orders = []\n loop:\n"), diff(GREETING, GOODBYE)),
    _change("no change", diff("@@ ... @@\n-loop:\n+loop:\n"), diff(GREETING, GOODBYE)),
    _change(
        "two files",
        diff(
            "--- a/bakery.based\n+++ b/bakery.based\n",
            GREETING,
            "--- a/other.based\n+++ b/other.based\n",
            GOODBYE,
        ),
        diff(GREETING, GOODBYE),
    ),
    _change(
        "a placeholder for the rest",
        diff(GREETING, GOODBYE, f"@@ ... @@\n{_LAZY}+    # ... rest of the code\n"),
        diff(GREETING, GOODBYE),
    ),
    _change(
        "cut off",
        Answer(diff(GREETING, GOODBYE)[:-20], finish="length"),
        diff(GREETING, GOODBYE),
    ),
    _change("prose only", "I shall change the greeting and the goodbye.", diff(GREETING, GOODBYE)),
    _change("a program instead of a diff", fenced(CHANGED)),
    _change(
        "a shortened program instead of a diff",
        fenced(CHANGED[: CHANGED.index("until")] + CHANGED[CHANGED.rindex("until") :]),
        diff(GREETING, GOODBYE),
    ),
    _change(
        "an invalid result",
        diff(GREETING, _NOT_CLOSED),
        diff('@@ ... @@\n-    say("So long!"\n+    say("So long!")\n'),
    ),
    _change(
        "Python that does not run here",
        diff(GREETING.replace('+say("Good morning!")', '+say(ascii("Good morning!"))'), GOODBYE),
        diff('@@ ... @@\n-say(ascii("Good morning!"))\n+say("Good morning!")\n'),
    ),
    _change(
        "the same answer twice",
        diff(GREETING, _WRONG_GOODBYE),
        diff(GREETING, _WRONG_GOODBYE),
        f"```\n{_BLOCK}```\n",
    ),
    _change(
        "SEARCH that is not found",
        f"```\n{_BLOCK.replace('Goodbye!', 'Bye bye!')}```\n",
        diff(GOODBYE),
    ),
    _change("no fence", f"I change both sentences.\n\n{GREETING}{GOODBYE}"),
    _change(
        "a diff inside JSON",
        f"```json\n{json.dumps({'diff': GREETING + GOODBYE})}\n```\n",
    ),
    _change(
        "thinking that is never closed",
        f"<think>I would send\n{diff(GREETING)}",
        diff(GREETING, GOODBYE),
    ),
)
BUILDS = (
    _build("syntax error", fenced(BUILT.replace('leaves":', 'leaves"')), fenced(BUILT)),
    _build("while instead of loop", fenced(BUILT.replace("loop:", "while True:")), fenced(BUILT)),
    _build(
        "talk in a function",
        fenced(BUILT.replace('say("Hello!")', 'def greet():\n    talk("Greet.", True)\n')),
        fenced(BUILT),
    ),
    _build(
        "comments with slashes and typographic quotes",
        fenced(
            BUILT.replace('say("Hello!")', "say(“Hello!”)").replace(
                'extract("name", person["name"])', 'extract("name", person["name"])  // kept'
            )
        ),
        program=BUILT.replace(
            'extract("name", person["name"])', 'extract("name", person["name"])  # kept'
        ),
    ),
    _build(
        "Python that does not run here",
        fenced(BUILT.replace('say("Hello!")', 'name = input("Name?")')),
        fenced(BUILT),
    ),
    _build("no exit", fenced(BUILT[: BUILT.index("until")]), fenced(BUILT)),
    _build("an import that is not there", fenced("import os\n" + BUILT), fenced(BUILT)),
    _build(
        "two errors at once",
        fenced(BUILT.replace('leaves":', 'leaves"').replace('example={"name": "Ann"})', "")),
        fenced(BUILT),
    ),
    _build(
        "talk outside of a conversation",
        fenced(BUILT + 'talk("Anything else?", True)\n'),
        fenced(BUILT),
    ),
    _build(
        "a placeholder for the rest",
        fenced(BUILT.replace('    say("Goodbye!")', "    # ... rest of the code")),
        fenced(BUILT),
    ),
    _build(
        "no fence",
        "It takes a name.\n" + BUILT.partition("\n")[2],
        program=BUILT.partition("\n")[2],
    ),
    _build(
        "a program inside JSON",
        f"```json\n{json.dumps({'program': BUILT})}\n```\n",
        fenced(BUILT),
    ),
    _build("a diff instead of a program", diff(GREETING), fenced(BUILT)),
    _build("prose only", "It shall take a name and say goodbye.", fenced(BUILT)),
    _build("cut off", Answer(fenced(BUILT)[:-60], finish="length"), fenced(BUILT)),
    _build(
        "the same answer twice",
        fenced(BUILT.replace('leaves":', 'leaves"')),
        fenced(BUILT.replace('leaves":', 'leaves"')),
        fenced(BUILT),
    ),
    _build("thinking that is never closed", f"<think>A sketch:\n{fenced(BUILT)}", fenced(BUILT)),
    _build(
        "thinking that holds a program",
        f"<think>\n{fenced(BUILT.replace('Hello!', 'Hm.'))}</think>\n\n{fenced(BUILT)}",
    ),
)
DEFECTS = (*CHANGES, *BUILDS)
NEVER_RIGHT = Defect(
    "never right",
    "change",
    (
        diff(GREETING, _WRONG_GOODBYE),
        diff(_WRONG_GOODBYE.replace("So long", "Bye")),
        diff(_WRONG_GOODBYE.replace("So long", "See you")),
        f"```\n{_BLOCK.replace('Goodbye!', 'Bye bye!')}```\n",
        fenced(CHANGED.replace('person":', 'person"'), ""),
    ),
    "",
)
"""Goes down the whole ladder."""
