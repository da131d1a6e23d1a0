"""The chat page in Chromium: streaming, stopping, reloading, queueing, editing, and what must never run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person, running_server
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule
from tests.pdf_files import make_pdf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, Locator, Page

    from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

MODEL = "openai/fake-model"
WORDS = [f"word{number}" for number in range(240)]
PARAGRAPHS = "\n\n".join(" ".join(WORDS[at : at + 12]) for at in range(0, len(WORDS), 12))
ATTACKS = (
    "<script>window.hacked=1</script>",
    '<img src=x onerror="window.hacked=1">',
    "<svg onload=window.hacked=1>",
    "<iframe srcdoc='<script>parent.hacked=1</script>'></iframe>",
    "[one](javascript:window.hacked=1)",
    "[two](JaVaScRiPt:window.hacked=1)",
    "[three](data:text/html,<script>window.hacked=1</script>)",
    "[four](vbscript:window.hacked=1)",
    "<a href='javascript:window.hacked=1'>five</a>",
    "![six](javascript:window.hacked=1)",
    '"><style>body{display:none}</style>',
)
MARKDOWN = (
    "Look at [our site](https://example.com/).\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
    "```python\ndef hello():\n    return 'hi'\n```\n"
)
MENU = make_pdf(["Starters", "Cherry cake 4 euros", "A chocolate cake 30 euros", "Tea"])
AGENT = "Build an agent that welcomes guests, asks for their name and says goodbye."


@pytest.fixture(scope="module")
def models() -> Iterator[ModelServer]:
    """A scripted model behind a real socket."""
    rules = [
        Rule(Answer(text=PARAGRAPHS, tokens_per_second=60), user="slow"),
        Rule("\n\n".join(ATTACKS), user="attack"),
        Rule(MARKDOWN, user="markdown"),
        Rule(Answer(fault="status", status=401), user="refused"),
        Rule("A short answer."),
    ]
    with ModelServer(rules=rules) as running:
        yield running


@pytest.fixture(scope="module")
def server(models: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that knows the scripted model beside the demo."""
    folder = tmp_path_factory.mktemp("chat")
    variables = {"OPENAI_API_KEY": "sk-test-canary", "OPENAI_BASE_URL": models.openai_url}
    with running_server(folder, **variables) as started:
        yield started


def make_chat(person: Person, **fields: str) -> str:
    workspace = person.post("/api/workspaces", {"name": "Shop"})
    return person.post(f"/api/workspaces/{workspace['id']}/chats", fields)["id"]


def open_chat(page: Page, chat_id: str) -> None:
    page.goto(f"/chat/{chat_id}")
    expect(box(page)).to_be_visible()
    expect(page.get_by_text("Loading the chat")).to_have_count(0)


def box(page: Page) -> Locator:
    return page.locator(".chat .composer-text")


def ask(page: Page, text: str) -> None:
    box(page).fill(text)
    box(page).press("Enter")


def ask_scripted(page: Page, person: Person, text: str) -> str:
    """Ask the scripted model in a new chat, for an answer only."""
    chat_id = make_chat(person, model=MODEL)
    open_chat(page, chat_id)
    page.get_by_label("What the message is for").select_option("chat")
    ask(page, text)
    return chat_id


def answers(page: Page) -> Locator:
    return page.locator(".answer:not(.is-live)")


def words_of(answer: Locator) -> list[str]:
    return answer.locator(".md").inner_text().split()


def build_agent(page: Page, person: Person) -> None:
    """Let the demo model write an agent in a new chat."""
    open_chat(page, make_chat(person, model="demo/based"))
    ask(page, AGENT)
    expect(page.locator(".version-card")).to_be_visible(timeout=30_000)
    expect(answers(page)).to_have_count(1, timeout=30_000)
    expect(page.locator(".canvas .cm-content")).to_contain_text("loop")


def test_a_described_agent_is_written_into_the_canvas_and_answers_in_the_test_pane(
    page: Page, person: Person
) -> None:
    build_agent(page, person)
    expect(page.locator(".canvas-head .badge", has_text="v1")).to_be_visible()

    page.locator(".canvas-head").get_by_role("button", name="Test").click()
    page.get_by_role("button", name="Start the conversation").click()

    expect(page.locator(".test-line.is-agent").first).to_be_visible()
    expect(page.locator(".cm-litLine")).to_be_visible()


def test_an_answer_survives_a_reload_without_a_gap_or_a_double(page: Page, person: Person) -> None:
    ask_scripted(page, person, "a slow answer please")
    expect(page.locator(".is-live")).to_contain_text("word20")

    page.reload()
    expect(page.locator(".is-live")).to_contain_text("word40")

    expect(answers(page)).to_have_count(1)
    assert words_of(answers(page)) == WORDS
    expect(page.locator(".is-live")).to_have_count(0)


