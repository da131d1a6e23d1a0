"""An agent in pages of another site, as its visitors and its owner live through it: asked, limited, capped, rolled back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import running_server
from tests.browser.host_pages import Embedded, HostSite, ask, embedded_frame
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule, ToolUse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, FilePayload, Frame, Locator, Page

    from tests.browser.conftest import Person, Server, Watch

pytestmark = pytest.mark.browser

SQL = "SELECT id FROM users"
STORY = "Once upon a time there was a query that " * 40 + "found its end."
PROGRAM = """say("Welcome to version {number}.")
loop:
    talk("You help people with their exports.", False)
until "the visitor says goodbye":
    say("Ride safely!")
"""
GOODBYE = "the_visitor_says_goodbye"
MENU: FilePayload = {
    "name": "menu.txt",
    "mimeType": "text/plain",
    "buffer": b"Apple cake is 24 euros.",
}
IS_ANSWERED = (
    "async (path) => !(await (await fetch(path)).json()).items.some((one) => one.answering)"
)
# As browsers do that give a frame of another site no storage.
BLOCKED = """if (location.pathname.startsWith("/embed/")) {
  const get = () => { throw new DOMException("Access is denied for this document.", "SecurityError"); };
  for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, { get, configurable: true });
}"""


@pytest.fixture(scope="module")
def models() -> Iterator[ModelServer]:
    rules = [
        Rule("The query is in the editor.", after_tool=True),
        Rule(Answer(tools=[ToolUse("insert_sql", {"sql": SQL})]), tool="insert_sql", user="query"),
        Rule(Answer(tools=[ToolUse(GOODBYE)]), tool=GOODBYE, user="goodbye"),
        Rule(Answer("Another one.", tokens_per_second=2), user="another story"),
        Rule(Answer(STORY, tokens_per_second=60), user="story"),
        Rule("It is answered."),
    ]
    with ModelServer(rules=rules) as server:
        yield server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, models: ModelServer) -> Iterator[Server]:
    """A server whose apps are answered by a scripted model, which has a price."""
    variables: dict[str, Any] = {
        "OPENAI_API_KEY": "sk-test-canary",
        "OPENAI_BASE_URL": models.openai_url,
        "BABBLE_DEFAULT_MODEL": "openai/gpt-4o-mini",
    }
    with running_server(tmp_path_factory.mktemp("anywhere"), **variables) as started:
        yield started


@pytest.fixture
def site() -> Iterator[HostSite]:
    """A site that is not even the same site as the server, as `localhost` with another port is."""
    with HostSite() as started:
        started.url = started.url.replace("localhost", "127.0.0.1")
        yield started


def make_agent(person: Person) -> str:
    """Give the person an agent with two versions, the second live."""
    workspace = person.post("/api/workspaces", {"name": "Exports"})["id"]
    program = {"name": "Exporter", "text": PROGRAM.format(number=1)}
    first = person.post(f"/api/workspaces/{workspace}/agents", program)
    agent = first["agent_id"]
    edit = {"text": PROGRAM.format(number=2), "parent_id": first["id"]}
    second = person.post(f"/api/agents/{agent}/versions", edit)
    for version in (first, second):
        person.post(f"/api/agents/{agent}/publish", {"version_id": version["id"]})
    return agent


def embed(server: Server, person: Person, site: HostSite, **fields: Any) -> str:
    """Make an app, of an agent or of the plain assistant, and put it into the site's pages; returns its id."""
    agent = {"agent_id": fields.pop("agent_id")} if "agent_id" in fields else {}
    app = person.post("/api/apps", {"name": "Helper", "origins": [site.url], **agent})
    change(person, app["id"], **fields)
    token = person.post("/api/v1/admin/tokens", {"name": "site", "app_id": app["id"]})
    site.embedded = Embedded(server.url, token["token"], app["slug"])
    return app["id"]


def change(person: Person, app: str, **fields: Any) -> None:
    person.client.patch(f"/api/apps/{app}", json=fields).raise_for_status()


def cap(person: Person, app: str, dollars: float) -> None:
    path = f"/api/budgets/app/{app}/day"
    person.client.put(path, json={"limit_usd": dollars}).raise_for_status()


