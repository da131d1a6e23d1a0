"""The widget in pages of other origins: by script under a strict policy, as a plain iframe, and refused."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import running_server
from tests.browser.host_pages import Embedded, HostSite, ask, embedded_frame
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule, ToolUse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from tests.browser.conftest import Person, Server, Watch
    from tests.fakes.script import Incoming

pytestmark = pytest.mark.browser

SQL = "SELECT id FROM users"


class Teller:
    """A model that stays in the middle of a story until it may go on."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.prompts: list[str] = []

    async def tell(self, incoming: Incoming) -> Answer:
        self.prompts.append(str(incoming.messages) + incoming.system)
        return Answer(
            "Once upon a time there was a query that " * 60 + "The end.", tokens_per_second=90
        )


@pytest.fixture(scope="module")
def teller() -> Teller:
    return Teller()


@pytest.fixture(scope="module")
def models(teller: Teller) -> Iterator[ModelServer]:
    rules = [
        Rule("The query is in the **editor**.", after_tool=True),
        Rule(Answer(tools=[ToolUse("insert_sql", {"sql": SQL})]), tool="insert_sql", user="query"),
        Rule(teller.tell, user="story"),
        Rule("Hello from [the shop](https://docs.example.org/a)."),
    ]
    with ModelServer(rules=rules) as server:
        yield server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, models: ModelServer) -> Iterator[Server]:
    """A server whose apps are answered by the scripted model."""
    variables: dict[str, Any] = {
        "OPENAI_API_KEY": "sk-test-canary",
        "OPENAI_BASE_URL": models.openai_url,
        "BABBLE_DEFAULT_MODEL": "openai/shop",
    }
    folder = tmp_path_factory.mktemp("widget")
    with running_server(folder, **variables) as started:
        yield started


@pytest.fixture
def site(server: Server, person: Person) -> Iterator[HostSite]:
    """A site that may embed an app of the person's."""
    with HostSite() as started:
        look = {
            "title": "Exportee helper",
            "starters": ["Tell me a story"],
            "primary_color": "#5b3df5",
        }
        app = person.post("/api/apps", {"name": "Helper"})
        changed = person.client.patch(
            f"/api/apps/{app['id']}", json={"origins": [started.url], "look": look}
        )
        changed.raise_for_status()
        token = person.post("/api/v1/admin/tokens", {"name": "site", "app_id": app["id"]})
        started.embedded = Embedded(server.url, token["token"], app["slug"])
        yield started


def test_a_page_of_another_origin_embeds_asks_reloads_lends_its_functions_and_takes_all_away(
    visit: Callable[..., Page], site: HostSite, teller: Teller
) -> None:
    page = visit(site, "/strict")
    heard = page.locator("#heard")
    before = page.evaluate("Object.keys(window).length")
    expect(heard).to_contain_text("ready")
    page.get_by_role("button", name="Init again").click()
    expect(page.locator("[data-babble-buddy]")).to_have_count(1)

    page.get_by_role("button", name="Open", exact=True).click()
    frame = embedded_frame(page)
    expect(frame.get_by_role("textbox")).to_be_focused()
    # What the page itself, or a frame of somebody else in it, says in the bridge's words is not heard.
    page.evaluate("window.postMessage({ babble: 1, type: 'close' }, '*')")
    ask(frame, "Tell me a story")
    expect(frame.locator(".is-answer")).to_contain_text("Once upon a time")
    assert "exportee" in teller.prompts[-1]

    page.reload()
    frame = embedded_frame(page)
    expect(frame.locator(".is-mine")).to_have_text(["You: Tell me a story"])
    expect(frame.locator(".is-answer")).to_contain_text("The end.", timeout=60_000)
    assert len(teller.prompts) == 1

    ask(frame, "Write the query")
    expect(frame.get_by_role("group", name="insert_sql wants to act")).to_be_visible()
    expect(page.get_by_label("SQL")).to_have_value("")
    frame.get_by_role("button", name="Allow once").click()
    expect(page.get_by_label("SQL")).to_have_value(SQL)
    expect(frame.locator(".is-answer").last).to_contain_text("The query is in the editor.")
    expect(heard).to_contain_text("insert_sql")

    page.get_by_role("button", name="Another view").click()
    expect(page.get_by_role("heading", name="Another view of the same page")).to_be_visible()
    expect(frame.locator(".is-answer")).to_have_count(2)
    expect(heard.get_by_text("close")).to_have_count(0)
    frame.get_by_role("textbox").press("Escape")
    expect(frame.get_by_role("textbox")).not_to_be_visible()

    page.get_by_role("button", name="Destroy").click()
    expect(page.locator("[data-babble-buddy]")).to_have_count(0)
    assert all("/embed/" not in one.url for one in page.frames)
    assert page.evaluate("Object.keys(window).length") == before


def test_a_plain_frame_needs_no_script_and_no_socket_speaks_the_visitors_language_and_hears_people(
    visit: Callable[..., Page], site: HostSite, sockets: list[str], person: Person
) -> None:
    page = visit(
        site, "/frame", locale="ar", color_scheme="dark", viewport={"width": 390, "height": 800}
    )
    frame = embedded_frame(page)

    expect(frame.locator(".embed[dir=rtl]")).to_be_visible()
    box = frame.get_by_role("textbox")
    box.fill("Hello")
    box.press("Enter")

    link = frame.get_by_role("link", name="the shop (docs.example.org)")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")

    (app,) = person.client.get("/api/apps").json()
    (conversation,) = person.client.get(f"/api/apps/{app['id']}/conversations").json()["items"]
    desk = f"/api/apps/{app['id']}/conversations/{conversation['id']}"
    person.client.post(f"{desk}/takeover").raise_for_status()
    expect(frame.locator(".embed-here")).to_contain_text("Ada")
    person.client.post(f"{desk}/messages", json={"text": "It is me."}).raise_for_status()
    expect(frame.locator(".is-answer").last).to_contain_text("It is me.")
    person.client.post(f"{desk}/handback").raise_for_status()
    expect(frame.locator(".embed-here")).to_have_count(0)
    assert sockets == []


def test_a_site_that_is_not_allowed_gets_neither_a_token_nor_the_frame(
    visit: Callable[..., Page], site: HostSite, watch: Watch
) -> None:
    with HostSite() as third:
        third.embedded = site.embedded
        page = visit(third, "/")
        expect(page.locator("#heard")).to_contain_text("origin_not_allowed")
        expect(page.locator("[data-babble-buddy]")).to_have_count(0)

        framing = visit(third, "/frame")
        framing.wait_for_function("document.readyState === 'complete'")
        assert all("/embed/" not in frame.url for frame in framing.frames)

    assert [refusal.rpartition("/")[2] for refusal in watch.refused] == ["visitors"]
    watch.refused.clear()
    said = ("console warning: BabbleBuddy: Pages of", "console error: Framing ")
    watch.problems[:] = [one for one in watch.problems if not one.startswith(said)]
