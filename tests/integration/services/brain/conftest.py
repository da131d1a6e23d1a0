"""A whole server's parts on one kind of database, whose models are behind real sockets and have prices that are easy to add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import make_settings
from tests.integration.services.brain.brains import write_cents

if TYPE_CHECKING:
    from pathlib import Path

    from babble_app.settings import Settings
    from tests.databases import Source


@pytest.fixture
def source(sqlite: Source) -> Source:
    """One kind of database: what is stored of calls is tested on both elsewhere."""
    return sqlite


@pytest.fixture
def settings(tmp_path: Path, database_address: str) -> Settings:
    """A server whose operator named prices in tenths of a cent."""
    return make_settings(
        tmp_path, DATABASE_URL=database_address, BABBLE_PRICES_FILE=write_cents(tmp_path)
    )