def open_widget(page: Page) -> Frame:
    """Open the chat as keyboards do: the launcher is in a closed shadow root, and stands behind all of the page."""
    expect(page.locator("[data-babble-buddy]")).to_have_count(1)
    page.evaluate("BabbleBuddy.open()")
    frame = embedded_frame(page)
    expect(frame.get_by_role("textbox")).to_be_focused()
    return frame


def answers(frame: Frame) -> Locator:
    return frame.locator(".is-answer .embed-markdown")


def seen_by(models: ModelServer) -> str:
    """Return all that the model was shown last."""
    last = models.requests[-1]
    return last.system + str(last.messages)


def refusals(watch: Watch) -> list[str]:
    """Return the answers from 400 on since the last time, and forget them."""
    refused = [
        f"{status} {url.rpartition('/api/')[2]}" for status, url in map(str.split, watch.refused)
    ]
    watch.refused.clear()
    return refused


def test_an_agent_is_asked_in_another_site_reloaded_in_mid_answer_lent_a_function_and_rolled_back(
    visit: Callable[..., Page],
    open_context: Callable[..., BrowserContext],
    server: Server,
    site: HostSite,
    person: Person,
    models: ModelServer,
) -> None:
    app = embed(server, person, site, agent_id=make_agent(person))
    page = visit(site, "/strict", script=BLOCKED)
    frame = open_widget(page)
    expect(answers(frame)).to_have_text(["Welcome to version 2."])

    ask(frame, "Tell me a story")
    expect(answers(frame).last).to_contain_text("Once upon a time")
    expect(frame.get_by_role("button", name="Stop")).to_be_visible()
    page.reload()
    frame = embedded_frame(page)
    expect(frame.locator(".is-mine")).to_have_text(["You: Tell me a story"])
    expect(answers(frame)).to_have_text(["Welcome to version 2.", STORY])
    expect(frame.get_by_role("button", name="Stop")).to_have_count(0)
    assert [one.last_user for one in models.requests] == ["Tell me a story"]

    ask(frame, "Tell me another story")
    expect(answers(frame)).to_have_count(3)
    page.goto("about:blank")
    owner = open_context(person).new_page()
    owner.goto(f"/apps/{app}")
    owner.wait_for_function(IS_ANSWERED, arg=f"/api/apps/{app}/conversations")
    page.goto(f"{site.url}/strict")
    frame = embedded_frame(page)
    expect(answers(frame)).to_have_text(["Welcome to version 2.", STORY, "Another one."])
    assert len(models.requests) == 2

    ask(frame, "Write the query")
    expect(frame.get_by_role("group", name="insert_sql wants to act")).to_be_visible()
    expect(frame.get_by_text("Thinking")).to_have_count(0)
    expect(page.get_by_label("SQL")).to_have_value("")
    frame.get_by_role("button", name="Allow once").click()
    expect(page.get_by_label("SQL")).to_have_value(SQL)
    expect(answers(frame).last).to_have_text("The query is in the editor.")

    owner.get_by_role("button", name="Roll back").click()
    owner.get_by_role("dialog").get_by_role("button", name="Roll back").click()
    expect(owner.get_by_text("version 1 now").first).to_be_visible()
    framed = embedded_frame(visit(site, "/frame"))
    expect(answers(framed)).to_have_text(["Welcome to version 1."])
    ask(framed, "Hello")
    expect(answers(framed).last).to_have_text("It is answered.")


