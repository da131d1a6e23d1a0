"""Makes calls of models and what came of them, with defaults for all that does not matter."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from babble_app.schemas.calls import CallRecord, CallScope
from babble_app.schemas.models import ModelMessage, ModelRequest
from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 11, 15, 12, tzinfo=UTC)
"""When calls are made: no test stands on the border of a day by chance."""
PRICED = "custom/priced"
"""A token of an answer costs a dollar, so that every sum can be done in the head."""
UNPRICED = "custom/nobody-knows"
FREE = "custom/free"
PRICES = """{
    "custom/priced": {"input_per_million": 0, "output_per_million": 1000000},
    "custom/free": {"input_per_million": 0, "output_per_million": 0}
}"""


def write_prices(folder: Path) -> str:
    """Write the prices of the models above into a file and return its path."""
    path = folder / "prices.json"
    path.write_text(PRICES)
    return str(path)


def make_request(*, tokens: int = 1, text: str = "hi") -> ModelRequest:
    """Make a request whose longest answer has so many tokens; with PRICED it costs as many dollars."""
    message = ModelMessage(role="user", text=text)
    return ModelRequest(messages=(message,), max_output_tokens=tokens)


def make_record(owner_id: str, *, dollars: float | None = 1.0, **fields: Any) -> CallRecord:
    """Make the record of a call; the scope's fields may be given beside the record's own."""
    scope = {name: fields.pop(name) for name in list(fields) if name in CallScope.model_fields}
    plain = {
        "chain_id": "chain_1",
        "place": 1,
        "task": "answer",
        "model": PRICED,
        "served_model": "priced-2026",
        "outcome": "ok",
        "usage": Usage(input_tokens=10, output_tokens=2, cached_tokens=4, cost_usd=dollars),
        "latency_seconds": 2.0,
        "first_token_seconds": 0.5,
        "started_at": NOON,
    }
    return CallRecord(scope=CallScope(owner_id=owner_id, **scope), **{**plain, **fields})
