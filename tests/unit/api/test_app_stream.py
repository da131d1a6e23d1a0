"""What host apps and visitors see of a run's events, and what they do not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.api._app_stream import AppFrames
from babble_app.schemas.events import NumberedEvent, RunFailed, ToolAnswered, ToolCalled
from babble_app.services.visits import VisitRun

if TYPE_CHECKING:
    from babble_app.schemas.events import RunEvent


def frames_of(*events: RunEvent) -> list[dict[str, Any]]:
    """Return the data of the events' frames."""
    frames = AppFrames(VisitRun("run_1", "s_1", None))
    numbered = [
        NumberedEvent(seq=seq, at=datetime.now(UTC), event=event)
        for seq, event in enumerate(events, 1)
    ]
    written = b"".join(frames.frame(one) for one in numbered).decode()
    lines = [line for line in written.splitlines() if line.startswith("data: ")]
    return [json.loads(line.removeprefix("data: ")) for line in lines]


@pytest.mark.parametrize(("by_page", "summary"), [(False, ""), (True, '{"left":7}')])
@pytest.mark.parametrize("ok", [True, False])
def test_what_an_apps_function_answers_is_not_the_visitors_to_see(
    by_page: bool, summary: str, ok: bool
) -> None:
    called = ToolCalled(call_id="call_1", name="stock", arguments={"id": 1}, by_page=by_page)
    answered = ToolAnswered(call_id="call_1", name="stock", ok=ok, summary='{"left":7}')

    data = frames_of(called.model_copy(update={"by_page": not by_page}), called, answered)

    assert data[-1]["summary"] == summary
    assert ("arguments" in data[1]) is by_page


@pytest.mark.parametrize(
    "code", ["budget_exhausted", "price_unknown", "model_unavailable", "provider_key_refused"]
)
def test_what_only_the_owner_can_mend_is_said_to_visitors_in_other_words(code: str) -> None:
    message = "This app's budget for 1 December ($5.00) is used up. You can raise it yourself."

    (data,) = frames_of(RunFailed(code=code, message=message, retryable=False))

    assert data["code"] == code
    assert data["detail"].startswith("This assistant ")
    assert "$" not in data["detail"]
