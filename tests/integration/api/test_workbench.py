"""The workbench by script: workspaces, files, chats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

    from tests.integration.api.conftest import Person

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001"
    "e221bc330000000049454e44ae426082"
)


def make_workspace(person: Person) -> str:
    return person.client.post("/api/workspaces", json={"name": "Bikes"}).json()["id"]


def make_chat(person: Person) -> str:
    workspace = make_workspace(person)
    return person.client.post(f"/api/workspaces/{workspace}/chats", json={}).json()["id"]


def upload(person: Person, workspace: str, *files: tuple[str, bytes]) -> httpx.Response:
    return person.client.post(
        f"/api/workspaces/{workspace}/files",
        files=[("file", (name, data, "application/octet-stream")) for name, data in files],
    )


def code_of(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["request_id"] == answer.headers["X-Request-ID"]
    assert set(problem) >= {"type", "title", "detail", "code", "retryable"}
    return answer.status_code, problem["code"]


def test_a_workspace_lives_and_dies(person: Person):
    made = person.client.post("/api/workspaces", json={"name": " Bikes "})
    url = f"/api/workspaces/{made.json()['id']}"

    assert made.status_code == 201
    assert made.json()["name"] == "Bikes"
    assert made.json()["created_at"].endswith("Z")
    assert person.client.get(url).json() == made.json()
    assert [item["id"] for item in person.client.get("/api/workspaces").json()] == [
        made.json()["id"]
    ]
    assert person.client.patch(url, json={"name": "Cars"}).json()["name"] == "Cars"
    assert person.client.delete(url).status_code == 204
    assert code_of(person.client.get(url)) == (404, "not_found")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "   "},
        {"name": "x" * 10_000},
        {"name": 7},
        {"name": None},
        {"name": "a\u0000b"},
        {"name": "x", "owner_id": "usr_1"},
        [],
        "name",
        None,
    ],
)
def test_a_workspace_without_a_usable_name_is_refused(person: Person, body: Any):
    answer = person.client.post("/api/workspaces", json=body)

    assert code_of(answer) == (422, "validation_failed")
    assert answer.json()["detail"].endswith(".")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{", "application/json"),
        (b"", "application/json"),
        (b'{"name": "\xff"}', "application/json"),
        (b'{"name": "\\ud800"}', "application/json"),
        (b'{"name": NaN}', "application/json"),
        (b'{"name": "x"}', "text/plain"),
        (b"name=x", "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_json_is_refused(person: Person, content: bytes, kind: str):
    answer = person.client.post("/api/workspaces", content=content, headers={"Content-Type": kind})

    assert answer.status_code in {400, 422}
    code_of(answer)


def test_files_are_taken_in_read_and_given_back(person: Person):
    workspace = make_workspace(person)

    added = upload(person, workspace, ("notes.md", b"# Bikes\n\nTwo wheels."), ("dot.png", PNG))

    assert added.status_code == 201, added.text
    notes, dot = added.json()
    assert (notes["kind"], dot["kind"]) == ("text", "image")
    assert (notes["size_bytes"], dot["size_bytes"]) == (20, len(PNG))
    assert {item["id"] for item in person.client.get(f"/api/workspaces/{workspace}/files").json()}
    content = person.client.get(f"/api/files/{dot['id']}/content")
    assert content.content == PNG
    assert content.headers["Content-Type"] == "image/png"
    assert content.headers["Content-Disposition"] == 'attachment; filename="dot.png"'
    assert content.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in content.headers["Content-Security-Policy"]
    assert person.client.delete(f"/api/files/{dot['id']}").status_code == 204
    assert code_of(person.client.get(f"/api/files/{dot['id']}")) == (404, "not_found")


def test_a_page_of_html_is_never_served_as_one(person: Person):
    workspace = make_workspace(person)
    added = upload(person, workspace, ("evil.html", b"<script>alert(1)</script>"))
    if added.status_code == 415:
        return

    content = person.client.get(f"/api/files/{added.json()[0]['id']}/content")

    assert content.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert content.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("wanted", "status", "content"),
    [
        ("bytes=0-3", 206, b"0123"),
        ("bytes=6-", 206, b"6789"),
        ("bytes=-2", 206, b"89"),
        ("bytes=0-999", 206, b"0123456789"),
        ("bytes=3-1", 200, b"0123456789"),
        ("bytes=0-1,4-5", 200, b"0123456789"),
        ("lines=1-2", 200, b"0123456789"),
        ("bytes=a-b", 200, b"0123456789"),
        ("bytes=-", 200, b"0123456789"),
        ("bytes=10-", 416, None),
        ("bytes=-0", 416, None),
    ],
)
def test_part_of_a_file_can_be_asked_for(
    person: Person, wanted: str, status: int, content: bytes | None
):
    workspace = make_workspace(person)
    file = upload(person, workspace, ("digits.txt", b"0123456789")).json()[0]

    answer = person.client.get(f"/api/files/{file['id']}/content", headers={"Range": wanted})

    assert answer.status_code == status
    if content is None:
        assert code_of(answer) == (416, "range_not_satisfiable")
        assert answer.headers["Content-Range"] == "bytes */10"
    else:
        assert answer.content == content


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("empty.txt", b"", (422, "validation_failed")),
        ("big.txt", b"a" * (2 * 1024 * 1024 + 1), (413, "file_too_large")),
        ("virus.exe", b"MZ\x90\x00", (415, "unsupported_file_type")),
        ("fake.png", b"no picture at all", (415, "unsupported_file_type")),
        ("n" * 10_000 + ".txt", b"x", (422, "validation_failed")),
    ],
)
def test_a_refused_file_says_why(person: Person, name: str, data: bytes, expected: tuple[int, str]):
    workspace = make_workspace(person)

    answer = upload(person, workspace, (name, data))

    assert code_of(answer) == expected
    assert person.client.get(f"/api/workspaces/{workspace}/files").json() == []


def test_when_one_file_is_refused_none_is_kept(person: Person):
    workspace = make_workspace(person)

    answer = upload(person, workspace, ("good.txt", b"good"), ("bad.exe", b"MZ\x90\x00"))

    assert answer.status_code == 415
    assert person.client.get(f"/api/workspaces/{workspace}/files").json() == []


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.txt", "..\\..\\x.txt", "/abs.txt", "a\r\nb.txt"]
)
def test_a_files_name_is_a_name_only(person: Person, name: str):
    workspace = make_workspace(person)

    added = upload(person, workspace, (name, b"text"))

    assert added.status_code == 201, added.text
    stored = added.json()[0]["name"]
    assert not set(stored) & set("/\\\r\n")
    content = person.client.get(f"/api/files/{added.json()[0]['id']}/content")
    assert content.content == b"text"


def test_a_name_in_any_script_comes_back(person: Person):
    workspace = make_workspace(person)
    added = upload(person, workspace, ("Übersicht 概要.txt", b"text")).json()[0]

    content = person.client.get(f"/api/files/{added['id']}/content")

    assert added["name"] == "Übersicht 概要.txt"
    assert "filename*=utf-8''" in content.headers["Content-Disposition"]


def test_a_chat_lives_and_dies(person: Person):
    workspace = make_workspace(person)
    made = person.client.post(
        f"/api/workspaces/{workspace}/chats", json={"title": "First", "model": "demo/based"}
    )
    url = f"/api/chats/{made.json()['id']}"

    assert made.status_code == 201
    assert (made.json()["title"], made.json()["model"]) == ("First", "demo/based")
    assert person.client.patch(url, json={"title": "Second"}).json()["model"] == "demo/based"
    assert person.client.patch(url, json={"model": ""}).json()["title"] == "Second"
    assert person.client.patch(url, json={"agent_id": None}).json()["agent_id"] is None
    assert person.client.get(f"{url}/messages").json() == []
    assert person.client.delete(url).status_code == 204
    assert code_of(person.client.get(url)) == (404, "not_found")


def test_a_chat_sees_the_files_that_were_chosen(person: Person):
    workspace = make_workspace(person)
    file = upload(person, workspace, ("a.txt", b"a")).json()[0]["id"]
    chat = person.client.post(f"/api/workspaces/{workspace}/chats", json={}).json()["id"]

    chosen = person.client.put(f"/api/chats/{chat}/files", json={"file_ids": [file]})
    unknown = person.client.put(f"/api/chats/{chat}/files", json={"file_ids": ["fil_nothing"]})

    assert chosen.json()["file_ids"] == [file]
    assert code_of(unknown) == (404, "not_found")


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "before=msg_nothing"])
def test_a_page_of_messages_that_cannot_be_is_refused(person: Person, query: str):
    answer = person.client.get(f"/api/chats/{make_chat(person)}/messages?{query}")

    assert answer.status_code in {404, 422}
    code_of(answer)


@pytest.mark.parametrize(
    "path",
    [
        "/api/workspaces/wsp_unknown",
        "/api/workspaces/%00",
        "/api/workspaces/" + "x" * 5000,
        "/api/files/..%2F..%2Fetc",
        "/api/chats/'; DROP TABLE chats",
        "/api/runs/run_%F0%9F%92%A9",
        "/api/nothing",
        "/api",
        "/api/",
        "/v1/nothing",
    ],
)
def test_what_is_not_there_is_not_found(person: Person, path: str):
    answer = person.client.get(path)

    assert answer.status_code == 404
    assert answer.headers["Content-Type"].endswith("json")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/workspaces", "GET, POST"),
        ("GET", "/auth/login", "POST"),
        ("POST", "/health", "GET, HEAD"),
        ("DELETE", "/api/models", "GET"),
    ],
)
def test_another_method_is_named(person: Person, method: str, path: str, allowed: str):
    answer = person.client.request(method, path)

    assert answer.status_code in {403, 405}
    if answer.status_code == 405:
        assert code_of(answer) == (405, "method_not_allowed")
        assert answer.headers["Allow"] == allowed