def test_limits_and_caps_are_said_politely_and_what_was_asked_can_be_asked_again(
    visit: Callable[..., Page],
    server: Server,
    site: HostSite,
    person: Person,
    models: ModelServer,
    watch: Watch,
) -> None:
    app = embed(server, person, site, rate_limit_per_minute=1)
    page = visit(site, "/")
    calls: list[str] = []
    page.on("request", lambda request: calls.append(f"{request.method} {request.url}"))
    frame = open_widget(page)
    frame.get_by_role("textbox").press("Escape")
    assert f"POST {server.url}/api/v1/sessions" not in calls

    frame = open_widget(page)
    ask(frame, "One")
    expect(answers(frame)).to_have_text(["It is answered."])
    expect(frame.get_by_role("textbox")).to_be_focused()
    ask(frame, "Two")
    trouble = frame.locator(".embed-trouble")
    expect(trouble).to_contain_text("Please wait a moment. Try again in ")
    change(person, app, rate_limit_per_minute=100)
    trouble.get_by_role("button", name="Try again").click()
    expect(answers(frame)).to_have_text(["It is answered."] * 2)
    assert refusals(watch) == ["429 v1/chat/stream"]

    asked = len(models.requests)
    cap(person, app, 0)
    ask(frame, "Three")
    expect(trouble).to_contain_text("reached its limit for now. Please come back later.")
    expect(trouble).not_to_contain_text("$")
    assert len(models.requests) == asked
    page.reload()
    frame = embedded_frame(page)
    trouble = frame.locator(".embed-trouble")
    expect(trouble).to_contain_text("Something went wrong.")
    trouble.get_by_role("button", name="Try again").click()
    expect(trouble).to_contain_text("reached its limit for now.")
    page.reload()
    frame = embedded_frame(page)
    trouble = frame.locator(".embed-trouble")
    expect(trouble).to_have_count(2)
    cap(person, app, 10)
    trouble.last.get_by_role("button", name="Try again").click()
    expect(answers(frame)).to_have_text(["It is answered."] * 3)
    expect(frame.locator(".is-mine")).to_have_text(["You: One", "You: Two", "You: Three"])

    with HostSite() as third:
        third.embedded = site.embedded
        elsewhere = visit(third, "/")
        expect(elsewhere.locator("#heard")).to_contain_text("origin_not_allowed")
        expect(elsewhere.locator("[data-babble-buddy]")).to_have_count(0)
    assert refusals(watch) == ["403 v1/visitors"]
    said = "console warning: BabbleBuddy: Pages of"
    watch.problems[:] = [one for one in watch.problems if not one.startswith(said)]


def test_a_file_can_be_given_before_the_first_word(
    visit: Callable[..., Page],
    server: Server,
    site: HostSite,
    person: Person,
    models: ModelServer,
    watch: Watch,
) -> None:
    embed(server, person, site, takes_files=True)
    frame = embedded_frame(visit(site, "/frame"))
    attach, files = frame.get_by_label("Attach a file"), frame.locator(".embed-files li")

    attach.set_input_files(MENU)
    expect(files).to_have_text(["menu.txt"])
    attach.set_input_files({**MENU, "name": "menu.exe"})
    refused = re.compile(r"^Files of the type \.exe cannot be used\.")
    expect(files).to_have_text(["menu.txt", refused])
    ask(frame, "What is it?")

    expect(answers(frame)).to_have_text(["It is answered."])
    expect(frame.locator(".is-mine")).to_contain_text("menu.txt")
    expect(files).to_have_count(0)
    assert MENU["buffer"].decode() in seen_by(models)
    assert [one.partition(" ")[0] for one in refusals(watch)] == ["415"]


def test_one_tag_is_enough_and_after_the_programs_end_a_conversation_begins_anew(
    visit: Callable[..., Page], server: Server, site: HostSite, person: Person, models: ModelServer
) -> None:
    embed(server, person, site, agent_id=make_agent(person))
    page = visit(site, "/tag")
    expect(page.locator("[data-babble-buddy]")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    frame = embedded_frame(page)
    ask(frame, "Hello")
    expect(answers(frame).last).to_have_text("It is answered.")
    assert "exportee" in seen_by(models)

    ask(frame, "Well, goodbye")
    expect(frame.get_by_text("This conversation has ended.")).to_be_visible()
    expect(frame.get_by_role("textbox")).to_have_count(0)
    page.reload()
    frame = embedded_frame(page)
    expect(answers(frame).last).to_have_text("Ride safely!")
    frame.locator(".embed-over").get_by_role("button", name="New chat").click()
    expect(answers(frame)).to_have_text(["Welcome to version 2."])
    expect(frame.get_by_role("textbox")).to_be_focused()
