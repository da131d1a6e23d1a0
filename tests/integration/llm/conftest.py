"""What every test of the wires needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from babble_app.llm import litellm_client
from tests.fakes.model_server import ModelServer
from tests.integration.llm.clients import WIRES

IMPORT_SECONDS = 90

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@pytest.fixture(params=WIRES)
def wire(request: pytest.FixtureRequest) -> str:
    if request.param == "litellm":
        litellm_client.loading().result(
            IMPORT_SECONDS
        )  # once; its seconds are not the tests' deadlines'
    return request.param
