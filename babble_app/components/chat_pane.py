"""The chat's pane: messages, what went wrong, and the composer with its choices."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.composer import composer
from babble_app.components.file_viewer import file_viewer
from babble_app.components.follow_end import follow_end
from babble_app.components.icons import icon
from babble_app.components.kind_picker import kind_picker, model_picker
from babble_app.components.message import live_answer, message, waiting_question
from babble_app.components.popover import popover
from babble_app.states.chat import ChatState
from babble_app.states.choices import ChoicesState, FileChoice
from babble_app.states.history import HistoryState
from babble_app.states.live import LiveState
from babble_app.states.proposals import ProposalState
from babble_app.states.shell import ShellState

STARTERS = (
    (
        "A receptionist",
        "Build an agent that welcomes guests of Hotel Linde, asks for name, arrival date and number of nights, "
        "repeats the booking back, and says goodbye when the guest confirms it.",
    ),
    (
        "A help desk",
        "Build an agent for a bike shop that finds out what is wrong with the bike, collects name and phone number "
        "for a repair, and hands over to a person when the customer asks for one.",
    ),
    (
        "A question about my files",
        "What are the most important points in the files of this chat?",
    ),
)


def chat_pane() -> rx.Component:
    """Show the conversation."""
    return rx.el.div(
        follow_end(
            rx.cond(
                HistoryState.has_earlier,
                rx.el.button(
                    "Show earlier messages",
                    type="button",
                    on_click=ChatState.show_earlier,
                    class_name="button button--quiet button--small messages-earlier",
                ),
            ),
            rx.foreach(HistoryState.messages, message),
            rx.cond(LiveState.running, live_answer()),
            rx.foreach(HistoryState.waiting, waiting_question),
            rx.cond(_is_new(), _welcome()),
            follow_key=f"{ChatState.shown_id}/{ChatState.sent}",
        ),
        rx.cond(ChatState.problem != "", _problem()),
        composer(
            _file_chooser(),
            _mode_picker(),
            kind_picker(),
            model_picker(),
            running=LiveState.running,
            disabled_reason=rx.cond(ChatState.status == "ready", "", "Loading the chat"),
            returned=ChatState.returned,
            suggestion=ChatState.suggestion,
            placeholder=_placeholder(),
            on_send=ChatState.send,
            on_stop=ChatState.stop,
        ),
        file_viewer(),
        class_name="chat",
    )


def _placeholder() -> Any:
    words = rx.cond(
        ProposalState.proposal != "",
        "What else? It goes on from the proposal",
        rx.cond(HistoryState.messages, "Ask, or say what to change", "Describe an agent"),
    )
    return rx.match(
        ChoicesState.kind.makes,
        ("image", "Describe a picture"),
        ("video", "Describe a video"),
        words,
    )


def _is_new() -> Any:
    messages: Any = HistoryState.messages
    waiting: Any = HistoryState.waiting
    running: Any = LiveState.running
    return (ChatState.status == "ready") & (messages.length() + waiting.length() == 0) & ~running


def _welcome() -> rx.Component:
    """Teach by example what a first message may be."""
    return rx.el.div(
        rx.el.h2("Describe the agent you want", class_name="welcome-title"),
        rx.el.p(
            "Say who it is, what it should find out, and when the conversation is over. "
            "Babble writes the program beside this chat; you talk to it, and change it by asking.",
            class_name="muted",
        ),
        rx.el.div(*[_starter(title, text) for title, text in STARTERS], class_name="starters"),
        rx.cond(ChoicesState.readable_count > 0, _files_hint()),
        class_name="welcome",
    )


def _files_hint() -> rx.Component:
    """Say whether the models see the workspace's files, and let them."""
    count = rx.cond(
        ChoicesState.readable_count == 1, "1 file", f"{ChoicesState.readable_count} files"
    )
    return rx.el.p(
        icon("files", 16),
        rx.cond(
            ChoicesState.chosen_count > 0,
            rx.el.span(
                "This chat sees ",
                rx.el.strong(ChoicesState.chosen_count, " of the ", count),
                " of its workspace. Change that with the button Files below.",
            ),
            rx.el.span(
                "This chat does not see the workspace's ",
                rx.el.strong(count),
                " yet. ",
                rx.el.button(
                    rx.cond(ChoicesState.readable_count == 1, "Use it", "Use them all"),
                    type="button",
                    on_click=ChoicesState.choose_all_files,
                    class_name="link",
                ),
                ", or choose some with the button Files below.",
            ),
        ),
        class_name="welcome-files",
    )


def _starter(title: str, text: str) -> rx.Component:
    return rx.el.button(
        rx.el.strong(title),
        rx.el.span(text),
        type="button",
        on_click=ChatState.suggest(text),
        class_name="starter",
    )


def _problem() -> rx.Component:
    return rx.el.div(
        icon("warning"),
        rx.el.p(ChatState.problem, class_name="grow"),
        rx.el.button(
            icon("x", 16),
            type="button",
            aria_label="Dismiss",
            on_click=ChatState.dismiss_problem,
            class_name="button button--quiet button--icon button--small",
        ),
        role="alert",
        class_name="notice notice--bad chat-problem",
    )


def _mode_picker() -> rx.Component:
    return rx.el.select(
        rx.el.option("Auto", value="auto"),
        rx.el.option("Build", value="build"),
        rx.el.option("Just answer", value="chat"),
        value=ChoicesState.mode,
        on_change=ChoicesState.pick_mode,
        aria_label="What the message is for",
        title="Auto decides; Build writes or changes the agent; Just answer leaves it alone",
        class_name="select composer-select",
    )


def _file_chooser() -> rx.Component:
    return popover(
        rx.cond(
            ChoicesState.files,
            rx.fragment(
                rx.el.p("The model sees the files you choose:", class_name="file-choices-note"),
                rx.el.ul(rx.foreach(ChoicesState.files, _file), class_name="file-choices"),
            ),
            rx.el.p("This workspace has no files yet.", class_name="file-choices-note"),
        ),
        rx.el.a(
            "Add files to the workspace",
            href=f"/workspace/{ShellState.here_workspace_id}",
            class_name="link file-choices-note",
        ),
        label=rx.cond(
            ChoicesState.chosen_count > 0,
            rx.Var.create(f"Files: {ChoicesState.chosen_count}"),
            "Files",
        ),
        title="Files the model sees",
        side="top",
    )


def _file(item: FileChoice) -> rx.Component:
    choose: Any = ChoicesState.choose_file(item.id)
    return rx.el.li(
        rx.el.label(
            rx.el.input(
                type="checkbox",
                checked=item.chosen,
                disabled=rx.cond(item.readable | item.chosen, False, True),
                on_change=choose,
            ),
            rx.el.span(
                rx.el.span(item.name, class_name="list-title"),
                rx.el.span(
                    item.note,
                    class_name=rx.cond(item.readable, "faint", "faint list-note--bad"),
                ),
                class_name="grow",
            ),
            class_name="check",
        ),
        key=item.id,
    )
