"""What the websocket gives to whom: tokens, helpers, origins (REFLEX.md 0, findings 3, 4 and 10)."""

from __future__ import annotations

import json
import time
from threading import Thread
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest
import socketio.exceptions

from tests.browser.sockets import HYDRATE, ROOT_STATE, Call, handler, talk

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Person, Server

pytestmark = pytest.mark.browser

LOAD_WORKSPACES = Call(handler("workspaces", "workspaces_state", "load"))
REDIRECT = '"/login/?next='


def test_a_tab_gets_its_own_state_back(server: Server, person: Person) -> None:
    token = str(uuid4())
    person.post("/api/workspaces", {"name": "Plans of the owner"})
    talk(server, [LOAD_WORKSPACES], token=token, cookie=person.cookie)

    again = talk(server, [Call(HYDRATE)], token=token, cookie=person.cookie)

    assert "Plans of the owner" in json.dumps(again)


@pytest.mark.parametrize("who", ["nobody", "somebody else"])
def test_a_token_alone_gives_nothing_of_its_owner(
    server: Server, make_person: Callable[[], Person], who: str
) -> None:
    owner, token = make_person(), str(uuid4())
    owner.post("/api/workspaces", {"name": "Plans of the owner"})
    talk(server, [LOAD_WORKSPACES], token=token, cookie=owner.cookie)

    cookie = "" if who == "nobody" else make_person().cookie
    stolen = talk(server, [Call(HYDRATE)], token=token, cookie=cookie)

    assert stolen, "hydrating must be answered"
    text = json.dumps(stolen)
    assert "Plans of the owner" not in text
    assert owner.email not in text


def test_an_event_without_a_login_is_refused_and_sent_to_the_login_page(server: Server) -> None:
    updates = talk(server, [LOAD_WORKSPACES], token=str(uuid4()), path="/settings/")

    assert f"{REDIRECT}%2Fsettings" in json.dumps(updates)


def test_a_login_that_ended_elsewhere_stops_a_socket_that_is_open(
    server: Server, person: Person
) -> None:
    person.client.post("/auth/logout")

    updates = talk(server, [LOAD_WORKSPACES], token=str(uuid4()), cookie=person.cookie)

    assert REDIRECT in json.dumps(updates)


@pytest.mark.parametrize(
    "call",
    [
        Call(handler("workspaces", "workspaces_state", "_refresh")),
        Call(handler("session", "session_state", "_bind"), {"user": None}),
        Call(
            handler("workspaces", "workspaces_state", "setvar"), {"var_name": "rows", "value": []}
        ),
    ],
    ids=lambda call: call.name.rpartition(".")[2],
)
def test_helpers_and_setters_cannot_be_called(server: Server, person: Person, call: Call) -> None:
    token = str(uuid4())
    person.post("/api/workspaces", {"name": "Stays"})
    talk(server, [LOAD_WORKSPACES], token=token, cookie=person.cookie)

    answers = talk(server, [call], token=token, cookie=person.cookie)

    assert "rows" not in json.dumps(answers)
    assert "Stays" in json.dumps(talk(server, [Call(HYDRATE)], token=token, cookie=person.cookie))


REPORT = f"{ROOT_STATE}.reflex___state____frontend_event_exception_state.handle_frontend_exception"


def test_a_long_report_of_an_error_does_not_stop_the_server(server: Server) -> None:
    # Reflex searches it with patterns of cubic time: unshortened, this takes half a minute; a megabyte would take days.
    report = 'TypeError: can\'t access property "", ' * 1000
    call = Call(REPORT, {"info": report, "component_stack": "at App\n2026-11-21 forged line"})

    talk(server, [call], token=str(uuid4()))

    began = time.monotonic()
    assert httpx.get(f"{server.url}/health/live", timeout=20).status_code == 200
    assert time.monotonic() - began < 2
    assert "\n2026-11-21 forged line" not in server.log.read_text()


@pytest.mark.parametrize(
    "payload",
    [
        {"form": "a text"},
        {"form": {"name": "x"}, "more": 1},
        {},
        {"form": None},
    ],
    ids=str,
)
def test_an_event_whose_arguments_do_not_fit_is_dropped(
    server: Server, person: Person, payload: dict[str, Any]
) -> None:
    call = Call(handler("workspaces", "workspaces_state", "create"), payload)

    updates = talk(server, [LOAD_WORKSPACES, call], token=str(uuid4()), cookie=person.cookie)

    assert "Something went wrong" not in json.dumps(updates)
    assert person.client.get("/api/workspaces").json() == []


@pytest.mark.parametrize(
    "token", ["", "short", "a" * 5000, "../../../../etc/passwd", "x" * 20 + "%00"]
)
def test_a_socket_needs_a_tabs_token(server: Server, person: Person, token: str) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError):
        talk(server, [Call(HYDRATE)], token=token, cookie=person.cookie)


def test_an_answer_stops_arriving_when_the_login_ends_elsewhere(
    server: Server, person: Person
) -> None:
    workspace = person.post("/api/workspaces", {"name": "Long answers"})["id"]
    chat = person.post(f"/api/workspaces/{workspace}/chats", {})["id"]
    text = "An agent for a bakery that asks for their name, email and cake, and says goodbye. " * 20
    body = {"text": text, "mode": "build", "model": "demo/based"}
    run = person.post(f"/api/chats/{chat}/messages", body)["run_id"]
    attach = Call(handler("live", "live_state", "attach"), {"chat_id": chat})

    def end_when_it_is_being_written() -> None:
        with person.client.stream("GET", f"/api/runs/{run}/events") as stream:
            next(piece for piece in stream.iter_text() if "program.delta" in piece)
        person.client.post("/auth/logout")

    ended = Thread(target=end_when_it_is_being_written)
    ended.start()

    updates = talk(server, [attach], token=str(uuid4()), cookie=person.cookie)

    ended.join()
    text = json.dumps(updates)
    assert "program_tail" in text, "it must have begun"
    assert REDIRECT in text
    assert "Version 1 saved" not in text


def test_a_page_of_another_site_gets_no_socket(server: Server, person: Person) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError):
        talk(
            server,
            [Call(HYDRATE)],
            token=str(uuid4()),
            cookie=person.cookie,
            origin="https://evil.example",
        )


def test_no_other_site_may_read_what_we_answer(server: Server, person: Person) -> None:
    for path in ("/", "/api/workspaces", "/ping"):
        answer = person.client.get(path, headers={"Origin": "https://evil.example"})

        assert "access-control-allow-origin" not in answer.headers, path


def test_reflexs_own_upload_route_is_closed(server: Server, person: Person) -> None:
    sent = person.client.post("/_upload", files={"files": ("a.txt", b"text")})

    assert sent.status_code == 404
    assert person.client.get("/_upload/a.txt").status_code == 404
