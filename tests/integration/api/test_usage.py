"""Figures, the table of calls and budgets over HTTP."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from babble_app.errors import BudgetExhaustedError
from babble_app.schemas.calls import CallScope
from babble_app.schemas.models import ModelMessage, ModelRequest
from babble_app.store.tables.base import now
from tests.call_factories import make_record
from tests.integration.api.conftest import make_person

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.integration.api.conftest import LiveServer, Person


def note(server: LiveServer, person: Person, dollars: float, **fields: object) -> None:
    record = make_record(person.user.id, dollars=dollars, started_at=now(), **fields)
    server.call(server.runtime.meter.note(record))


@pytest.fixture
def admin(server: LiveServer) -> Iterator[Person]:
    """An administrator."""
    made = make_person(server, "admin")
    with made.client:
        yield made


def test_a_person_reads_the_persons_own_figures(
    server: LiveServer, person: Person, other: Person
) -> None:
    note(server, person, 0.25)
    note(server, other, 4)

    answer = person.client.get("/api/usage")

    assert answer.status_code == 200
    assert answer.json()["totals"]["cost_usd"] == 0.25
    assert answer.json()["until"] is None
    assert other.user.id not in answer.text


def test_everybodys_figures_are_for_administrators(
    server: LiveServer, person: Person, admin: Person
) -> None:
    note(server, person, 0.25)

    for path in ("/api/usage", "/api/usage.csv"):
        refused = person.client.get(path, params={"everybody": True})
        assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")

    answer = admin.client.get("/api/usage", params={"everybody": True}).json()
    mine = next(one for one in answer["by_person"] if one["key"] == person.user.id)
    assert (mine["label"], mine["cost_usd"]) == (person.user.email, 0.25)


def test_the_table_is_a_download(server: LiveServer, person: Person) -> None:
    note(server, person, 0.25, chain_id="one")

    answer = person.client.get("/api/usage.csv", params={"since": "2020-01-01"})

    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="usage.csv"'
    (row,) = csv.DictReader(answer.text.splitlines())
    assert (row["chain_id"], row["cost_usd"]) == ("one", "0.250000000")


@pytest.mark.parametrize(
    "query",
    [
        {"since": "yesterday"},
        {"since": "9999-12-31"},
        {"since": "2026-11-02", "until": "2026-11-01"},
        {"since": "0001-01-01T00:00:00+14:00"},
        {"until": "0001-01-01"},
    ],
)
def test_a_time_that_cannot_be_is_refused(person: Person, query: dict[str, str]) -> None:
    for path in ("/api/usage", "/api/usage.csv"):
        answer = person.client.get(path, params=query)

        assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")


def test_a_budget_is_set_read_and_taken_away(person: Person) -> None:
    path = f"/api/budgets/person/{person.user.id}/day"

    made = person.client.put(path, json={"limit_usd": 2.5})
    listed = person.client.get("/api/budgets").json()
    gone = person.client.delete(path)

    assert made.status_code == 200, made.text
    assert listed == [made.json()]
    assert (made.json()["limit_usd"], made.json()["state"]) == (2.5, "ok")
    assert gone.status_code == 204
    assert person.client.get("/api/budgets").json() == []
    assert person.client.delete(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "limit", "status"),
    [
        ("server/all/day", 1, 403),
        ("app/app_1/day", 1, 404),
        ("person/usr_nobody/day", 1, 404),
        ("planet/all/day", 1, 422),
        ("server/all/year", 1, 422),
        ("server/all/day", -1, 422),
        ("server/all/day", "1e400", 422),
        ("server/all/day", None, 422),
    ],
)
def test_what_cannot_be_capped_is_refused(
    person: Person, path: str, limit: object, status: int
) -> None:
    answer = person.client.put(f"/api/budgets/{path}", json={"limit_usd": limit})

    assert answer.status_code == status, answer.text


def test_an_administrator_caps_a_person_who_can_only_look(person: Person, admin: Person) -> None:
    path = f"/api/budgets/person/{person.user.id}/day"
    assert admin.client.put(path, json={"limit_usd": 0}).status_code == 200

    (seen,) = person.client.get("/api/budgets").json()

    assert (seen["set_by_admin"], seen["state"]) == (True, "exhausted")
    assert person.client.delete(path).status_code == 403
    assert admin.client.delete(path).status_code == 204


def test_the_ledger_of_the_server_keeps_to_a_budget_that_was_just_set(
    server: LiveServer, person: Person
) -> None:
    person.client.put(f"/api/budgets/person/{person.user.id}/day", json={"limit_usd": 0})
    request = ModelRequest(messages=(ModelMessage(role="user", text="hi"),))

    with pytest.raises(BudgetExhaustedError, match=r"Your budget for today \(\$0.00\) is used up"):
        server.call(
            server.runtime.meter.reserve(
                CallScope(owner_id=person.user.id), "openai/gpt-4o-mini", request
            )
        )


def test_nobody_reads_figures_without_a_credential(anybody: httpx.Client) -> None:
    for path in ("/api/usage", "/api/usage.csv", "/api/budgets"):
        assert anybody.get(path).status_code == 401