def test_a_second_tab_sees_the_same_answer_grow(page: Page, person: Person) -> None:
    chat_id = ask_scripted(page, person, "a slow answer please")
    expect(page.locator(".is-live")).to_contain_text("word5")

    second = page.context.new_page()
    open_chat(second, chat_id)
    expect(second.locator(".is-live")).to_contain_text("word10")

    for tab in (page, second):
        expect(answers(tab)).to_have_count(1)
        assert words_of(answers(tab)) == WORDS


@pytest.mark.parametrize("how", ["button", "Escape"])
def test_stop_keeps_what_had_arrived_and_says_so(page: Page, person: Person, how: str) -> None:
    ask_scripted(page, person, "a slow answer please")
    expect(page.locator(".is-live")).to_contain_text("word10")

    if how == "button":
        page.get_by_role("button", name="Stop").click()
    else:
        page.keyboard.press("Escape")

    expect(page.get_by_text("You stopped this answer.")).to_be_visible()
    kept = words_of(answers(page))
    assert 10 < len(kept) < len(WORDS)
    assert kept[:-1] == WORDS[: len(kept) - 1]
    expect(page.get_by_role("button", name="Run again")).to_be_enabled()


def test_what_is_sent_meanwhile_is_queued_and_answered_next(page: Page, person: Person) -> None:
    ask_scripted(page, person, "a slow answer please")
    expect(page.locator(".is-live")).to_contain_text("word5")

    ask(page, "and a second one")
    expect(page.get_by_text("Queued")).to_be_visible()
    page.get_by_role("button", name="Stop").click()

    expect(answers(page)).to_have_count(2)
    expect(answers(page).last).to_contain_text("A short answer.")
    expect(page.get_by_text("Queued")).to_have_count(0)
    order = page.locator(".message").evaluate_all(
        "all => all.map((one) => one.classList.contains('question'))"
    )
    assert order == [True, False, True, False]


def test_a_failed_answer_stands_inline_with_retry(page: Page, person: Person) -> None:
    ask_scripted(page, person, "refused please")

    alert = page.locator(".answer").get_by_role("alert")
    expect(alert).to_contain_text("key")
    expect(alert).not_to_contain_text("canary")
    page.get_by_role("button", name="Retry").click()

    expect(answers(page)).to_have_count(2)


def test_what_the_model_was_shown_of_the_files_stands_under_the_answer_and_opens(
    page: Page, person: Person
) -> None:
    chat_id = make_chat(person, model=MODEL)
    workspace_id = person.client.get(f"/api/chats/{chat_id}").json()["workspace_id"]
    stored = person.client.post(
        f"/api/workspaces/{workspace_id}/files", files=[("file", ("menu.pdf", MENU))]
    )
    file_id = stored.raise_for_status().json()[0]["id"]
    person.client.put(
        f"/api/chats/{chat_id}/files", json={"file_ids": [file_id]}
    ).raise_for_status()
    open_chat(page, chat_id)

    ask(page, "Which slow cherry cake is there?")
    expect(page.locator(".is-live").get_by_role("group", name="Files used")).to_contain_text(
        "menu.pdf p. 2-3"
    )
    page.get_by_role("button", name="Stop").click()
    page.reload()
    answers(page).get_by_role("button", name="menu.pdf p. 2-3").click()

    viewer = page.get_by_role("dialog", name="menu.pdf")
    expect(viewer).to_contain_text("Cherry cake 4 euros")
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)


def test_after_a_change_that_came_to_nothing_the_person_may_edit_by_hand(
    page: Page, person: Person
) -> None:
    chat_id = make_chat(person, model="demo/based")
    open_chat(page, chat_id)
    ask(page, AGENT)
    expect(page.locator(".version-card")).to_be_visible(timeout=30_000)

    ask(page, "Change the greeting to: Hi! (demo: never valid)")
    alert = page.locator(".answer").get_by_role("alert")
    expect(alert).to_contain_text("The agent is as it was", timeout=60_000)
    alert.get_by_text("What the model sent last").click()
    expect(alert.locator("pre")).not_to_be_empty()
    page.get_by_role("tab", name="Versions").click()
    alert.get_by_role("button", name="Edit by hand").click()

    expect(page.get_by_role("tab", name="Code")).to_have_attribute("aria-selected", "true")
    expect(page.locator(".canvas .cm-editor")).to_be_visible()
    expect(alert.get_by_role("button", name="Retry")).to_be_enabled()


