"""The machine-readable description and the page made of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from babble_app import errors
from babble_app.api._problems import CODES
from babble_app.errors import BabbleError
from babble_app.schemas.events import run_event_adapter
from tests.integration.api.routes import all_operations, document

if TYPE_CHECKING:
    import httpx

CONTRACT = """
GET /health|GET /health/live|GET /health/ready|POST /api/auth/register|POST /api/auth/login|POST /api/auth/logout
GET /api/auth/me|DELETE /api/auth/me|POST /api/auth/password|GET /api/auth/export
GET /api/workspaces|POST /api/workspaces|GET /api/workspaces/{}|PATCH /api/workspaces/{}|DELETE /api/workspaces/{}
GET /api/workspaces/{}/files|POST /api/workspaces/{}/files|GET /api/files/{}|DELETE /api/files/{}
GET /api/files/{}/content|GET /api/files/{}/text|GET /api/workspaces/{}/chats|POST /api/workspaces/{}/chats
GET /api/chats/{}|PATCH /api/chats/{}|DELETE /api/chats/{}|PUT /api/chats/{}/files|GET /api/chats/{}/messages
POST /api/chats/{}/messages|GET /api/runs/{}|GET /api/runs/{}/events|POST /api/runs/{}/stop|POST /api/runs/{}/retry
GET /api/workspaces/{}/agents|GET /api/agents/{}|PATCH /api/agents/{}|DELETE /api/agents/{}|GET /api/agents/{}/versions
GET /api/versions/{}|POST /api/agents/{}/versions|POST /api/agents/{}/revert|GET /api/agents/{}/diff
PATCH /api/versions/{}|POST /api/agents/{}/merge|POST /api/agents/{}/restore|POST /api/agents/{}/publish
POST /api/agents/{}/rollback|GET /api/agents/{}/publications|POST /api/workspaces/{}/agents|GET /api/proposals/{}
POST /api/proposals/{}/keep|POST /api/proposals/{}/discard
POST /api/agents/{}/sessions|POST /api/sessions/{}/messages|POST /api/sessions/{}/fork|POST /api/sessions/{}/replay
PUT /api/sessions/{}/mocks|GET /api/models|GET /api/settings/keys/{}
GET /api/agents/{}/tests|POST /api/agents/{}/tests|POST /api/agents/{}/tests/run|POST /api/sessions/{}/keep
GET /api/tests/{}|PATCH /api/tests/{}|DELETE /api/tests/{}|POST /api/tests/{}/run|POST /api/tests/{}/record
GET /api/tests/{}/fix|POST /api/tests/{}/fix|POST /api/tests/{}/fix/stop|POST /api/tests/{}/fix-request
POST /api/agents/{}/tests/generate|GET /api/agents/{}/coverage|GET /api/agents/{}/tests/export|POST /api/agents/{}/tests/import
PUT /api/settings/keys/{}|DELETE /api/settings/keys/{}|POST /api/settings/keys/{}/test|POST /api/based/validate
GET /api/usage|GET /api/usage.csv|GET /api/budgets|PUT /api/budgets/{}/{}/{}|DELETE /api/budgets/{}/{}/{}
"""


def operations_of_document() -> set[str]:
    return {
        f"{method.upper()} {re.sub(r'{[^}]*}', '{}', path)}"
        for path, methods in document()["paths"].items()
        for method in methods
    }


def test_everything_in_the_wire_contract_is_there():
    wanted = {line for line in CONTRACT.replace("\n", "|").split("|") if line}

    assert wanted - operations_of_document() == set()


def test_the_document_is_openapi_3_1_and_open_to_anybody(anybody: httpx.Client):
    answer = anybody.get("/openapi.json")

    assert answer.json()["openapi"].startswith("3.1")
    assert answer.json() == document()


def test_every_reference_leads_somewhere():
    found = set(re.findall(r"'#/components/schemas/([^']+)'", str(document())))

    assert found <= set(document()["components"]["schemas"])


def test_every_operation_is_described():
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            assert operation.get("description"), f"{method} {path}"
            assert operation["tags"], f"{method} {path}"
            assert "default" in operation["responses"], f"{method} {path}"


def test_every_json_body_is_shown_filled_in():
    for operation in all_operations():
        if operation.body is None:
            continue
        shown = operation.body["examples"][0]
        assert set(operation.body.get("required", ())) <= set(shown), str(operation)
        assert set(shown) <= set(operation.body["properties"]), str(operation)


def test_both_credentials_are_described():
    schemes = document()["components"]["securitySchemes"]

    assert schemes["bearer"]["scheme"] == "bearer"
    assert schemes["cookie"]["in"] == "cookie"
    assert document()["paths"]["/api/auth/me"]["get"]["security"] == [
        {"bearer": []},
        {"cookie": []},
    ]


def test_the_page_shows_every_operation_event_and_code(anybody: httpx.Client):
    page = anybody.get("/docs").text

    for path in document()["paths"]:
        assert f'<code class="path">{path}</code>' in page
    for name in run_event_adapter.json_schema()["discriminator"]["mapping"]:
        assert f">{name}</code>" in page
    codes = {kind.code for kind in vars(errors).values() if _is_error(kind)} | set(CODES.values())
    for code in codes:
        assert f'id="error-{code}"' in page


def _is_error(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BabbleError)


def test_the_page_needs_nothing_from_elsewhere(anybody: httpx.Client):
    answer = anybody.get("/docs")

    assert answer.headers["Content-Type"].startswith("text/html")
    assert "<script" not in answer.text
    assert re.findall(r'(?:src|href)="(?!/|#)[^"]*"', answer.text) == []
    assert "@import" not in answer.text
    assert "url(" not in answer.text


def test_every_text_in_the_page_is_escaped(anybody: httpx.Client):
    page = anybody.get("/docs").text

    assert page.count("<main>") == page.count("</main>") == 1
    assert not re.search(r"<(?!/?[a-z!])", page)


@pytest.mark.parametrize("path", ["/redoc", "/docs/oauth2-redirect"])
def test_the_frameworks_own_pages_are_off(anybody: httpx.Client, path: str):
    assert anybody.get(path).status_code == 404
