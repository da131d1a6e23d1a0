"""Kinds of work in Chromium: made in the settings, picked in a chat; why a model answered, and where it knows it from."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import running_server
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule, ToolUse
from tests.fakes.search_server import SearchServer, search_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.browser.conftest import Person, Server

pytestmark = pytest.mark.browser

MODEL = "openai/gpt-5.4-mini"
NOTES = {"name": "Release notes", "models": [MODEL]}
RESEARCH = {"name": "Whale watch", "models": [MODEL], "tools": ["web"]}


@pytest.fixture(scope="module")
def web() -> Iterator[SearchServer]:
    """A search engine, on a loop of its own."""
    loop, ready, done = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    servers: list[SearchServer] = []

    async def serve() -> None:
        async with search_server() as started:
            servers.append(started)
            ready.set()
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(20)
    yield servers[0]
    loop.call_soon_threadsafe(done.set)
    thread.join(20)
    loop.close()


@pytest.fixture(scope="module")
def models() -> Iterator[ModelServer]:
    """A scripted model that searches when it is asked about whales."""
    search = Answer(tools=[ToolUse("web_search", {"query": "largest whale"})])
    rules = [
        Rule("The blue whale is the largest [1].", after_tool=True),
        Rule(search, user="whale", tool="web_search"),
        Rule(["The first answer.", "The second answer."], user="release"),
    ]
    with ModelServer(rules=rules) as running:
        yield running


@pytest.fixture(scope="module")
def server(
    models: ModelServer, web: SearchServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server with a model, and with a web to search."""
    variables = {
        "OPENAI_API_KEY": "sk-test-canary",
        "OPENAI_BASE_URL": models.openai_url,
        "BABBLE_DEFAULT_MODEL": "demo/based",
        "BABBLE_SEARCH_ENGINE": "searxng",
        "BABBLE_SEARCH_URL": web.url,
        "BABBLE_ALLOWED_PRIVATE_HOSTS": f"127.0.0.1:{web.port}",
    }
    with running_server(tmp_path_factory.mktemp("profiles"), **variables) as started:
        yield started


def open_chat(page: Page, person: Person) -> None:
    workspace = person.post("/api/workspaces", {"name": "Shop"})
    chat = person.post(f"/api/workspaces/{workspace['id']}/chats", {})
    page.goto(f"/chat/{chat['id']}")
    page.get_by_label("What the message is for").select_option("chat")


def pick(page: Page, now: str, kind: str) -> None:
    """Pick a kind of work where another is picked now."""
    page.get_by_role("button", name=now, exact=True).click()
    page.get_by_role("radio", name=kind).click()
    expect(page.get_by_role("button", name=kind, exact=True)).to_be_visible()
    page.keyboard.press("Escape")


def ask(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Message").fill(text)
    page.get_by_role("button", name="Send").click()


def test_a_kind_of_work_is_made_refused_mended_changed_and_deleted(page: Page) -> None:
    page.goto("/settings/")
    page.get_by_role("button", name="New kind of work").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Instructions").fill("Be brief.")
    form.get_by_label("Model 1").select_option("demo/based")
    form.get_by_label("Code").check()
    form.get_by_label("Temperature").fill("hot")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_have_text("The temperature is a number, such as 0.3.")
    form.get_by_label("Temperature").fill("0.3")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_have_text("Please give a name.")
    expect(form.get_by_label("Instructions")).to_have_value("Be brief.")

    form.get_by_label("Name").fill("Release notes")
    form.get_by_role("button", name="Save").click()
    row = page.get_by_role("list", name="Your kinds of work").get_by_role("listitem")
    expect(row).to_contain_text("code · temperature 0.3")
    expect(row).to_contain_text("demo/based")
    row.get_by_role("button", name="Edit").click()
    expect(form.get_by_label("Code")).to_be_checked()
    form.get_by_label("Most tokens of an answer").fill("4,000")
    form.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("at most 4,000 tokens")

    row.get_by_role("button", name="Delete").click()
    form.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("None of your own yet")).to_be_visible()


