"""A server whose ledger has prices that are easy to add up, at noon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from babble_app.services.meter import Ledger
from tests.call_factories import NOON, write_prices
from tests.conftest import make_settings
from tests.integration.services.meter.ledgers import Clock

if TYPE_CHECKING:
    from pathlib import Path

    from babble_app.services.runtime import Runtime
    from babble_app.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, database_address: str) -> Settings:
    """A server whose operator named prices that are easy to add up."""
    return make_settings(
        tmp_path, DATABASE_URL=database_address, BABBLE_PRICES_FILE=write_prices(tmp_path)
    )


@pytest.fixture
async def rt(rt: Runtime) -> Runtime:
    """A server at noon."""
    rt.meter = Ledger(rt.database, rt.writer, clock=Clock(NOON))
    return rt
