"""Three agents as a model would write them, what their visitors and the model say, and five changes of the first one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.brain import answer_as_demo, find_task
from tests.fakes.script import Answer, Rule, ToolUse

if TYPE_CHECKING:
    from tests.fakes.script import Incoming

NORA = """\
# Agent: Nora
say("Hello, this is the bakery.")
loop:
    order = talk(
        "You take cake orders. Exits: the customer names a cake; the customer asks for a person; the customer leaves.",
        False,
    )
until "the customer names a cake":
    details = order.ask(question="Which cake, and how many?", example={"cake": "apple", "count": 1})
    extract("order", details)
    say(f"{details['count']} x {details['cake']}, noted.")
    loop:
        talk("Ask on which day the cake will be fetched. Exits: a day is named; no day suits.", True)
    until "a day is named":
        say("See you then!")
    until "no day suits":
        say("Then let us look for another cake.")
        return
until "the customer asks for a person":
    say("One moment, I call a person.")
    transfer("+4930123456")
until "the customer leaves":
    say("Goodbye!")
"""
HELP_DESK = """\
# Agent: Help desk
import requests

look_up_order = {
    "name": "look_up_order",
    "description": "the visitor gives the number of an order",
    "parameters": {"type": "object", "properties": {"number": {"type": "string"}}, "required": ["number"]},
}
say("Help desk, hello.")
loop:
    talk("You look up orders. Ask for the number of the order.", False)
until look_up_order as order:
    try:
        state = requests.get(f"https://orders.example/{order['number']}").json().get("state", "on its way")
        say(f"Order {order['number']} is {state}.")
    except Exception:
        say("I cannot see the orders just now.")
until "the visitor says goodbye":
    say("Goodbye!")
"""
QUIZ = """\
# Agent: Quiz master
right = 0
loop:
    talk("Ask for the capital of France. Exits: the answer is Paris; the answer is another one.", True)
until "the answer is Paris":
    right += 1
    say("Right!")
until "the answer is another one":
    say("It was Paris.")
loop:
    talk("Ask how much seven times eight is. Exits: the answer is 56; the answer is another one.", True)
until "the answer is 56":
    right += 1
    say("Right!")
until "the answer is another one":
    say("It was 56.")
extract("right", right)
say(f"You had {right} of 2.")
end_call()
"""


@dataclass(frozen=True)
class Agent:
    """An agent, and a conversation that ends it."""

    name: str
    wish: str
    program: str
    talk: tuple[str, ...]
    """What the visitor says."""
    last_words: str
    end: str
    """How the test pane says that it ended."""


AGENTS = (
    Agent(
        "Nora",
        "Make an agent for a bakery called Nora that takes cake orders.",
        NORA,
        ("Two apple cakes, please", "On Friday"),
        "See you then!",
        "The program came to its end.",
    ),
    Agent(
        "Help desk",
        "Make an agent called Help desk that looks up orders by their number.",
        HELP_DESK,
        ("Where is my order 4711?",),
        "Order 4711 is on its way.",
        "The program came to its end.",
    ),
    Agent(
        "Quiz master",
        "Make an agent called Quiz master that asks two questions.",
        QUIZ,
        ("Paris", "It is 54"),
        "You had 1 of 2.",
        "The agent hung up.",
    ),
)

GREETING = "Greet people more warmly."
THANKS = "Say thanks for the order, and goodbye with a wish."
NIGHT = "Say good evening at the beginning, and goodnight at the end."
BAD = "Do not repeat what was ordered."
MENDED = "Change the agent back, so that it repeats what was ordered."
CHANGES = {
    GREETING: """\
@@ ... @@
 # Agent: Nora
-say("Hello, this is the bakery.")
+say("Welcome to the bakery!")
 loop:
""",
    THANKS: """\
@@ ... @@
     extract("order", details)
-    say(f"{details['count']} x {details['cake']}, noted.")
+    say(f"{details['count']} x {details['cake']}, noted. Thank you!")
     loop:
@@ ... @@
 until "the customer leaves":
-    say("Goodbye!")
+    say("Goodbye, and have a sweet day!")
""",
    NIGHT: """\
@@ ... @@
 # Agent: Nora
-say("Welcome to the bakery!")
+say("Good evening, and welcome to the bakery!")
@@ ... @@
 until "the customer leaves":
-    say("Goodbye!")
+    say("Goodnight!")
""",
    BAD: """\
@@ ... @@
     extract("order", details)
-    say(f"{details['count']} x {details['cake']}, noted. Thank you!")
     loop:
""",
    MENDED: """\
@@ ... @@
     extract("order", details)
+    say(f"{details['count']} x {details['cake']}, noted. Thank you!")
     loop:
""",
}
CHOICES: dict[str, tuple[str, dict[str, Any]]] = {
    "Two apple cakes": ("the_customer_names_a_cake", {}),
    "Friday": ("a_day_is_named", {}),
    "4711": ("look_up_order", {"number": "4711"}),
    "Paris": ("the_answer_is_paris", {}),
    "54": ("the_answer_is_another_one", {}),
}
"""What the model chooses when the visitor says so."""


def three_agents_rule() -> Rule:
    """Return the rule that writes, changes and speaks for the three agents, and leaves the rest to the demo model."""
    return Rule(_answer)


async def _answer(incoming: Incoming) -> Answer | str:
    said = incoming.last_user
    task = find_task(incoming.system)
    if task == "build":
        agent = next(one for one in AGENTS if one.wish in said)
        return f"Here is **{agent.name}**.\n\n```based\n{agent.program}```\n"
    if task == "change":
        return f"As you wish.\n\n```diff\n{CHANGES[said.strip()]}```\n"
    if task == "ask":
        return '{"cake": "apple", "count": 2}'
    if task != "talk":
        return await answer_as_demo(incoming)
    for words, (slug, arguments) in CHOICES.items():
        if words in said and slug in incoming.tools:
            return Answer(tools=[ToolUse(slug, arguments)])
    return "And now, please?"
