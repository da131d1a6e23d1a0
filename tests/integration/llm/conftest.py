"""What every test of the wires needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.model_server import ModelServer
from tests.integration.llm.clients import WIRES

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@pytest.fixture(params=WIRES)
def wire(request: pytest.FixtureRequest) -> str:
    return request.param