def test_a_message_that_cannot_be_sent_comes_back(page: Page, person: Person) -> None:
    chat_id = make_chat(person, model=MODEL)
    open_chat(page, chat_id)
    person.client.delete(f"/api/chats/{chat_id}").raise_for_status()

    ask(page, "my precious words")

    expect(page.locator(".chat-problem")).to_be_visible()
    expect(box(page)).to_have_value("my precious words")


def test_a_message_that_is_too_long_says_so_before_it_is_sent(page: Page, person: Person) -> None:
    open_chat(page, make_chat(person))

    box(page).fill("x" * 32_001)

    expect(page.get_by_text("At most 32,000 characters")).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_be_disabled()


def test_what_is_sent_before_the_chat_has_loaded_is_not_lost(page: Page, person: Person) -> None:
    open_chat(page, make_chat(person))
    for number in range(4):
        page.goto(f"/chat/{make_chat(person)}", wait_until="commit")

        box(page).fill(f"hello {number}")
        box(page).press("Enter")

        expect(page.locator(".question")).to_have_text(re.compile(f"hello {number}"))


def test_the_draft_survives_a_reload(page: Page, person: Person) -> None:
    chat_id = make_chat(person)
    open_chat(page, chat_id)
    box(page).press_sequentially("half a thou")
    page.wait_for_function(
        "(id) => localStorage.getItem(`babble.draft.${id}`) === 'half a thou'", arg=chat_id
    )

    page.reload()

    expect(box(page)).to_have_value("half a thou")


def test_shift_and_enter_break_the_line(page: Page, person: Person) -> None:
    open_chat(page, make_chat(person))
    height = box(page).bounding_box()

    box(page).press_sequentially("one")
    box(page).press("Shift+Enter")
    box(page).press_sequentially("two")

    expect(box(page)).to_have_value("one\ntwo")
    assert (box(page).bounding_box() or {})["height"] > (height or {})["height"]


def test_nothing_in_a_message_is_executed(page: Page, person: Person) -> None:
    ask_scripted(page, person, "\n".join(("attack", *ATTACKS)))
    expect(answers(page)).to_have_count(1)
    expect(answers(page)).to_contain_text("<script>window.hacked=1</script>")

    for link in answers(page).locator(".md a").all():
        link.click(trial=True)
    found: dict[str, Any] = page.evaluate(
        """() => {
          const md = document.querySelector(".answer .md");
          const all = [...md.querySelectorAll("*")];
          return {
            hacked: window.hacked ?? null,
            tags: all.map((one) => one.localName).filter((name) => /script|img|svg|iframe|style|object/.test(name)),
            handlers: all.flatMap((one) => one.getAttributeNames()).filter((name) => name.startsWith("on")),
            links: all.filter((one) => one.localName === "a").map((one) => one.protocol),
          };
        }"""
    )

    assert found == {"hacked": None, "tags": [], "handlers": [], "links": []}


def test_markdown_is_shown_with_tables_code_and_safe_links(page: Page, person: Person) -> None:
    ask_scripted(page, person, "markdown please")
    answer = answers(page)
    expect(answer).to_have_count(1)

    link = answer.get_by_role("link", name="our site")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", re.compile("noopener"))
    expect(answer.locator("table td").first).to_have_text("1")
    expect(answer.locator(".md-code-language")).to_have_text("python")
    expect(answer.locator(".hljs-keyword").first).to_have_text("def")


def test_the_view_follows_the_end_until_the_reader_scrolls_up(page: Page, person: Person) -> None:
    page.set_viewport_size({"width": 1280, "height": 500})
    ask_scripted(page, person, "a slow answer please")
    expect(page.locator(".is-live")).to_contain_text("word130")
    view = page.locator(".chat .follow-list")
    assert view.evaluate("one => one.scrollHeight - one.scrollTop - one.clientHeight") < 60

    view.hover()
    page.mouse.wheel(0, -200)
    expect(page.get_by_role("button", name="Jump to latest")).to_be_visible()
    top = view.evaluate("one => one.scrollTop")
    expect(page.locator(".is-live")).to_contain_text("word170")
    assert view.evaluate("one => one.scrollTop") == top

    page.get_by_role("button", name="Jump to latest").click()
    expect(page.get_by_role("button", name="Jump to latest")).to_have_count(0)
    assert view.evaluate("one => one.scrollHeight - one.scrollTop - one.clientHeight") < 60
    page.keyboard.press("Escape")
    expect(page.get_by_text("You stopped this answer.")).to_be_visible()


