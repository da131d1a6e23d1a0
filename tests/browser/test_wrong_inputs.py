"""Wrong inputs: each is refused or marked in plain words on the screen, and nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, running_server
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule
from tests.pdf_files import encrypt, make_pdf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

    from tests.browser.conftest import Person, Server, Watch

pytestmark = pytest.mark.browser

STRANGER = {"extra_http_headers": {"X-Forwarded-For": "10.2.0.9"}}
OPENAI = "openai/fake-model"
NOBODY = "http://127.0.0.1:9/v1"
LONG_NAME = "long name " * 1000
BROKEN_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR and no picture"


@pytest.fixture(scope="module")
def models() -> Iterator[ModelServer]:
    """A provider that goes wrong in the way it is asked to."""
    rules = [
        Rule(Answer(fault="status", status=401), user="refuse the key"),
        Rule(Answer(fault="html"), user="a web page"),
        Rule(Answer(text="One two three four five", fault="garbage"), user="garbage"),
        Rule(Answer(text="One two three four five", fault="cut"), user="break off"),
        Rule(Answer(fault="empty"), user="nothing"),
        Rule("All is well."),
    ]
    with ModelServer(rules=rules) as running:
        yield running


@pytest.fixture(scope="module")
def server(models: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that knows the faulty provider, and one that nobody answers for."""
    variables = {
        "OPENAI_API_KEY": "sk-test-canary",
        "OPENAI_BASE_URL": models.openai_url,
        "GROQ_API_KEY": "gsk-test-canary",
        "GROQ_BASE_URL": NOBODY,
    }
    with running_server(tmp_path_factory.mktemp("wrong"), **variables) as started:
        yield started


@pytest.fixture
def stranger(open_context: Callable[..., BrowserContext]) -> Page:
    """The login page, of nobody."""
    page = open_context(**STRANGER).new_page()
    page.goto("/login/")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    return page


@pytest.fixture
def shop(page: Page, person: Person) -> Page:
    """The page of an empty workspace."""
    made = person.post("/api/workspaces", {"name": "Shop"})
    page.goto(f"/workspace/{made['id']}")
    expect(page.get_by_label("Choose files")).to_be_attached()
    return page


def open_chat(page: Page, person: Person, model: str) -> None:
    workspace = person.post("/api/workspaces", {"name": "Shop"})
    made = person.post(f"/api/workspaces/{workspace['id']}/chats", {"model": model})
    page.goto(f"/chat/{made['id']}")
    expect(page.get_by_text("Loading the chat")).to_have_count(0)
    page.get_by_label("What the message is for").select_option("chat")


def ask(page: Page, text: str) -> None:
    box = page.locator(".chat .composer-text")
    box.fill(text)
    box.press("Enter")


@pytest.mark.parametrize(
    ("email", "password", "words"),
    [
        ("ada@localhost", PASSWORD, "not a complete email address"),
        ("ada@example.com", "password1234", "choose another"),
        ("ada@example.com", "ada@example.com", "email"),
    ],
)
def test_the_register_form_says_what_is_wrong_and_keeps_the_email(
    stranger: Page, email: str, password: str, words: str
) -> None:
    stranger.get_by_role("button", name="Register").click()
    expect(stranger.get_by_role("heading", name="Make an account")).to_be_visible()
    stranger.get_by_label("Email").fill(email)
    stranger.get_by_label("Password", exact=True).fill(password)
    stranger.get_by_role("button", name="Make the account").click()

    expect(stranger.get_by_role("alert")).to_contain_text(words)
    expect(stranger.get_by_role("heading", name="Make an account")).to_be_visible()
    expect(stranger.get_by_label("Email")).to_have_value(email)


def test_a_short_password_is_not_even_sent(stranger: Page) -> None:
    stranger.get_by_role("button", name="Register").click()
    expect(stranger.get_by_role("heading", name="Make an account")).to_be_visible()
    stranger.get_by_label("Email").fill("ada@example.com")
    field = stranger.get_by_label("Password", exact=True)
    field.press_sequentially("short")
    stranger.get_by_role("button", name="Make the account").click()

    assert field.evaluate("one => one.validity.tooShort")
    expect(stranger.get_by_text("At least 10 characters")).to_be_visible()


@pytest.mark.parametrize("known", [True, False])
def test_the_login_form_does_not_say_whether_the_email_is_known(
    stranger: Page, person: Person, known: bool
) -> None:
    email = person.email if known else f"nobody.{person.email}"
    stranger.get_by_label("Email").fill(email)
    stranger.get_by_label("Password", exact=True).fill("not the password")
    stranger.get_by_label("Password", exact=True).press("Enter")

    expect(stranger.get_by_role("alert")).to_contain_text("Email or password is wrong")
    expect(stranger.get_by_label("Email")).to_have_value(email)
    expect(stranger.get_by_label("Password", exact=True)).to_have_value("")


