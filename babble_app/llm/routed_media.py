"""A `MediaClient` over a route: falls back as answers do, and accounts for every picture and video."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from babble_app.llm.chain import Chain
from babble_app.llm.choice import by_health
from babble_app.llm.media import VIDEO_SECONDS
from babble_app.llm.media_call import MediaCall, MediaOrder

if TYPE_CHECKING:
    from babble_app.llm.health import Health
    from babble_app.llm.media import Made, MediaClient
    from babble_app.llm.route import Meter, Route
    from babble_app.schemas.calls import CallScope


@dataclass(frozen=True)
class RoutedMedia:
    """The models of a route as one, one after the other: two at once would be paid twice."""

    route: Route
    health: Health
    meter: Meter
    scope: CallScope

    @property
    def name(self) -> str:
        """The preferred model's; who really made it stands in `Made.model`."""
        return self.route.candidates[0].info.id

    async def generate_image(self, prompt: str, size: str = "") -> Made:
        """Return the picture of the first model that makes one; see `MediaClient`.

        Raises:
            BudgetExhaustedError: there is no money for any of the models.
            BabbleError: none made one.
        """
        return await self._make(prompt, size, 0)

    async def generate_video(
        self, prompt: str, size: str = "", seconds: int = VIDEO_SECONDS[0]
    ) -> Made:
        """Return a video; raises as `generate_image` does."""
        return await self._make(prompt, size, seconds)

    async def _make(self, prompt: str, size: str, seconds: int) -> Made:
        chain_id = f"chn_{uuid4().hex}"
        order = MediaOrder(prompt, size, seconds, self.scope, self.meter, chain_id)
        ranking = by_health(self.route, self.health, self.route.candidates)
        chain = Chain(self.route, self.health, ranking, partial(MediaCall, order))
        call = await chain.begin()
        await call.end()
        return call.whole()


def _is_a_media_client(client: RoutedMedia) -> MediaClient:
    """Let the type checker compare it with the port."""
    return client