def test_an_edit_by_hand_is_checked_and_saved_as_a_version(page: Page, person: Person) -> None:
    build_agent(page, person)
    editor = page.locator(".canvas .cm-content")

    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("\n// wrong")
    expect(page.locator(".canvas-head")).to_contain_text("1 error")
    expect(page.locator(".cm-lintRange-error").first).to_be_visible()
    page.locator(".cm-lintRange-error").first.hover()
    why = page.locator(".cm-tooltip").get_by_role("link", name="E111")
    expect(why).to_have_attribute("href", "/help/based/#E111")
    page.keyboard.press("Control+s")
    expect(page.locator(".canvas-notice")).to_contain_text("was not saved")

    for _ in "// wrong":
        page.keyboard.press("Backspace")
    page.keyboard.insert_text("# by hand")
    expect(page.locator(".canvas-head")).not_to_contain_text("error")
    page.get_by_role("button", name="Save version").click()

    expect(page.locator(".canvas-head .badge", has_text="v2")).to_be_visible()
    expect(page.get_by_role("button", name="Save version")).to_have_count(0)
    expect(editor).to_contain_text("# by hand")


def test_unsaved_edits_survive_a_reload(page: Page, person: Person) -> None:
    build_agent(page, person)
    page.locator(".canvas .cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("\n# not saved yet")
    expect(page.locator(".canvas-head")).to_contain_text("Unsaved")

    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    assert asked == ["beforeunload"]

    expect(page.locator(".canvas .cm-content")).to_contain_text("# not saved yet")
    expect(page.locator(".canvas-head")).to_contain_text("Unsaved")


def test_edits_stay_while_other_parts_of_the_canvas_are_shown(page: Page, person: Person) -> None:
    build_agent(page, person)
    page.locator(".canvas .cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("\n# not saved yet")
    expect(page.locator(".canvas-head")).to_contain_text("Unsaved")

    page.get_by_role("tab", name="Changes").click()
    expect(page.locator(".diff-view")).to_be_visible()
    page.get_by_role("tab", name="Code").click()

    expect(page.locator(".canvas-code .cm-content")).to_contain_text("# not saved yet")
    page.get_by_role("button", name="Discard").click()
    expect(page.locator(".canvas-code .cm-content")).not_to_contain_text("# not saved yet")


def test_the_program_can_be_downloaded(page: Page, person: Person) -> None:
    build_agent(page, person)

    with page.expect_download() as download:
        page.get_by_role("button", name="Download the program").click()

    assert download.value.suggested_filename.endswith(".based")
    assert "loop:" in download.value.path().read_text()


def test_an_idle_tab_catches_up_when_the_person_comes_back_to_it(
    page: Page, person: Person
) -> None:
    chat_id = make_chat(person, model=MODEL)
    idle = page.context.new_page()
    open_chat(idle, chat_id)
    open_chat(page, chat_id)
    page.get_by_label("What the message is for").select_option("chat")
    ask(page, "hello")
    expect(answers(page)).to_have_count(1)

    idle.evaluate("window.dispatchEvent(new Event('focus'))")

    expect(answers(idle)).to_contain_text("A short answer.")


def test_the_keyboard_leaves_the_editor_and_moves_the_panes(page: Page, person: Person) -> None:
    build_agent(page, person)
    editor = page.locator(".canvas .cm-content")
    editor.click()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert not editor.evaluate("one => one.contains(document.activeElement)")

    separator = page.get_by_role("separator", name="Resize the chat")
    before = int(separator.get_attribute("aria-valuenow") or 0)
    separator.focus()
    page.keyboard.press("ArrowRight")
    expect(separator).to_have_attribute("aria-valuenow", str(before + 3))
    page.keyboard.press("Enter")
    expect(page.locator(".pane-chat")).to_be_hidden()


def test_a_phone_shows_one_pane_at_a_time(
    open_context: Callable[..., BrowserContext], person: Person
) -> None:
    page = open_context(person, viewport={"width": 390, "height": 844}).new_page()
    open_chat(page, make_chat(person, model="demo/based"))
    ask(page, AGENT)
    expect(answers(page)).to_have_count(1, timeout=30_000)
    panes = page.get_by_role("group", name="Panes")

    panes.get_by_role("button", name="Canvas").click()
    expect(page.locator(".canvas .cm-content")).to_contain_text("loop")
    expect(page.locator(".pane-chat")).to_be_hidden()
    panes.get_by_role("button", name="Test").click()
    expect(page.get_by_role("button", name="Start the conversation")).to_be_visible()
    panes.get_by_role("button", name="Chat").click()
    page.get_by_role("button", name="See changes").click()
    expect(page.locator(".canvas .diff-view")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_chat_of_somebody_else_does_not_exist(
    page: Page, make_person: Callable[[], Person]
) -> None:
    theirs = make_chat(make_person(), title="Their plans")

    page.goto(f"/chat/{theirs}")

    expect(page.get_by_text("This chat does not exist")).to_be_visible()
    expect(page.get_by_text("Their plans")).to_have_count(0)
