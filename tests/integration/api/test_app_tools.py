"""Functions of an app, as its owner's script sets and tries them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.api.app_people import make_host_app
from tests.integration.api.conftest import make_person

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.integration.api.conftest import LiveServer, Person

SECRET = "shop-secret-canary"
TOOL = {
    "name": "check_stock",
    "description": "How many are left",
    "parameters": {
        "type": "object",
        "properties": {"part": {"type": "string"}},
        "required": ["part"],
    },
    "method": "GET",
    "url": "https://shop.example/parts/{part}",
    "secret_headers": ["X-Key"],
}


@pytest.fixture
def person(server: LiveServer) -> Iterator[Person]:
    """Somebody without anything."""
    person = make_person(server)
    with person.client:
        yield person


@pytest.fixture
def address(server: LiveServer, person: Person) -> str:
    """The address of an app's functions."""
    host = make_host_app(server, person.user.id)
    host.client.close()
    return f"/api/apps/{host.app.id}/tools"


def put(client: httpx.Client, address: str, secrets: dict[str, Any], **fields: Any) -> Any:
    return client.put(
        address, json={"tools": [{**TOOL, **fields}], "secrets": {"check_stock": secrets}}
    )


def test_functions_are_set_and_listed_without_their_secrets(person: Person, address: str) -> None:
    put(person.client, address, {"X-Key": SECRET}).raise_for_status()
    kept = put(person.client, address, {}, description="Other words")

    listed = person.client.get(address)
    app = person.client.get(address.removesuffix("/tools"))

    assert kept.json() == listed.json() == [{**TOOL, "description": "Other words"}]
    assert SECRET not in kept.text + listed.text + app.text


def test_what_cannot_be_called_is_refused_in_words(person: Person, address: str) -> None:
    put(person.client, address, {"X-Key": SECRET}).raise_for_status()

    answers = [
        put(person.client, address, {"X-Key": ""}),
        put(person.client, address, {}, url="https://other.example/{part}"),
        put(person.client, address, {}, description="a\0b"),
        put(person.client, address, {}, name="check stock"),
    ]

    assert [answer.status_code for answer in answers] == [422] * 4
    assert [answer.json()["detail"] for answer in answers] == [
        "The value of X-Key must be 1 to 4,000 characters on one line.",
        "Give the value of the header X-Key of check_stock.",
        "A text holds characters that cannot be stored (NUL or a lone surrogate).",
        "check stock: a name has letters, digits and underscores, at most 64.",
    ]
    assert person.client.get(address).json() == [TOOL]


def test_a_trial_says_what_an_agent_would_be_told(person: Person, address: str) -> None:
    put(person.client, address, {"X-Key": SECRET}).raise_for_status()
    trial = f"{address}/check_stock/try"

    unfit = person.client.post(trial, json={"arguments": {}})
    refused = person.client.post(trial, json={"arguments": {"part": "bell"}})
    nothing = person.client.post(f"{address}/other/try", json={})

    assert (unfit.status_code, refused.status_code, nothing.status_code) == (422, 422, 404)
    assert "'part' is a required property" in unfit.json()["detail"]
    assert refused.json()["detail"] == "the workspace does not allow calls to shop.example"


def test_trials_are_limited(person: Person, address: str) -> None:
    put(person.client, address, {"X-Key": SECRET}).raise_for_status()

    statuses = [person.client.post(f"{address}/check_stock/try", json={}) for _ in range(31)]

    assert [answer.status_code for answer in statuses] == [422] * 30 + [429]
    assert statuses[-1].headers["retry-after"]
