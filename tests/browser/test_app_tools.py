"""A function of an app: described, tried, allowed, called by the app's model, and taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import running_server
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule, ToolUse
from tests.fakes.shop_api import KEY, ShopApi

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.browser.conftest import Person, Server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def shop() -> Iterator[ShopApi]:
    """Somebody's API."""
    with ShopApi() as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that may call this machine, with a model that calls what it is offered."""
    stock = Answer(tools=[ToolUse("check_stock", {"part": "bell"})])
    rules = [Rule("Seven are left.", after_tool=True), Rule(stock, tool="check_stock")]
    with ModelServer(rules=rules) as models:
        variables = {
            "BABBLE_ALLOWED_PRIVATE_HOSTS": "127.0.0.1",
            "BABBLE_DEFAULT_MODEL": "openai/shop",
            "OPENAI_API_KEY": "sk-test",
            "OPENAI_BASE_URL": models.openai_url,
        }
        with running_server(tmp_path_factory.mktemp("tools"), **variables) as started:
            yield started


def describe(page: Page, url: str) -> None:
    """Fill the form in, all but what the test looks at."""
    page.get_by_role("button", name="Add a tool").click()
    page.get_by_placeholder("check_stock").fill("check_stock")
    page.get_by_label("What it is for").fill("Says how many of a part are left.")
    page.get_by_label("Address").fill(f"{url}/parts/{{part}}")
    page.get_by_role("button", name="Add a secret header").click()
    page.get_by_label("Name of secret header 1").fill("X-Key")
    page.get_by_label("Value of secret header 1").fill(KEY)


def test_a_function_is_described_tried_and_called_by_the_model(
    page: Page, person: Person, shop: ShopApi
) -> None:
    made = person.post("/api/v1/admin/tokens", {"name": "Shop"})
    page.goto(f"/apps/{made['app_id']}?tab=tools")
    expect(page.get_by_text("Let the agent look things up")).to_be_visible()
    expect(page.get_by_text("confirm: false")).to_be_visible()

    describe(page, shop.url)
    page.get_by_role("button", name="Add part of the address").click()
    page.get_by_label("What the model reads of argument 1").fill("its name")
    page.get_by_role("button", name="Edit as JSON").click()
    expect(page.get_by_label("JSON Schema of the arguments")).to_have_value(
        '{\n  "type": "object",\n  "properties": {\n    "part": {\n      "type": "string",\n'
        '      "description": "its name"\n    }\n  },\n  "required": [\n    "part"\n  ]\n}'
    )
    page.get_by_role("button", name="Edit as fields").click()
    expect(page.get_by_label("Name of argument 1")).to_have_value("part")
    page.get_by_role("button", name="Allow 127.0.0.1 in this workspace").click()
    expect(page.get_by_text("Calls to 127.0.0.1")).to_have_count(0)
    page.get_by_role("button", name="Save tool").click()
    tools = page.get_by_role("list", name="HTTP tools")
    expect(tools).to_contain_text("check_stock")
    assert KEY not in page.content()

    tools.get_by_role("button", name="Try check_stock").click()
    page.get_by_role("textbox", name="part").fill("none")
    page.get_by_role("button", name="Call it").click()
    expect(page.get_by_text('check_stock answered with status 404: {"error":')).to_be_visible()
    page.get_by_role("textbox", name="part").fill("a bell")
    page.get_by_role("button", name="Call it").click()
    expect(page.locator(".tool-answer")).to_have_text(
        '{"left":7,"next":["2026-12-04","2026-12-11"]}'
    )
    page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    assert shop.asked == ["/parts/none", "/parts/a%20bell"]

    with_token = {"Authorization": f"Bearer {made['token']}", "Cookie": ""}
    answer = person.client.post(
        "/api/v1/chat", json={"message": "Are there bells?"}, headers=with_token
    )
    assert answer.json()["response"] == "Seven are left.", answer.text
    assert shop.asked[2:] == ["/parts/bell"]


def test_on_a_phone_a_secret_is_kept_and_a_function_is_taken_out(
    page: Page, person: Person, shop: ShopApi
) -> None:
    made = person.post("/api/v1/admin/tokens", {"name": "Shop"})
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/apps/{made['app_id']}?tab=tools")
    describe(page, "https://shop.example")
    page.get_by_role("button", name="Save tool").click()
    expect(page.get_by_text("which is none of the arguments")).to_be_visible()
    page.get_by_role("button", name="Add part of the address").click()
    page.get_by_role("button", name="Save tool").click()
    expect(page.get_by_role("button", name="Allow shop.example in this workspace")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    page.get_by_role("button", name="More for check_stock").click()
    page.get_by_role("menuitem", name="Edit").click()
    expect(page.get_by_text("keeps its value")).to_be_visible()
    page.get_by_label("What it is for").fill("Other words.")
    page.get_by_role("button", name="Save tool").click()
    expect(page.get_by_role("list", name="HTTP tools")).to_contain_text("Other words.")

    page.get_by_role("button", name="More for check_stock").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Let the agent look things up")).to_be_visible()
    assert person.client.get(f"/api/apps/{made['app_id']}/tools").json() == []
