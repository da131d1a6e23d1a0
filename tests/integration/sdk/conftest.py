"""A real server whose demo model answers at once, and people with apps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.api.app_people import make_host_app
from tests.integration.api.conftest import make_person, make_settings, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.api.app_people import HostApp
    from tests.integration.api.conftest import LiveServer, Person


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The server of all tests of this folder."""
    with serve(make_settings(tmp_path_factory.mktemp("data"))) as live:
        yield live


@pytest.fixture
def person(server: LiveServer) -> Iterator[Person]:
    """Somebody with a fresh account."""
    made = make_person(server)
    with made.client:
        yield made


@pytest.fixture
def host(server: LiveServer, person: Person) -> Iterator[HostApp]:
    """An app of the plain assistant."""
    made = make_host_app(server, person.user.id)
    with made.client:
        yield made
