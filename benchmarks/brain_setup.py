"""What the parts of `benchmarks/brain.py` share: a server's parts on SQLite, clients over loopback servers, and figures with bars."""

from __future__ import annotations

import asyncio
import itertools
import json
import math
import statistics
import tempfile
import time
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from babble_app.llm import litellm_client, model_table, tokens
from babble_app.llm.credentials import Credential
from babble_app.llm.health import Health
from babble_app.llm.route import Route
from babble_app.llm.routed import RoutedClient
from babble_app.schemas.calls import CallScope
from babble_app.schemas.models import ModelMessage, ModelRequest
from babble_app.services import budgets, models
from babble_app.services.startup import serving
from babble_app.settings import Settings
from babble_app.store.tables.accounts import UserRow

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from babble_app.llm.client import ModelClient
    from babble_app.llm.route import Candidate
    from babble_app.services.runtime import Runtime

INPUT_NANO, OUTPUT_NANO = 1_000, 4_000
"""What a token costs, in billionths of a dollar."""
NAMES = ("short", "echo", "refused", "paced-250", "burst-2000")
_numbers = itertools.count()


@dataclass(frozen=True)
class Bench:
    """A running server's parts, and whose account it all is on."""

    rt: Runtime
    owner_id: str

    def candidate(self, name: str, url: str) -> Candidate:
        """Return one of the loopback server's models as a route has it."""
        return self.rt.models.candidate(f"custom/{name}", _credential(url))

    def direct(self, name: str, url: str) -> ModelClient:
        """Open a model past routing, ledger and cache."""
        return self.rt.models.open(f"custom/{name}", _credential(url))

    def routed(self, name: str, url: str, *, fresh: bool = False) -> ModelClient:
        """Open a model as runs do."""
        return models.open_route(
            self.rt, Route((self.candidate(name, url),)), self.scope, fresh=fresh
        )

    def along(self, *candidates: Candidate, racing: bool = False) -> ModelClient:
        """Open a route whose models nobody knows anything bad of yet."""
        route = Route(candidates, racing=racing)
        return RoutedClient(route, Health(), self.rt.meter, self.scope, self.rt.start_task)

    @property
    def scope(self) -> CallScope:
        """Whose calls they are."""
        return CallScope(owner_id=self.owner_id)


@asynccontextmanager
async def bench() -> AsyncGenerator[Bench]:
    """Open a server in a temporary folder, with prices, a budget that suffices, and everything slow loaded."""
    with tempfile.TemporaryDirectory() as folder:
        price = {
            "input_per_million": INPUT_NANO / 1_000,
            "output_per_million": OUTPUT_NANO / 1_000,
        }
        prices = Path(folder) / "prices.json"
        prices.write_text(json.dumps({f"custom/{name}": price for name in NAMES}))
        values = {"DATABASE_URL": "", "BABBLE_PRICES_FILE": str(prices)}
        settings = Settings(_env_file=None, BABBLE_DATA_DIR=folder, **values)  # pyright: ignore[reportCallIssue]
        async with serving(settings) as rt:
            await asyncio.wrap_future(litellm_client.loading())
            model_table.load()
            tokens.encoding()
            row = UserRow(email="bench@example.com", name="B", role="admin", password_hash="!")
            async with rt.database.unit_of_work() as db:
                db.add(row)
            await budgets.set_budget(rt, row.id, "person", row.id, "month", limit_usd=10_000)
            await budgets.set_budget(rt, row.id, "server", "all", "month", limit_usd=10_000)
            yield Bench(rt, row.id)


def ask(text: str) -> ModelRequest:
    """Make a request of one message."""
    return ModelRequest(messages=(ModelMessage(role="user", text=text),))


def question() -> str:
    """Return one that was never asked before."""
    return f"question {next(_numbers)}"


async def times(client: ModelClient, request: ModelRequest) -> tuple[float, float]:
    """Stream an answer; return the seconds to its first piece and to its end."""
    began = time.perf_counter()
    first = 0.0
    async with aclosing(client.stream(request)) as events:
        async for event in events:
            if not first and event.type == "text":
                first = time.perf_counter() - began
    return first, time.perf_counter() - began


def median_ms(seconds: Sequence[float]) -> float:
    """Return the median in ms."""
    return statistics.median(seconds) * 1e3


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of them do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def show(name: str, value: float, unit: str, *, bar: float | None = None, note: str = "") -> None:
    """Print a figure, and whether it is within its bar."""
    verdict = "" if bar is None else f"bar {bar:g}: {'ok' if value <= bar else 'MISSED'}"
    print(f"{name:58} {value:10.3f} {unit:5} {verdict:18} {note}", flush=True)


def judge(name: str, *, holds: bool, note: str) -> None:
    """Print whether a promise is kept."""
    print(f"{name:58} {'ok' if holds else 'MISSED':6} {note}", flush=True)


def rss_mb() -> float:
    """Return this process's resident memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def _credential(url: str) -> Credential:
    return Credential(SecretStr("sk-bench"), url)