def test_files_that_cannot_be_used_are_refused_with_the_reason(
    shop: Page, tmp_path: Path, watch: Watch
) -> None:
    wrong = {
        "empty.txt": b"",
        "setup.exe": b"MZ\x90\x00",
        "disguised.pdf": b"PK\x03\x04 a zip, not a PDF",
        "disguised.txt": b"\x00\x01\x02\xff binary",
    }
    for name, content in wrong.items():
        (tmp_path / name).write_bytes(content)
    shop.get_by_label("Choose files").set_input_files([tmp_path / name for name in wrong])

    uploads = shop.get_by_role("list", name="Uploads")
    for name, words in {
        "empty.txt": "The file is empty.",
        "setup.exe": "type .exe cannot be used",
        "disguised.pdf": "not a PDF",
        "disguised.txt": "not text",
    }.items():
        row = uploads.get_by_role("listitem").filter(has_text=name)
        expect(row.get_by_role("alert")).to_contain_text(words)
    assert sorted(answer[:3] for answer in watch.refused) == ["415", "415", "415", "422"]
    watch.refused.clear()


def test_a_file_of_200_mb_is_refused_before_a_byte_is_sent(shop: Page, tmp_path: Path) -> None:
    sent: list[str] = []
    shop.on("request", lambda request: sent.append(request.url))
    film = tmp_path / "film.txt"
    with film.open("wb") as file:
        file.truncate(200 * 1024 * 1024)

    shop.get_by_label("Choose files").set_input_files(film)

    expect(shop.get_by_role("alert")).to_contain_text("Larger than 25 MB")
    assert [url for url in sent if url.endswith("/files")] == []


def test_the_server_too_refuses_200_mb_early(shop: Page, watch: Watch) -> None:
    answer = shop.evaluate(
        """async () => {
          const body = new FormData();
          const piece = new Blob(["x".repeat(1024 * 1024)]);
          body.append("file", new Blob(Array(200).fill(piece)), "film.txt");
          const reply = await fetch(`/api/workspaces/${location.pathname.split("/")[2]}/files`, { method: "POST", body });
          return { status: reply.status, detail: (await reply.json()).detail };
        }"""
    )

    assert answer["status"] == 413
    assert "25 MB" in answer["detail"]
    watch.refused.clear()


def test_files_that_cannot_be_read_stay_and_are_marked_with_the_reason(
    shop: Page, tmp_path: Path
) -> None:
    contents = {
        "contract.pdf": encrypt(make_pdf(["Secret"]), user_password="x"),
        "broken.pdf": b"%PDF-1.7\nand nothing that follows from it",
        "broken.png": BROKEN_PNG,
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    shop.get_by_label("Choose files").set_input_files([tmp_path / name for name in contents])

    for name, words in {
        "contract.pdf": "protected by a password",
        "broken.pdf": "damaged",
        "broken.png": "not a PNG",
    }.items():
        expect(shop.locator(".file-open", has_text=name)).to_contain_text(words)
    shop.reload()
    expect(shop.locator(".list-note--bad")).to_have_count(3)
    shop.locator(".file-open", has_text="contract.pdf").click()
    dialog = shop.get_by_role("dialog", name="contract.pdf")
    expect(dialog).to_contain_text("Save a copy without the password")


def test_a_workspace_name_of_10_000_characters_is_refused_and_kept_in_the_box(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="New workspace").first.click()
    name = page.get_by_role("dialog").get_by_label("Name")
    name.fill(LONG_NAME)
    page.get_by_role("button", name="Make workspace").click()

    expect(page.get_by_role("alert")).to_contain_text(
        "The name has 9,999 characters; 120 is the most"
    )
    expect(name).to_have_value(LONG_NAME)


def test_a_chat_title_of_10_000_characters_is_refused_and_the_old_one_stays(
    page: Page, person: Person
) -> None:
    open_chat(page, person, OPENAI)
    title = page.get_by_label("Title of the chat")
    title.fill(LONG_NAME)
    title.press("Tab")

    expect(page.get_by_role("alert")).to_contain_text(
        "The title has 9,999 characters; 120 is the most"
    )
    page.reload()
    expect(title).to_have_value("")


@pytest.mark.parametrize(
    ("question", "words", "kept"),
    [
        ("Please refuse the key", "OPENAI_API_KEY", ""),
        ("Please send a web page", "not with a model's answer", ""),
        ("Please send garbage", "not a model's answer", "One two three"),
        ("Please break off", "stopped in the middle", "One two three"),
        ("Please say nothing", "empty", ""),
    ],
)
def test_a_provider_gone_wrong_is_said_inline_and_nothing_is_lost(
    page: Page, person: Person, question: str, words: str, kept: str
) -> None:
    open_chat(page, person, OPENAI)
    ask(page, question)

    answer = page.locator(".answer:not(.is-live)")
    expect(answer.get_by_role("alert")).to_contain_text(words)
    expect(answer).not_to_contain_text("canary")
    expect(answer).not_to_contain_text("<")
    page.reload()

    expect(page.locator(".question-text")).to_have_text(question)
    expect(answer).to_contain_text(kept)
    expect(page.get_by_role("button", name="Retry")).to_be_enabled()
    ask(page, "And now?")
    expect(answer.last).to_contain_text("All is well.")


def test_a_provider_that_is_down_is_said_inline_and_another_model_goes_on(
    page: Page, person: Person
) -> None:
    open_chat(page, person, "groq/openai/gpt-oss-20b")
    ask(page, "Are you there?")

    answer = page.locator(".answer:not(.is-live)")
    expect(answer.get_by_role("alert")).to_contain_text("Groq", timeout=30_000)
    expect(answer.get_by_role("alert")).to_contain_text("reach")
    page.get_by_label("Model", exact=True).select_option(OPENAI)
    ask(page, "And you?")

    expect(answer.last).to_contain_text("All is well.")
    expect(page.locator(".question-text").first).to_have_text("Are you there?")