def test_rules_are_written_refused_moved_and_kept(page: Page, person: Person) -> None:
    page.goto("/settings/")
    page.get_by_role("button", name="New kind of work").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill("Thrifty")
    expect(form.get_by_text("Every message goes the same way")).to_be_visible()
    form.get_by_role("button", name="Add a rule").click()
    form.get_by_label("Written in, rule 1, 1").select_option("de")
    form.get_by_label("Written in, rule 1, 2").select_option("fr")
    form.get_by_label("Longer than, in tokens, rule 1").fill("4,000")
    form.get_by_label("Judged, rule 1").select_option("hard")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("This rule names 1 to 4 models")).to_be_visible()
    form.get_by_label("Then ask, rule 1, 1").select_option("demo/based")
    form.get_by_label("Most dollars for a million tokens").fill("2.50")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_contain_text("Choose a small model as the classifier")
    form.get_by_label("Who judges how hard a message is").select_option("demo/based")

    form.get_by_role("button", name="Add a rule").click()
    form.get_by_label("For, rule 2, 1").select_option("build")
    form.get_by_label("Then ask, rule 2, 1").select_option("demo/based")
    form.get_by_role("button", name="Move rule 2 up").press("Enter")
    rules = form.get_by_role("list", name="Rules").locator("> li")
    expect(rules.first).to_contain_text("1. For a new agent")
    expect(rules.last).to_contain_text("Written in German or French, longer than 4,000 tokens")
    expect(form.get_by_role("button", name="Move rule 1 up")).to_be_focused()
    form.get_by_role("button", name="Save").click()

    row = page.get_by_role("list", name="Your kinds of work").get_by_role("listitem")
    expect(row).to_contain_text("2 rules · at most $2.50 a million tokens")
    made = person.client.get("/api/profiles").json()[-1]
    assert [rule["longer_than_tokens"] for rule in made["rules"]] == [None, 4000]
    assert (made["classifier"], made["max_usd_per_million"]) == ("demo/based", 2.5)


def test_the_kind_of_work_answers_says_why_and_an_answer_of_before_can_be_asked_anew(
    page: Page, person: Person
) -> None:
    person.post("/api/profiles", NOTES)
    answers = page.locator(".answer:not(.is-live)")
    open_chat(page, person)
    pick(page, "Kind of work", "Pictures")
    page.get_by_role("button", name="Pictures", exact=True).click()
    expect(page.get_by_text("Every message becomes a picture")).to_be_visible()
    page.keyboard.press("Escape")
    pick(page, "Pictures", "Release notes")
    ask(page, "Write the release note")
    expect(answers).to_contain_text("The first answer.")
    why = answers.get_by_text("Why this model")
    why.focus()
    page.keyboard.press("Enter")
    expect(answers).to_contain_text("first choice of Release notes")

    open_chat(page, person)
    pick(page, "Kind of work", "Release notes")
    ask(page, "Write the release note")
    expect(answers).to_contain_text("The first answer.")
    expect(answers).to_contain_text("answered before")
    answers.get_by_role("button", name="Ask anew").click()

    expect(answers).to_have_count(2)
    expect(answers.last).to_contain_text("The second answer.")
    expect(answers.last).not_to_contain_text("answered before")


def test_what_was_found_on_the_web_is_linked_below_the_answer(
    page: Page, person: Person, web: SearchServer
) -> None:
    web.found = [web.add_page("/whales", "Whales of the north", "Blue whales are the largest.")]
    person.post("/api/profiles", RESEARCH)
    open_chat(page, person)
    pick(page, "Kind of work", "Whale watch")

    ask(page, "Which whale is the largest?")

    answer = page.locator(".answer:not(.is-live)")
    expect(answer).to_contain_text("The blue whale is the largest")
    expect(answer.get_by_role("link", name="Whales of the north")).to_have_attribute(
        "href", web.page_url("/whales")
    )
    expect(answer.locator(".folded").filter(has_text="web_search")).to_contain_text("ok")
