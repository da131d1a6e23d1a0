"""A `ModelClient` over a route: it falls back before the first token, races and hedges, and accounts for every call."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from babble_app.llm.call import Call, Order
from babble_app.llm.chain import Chain, run_beside
from babble_app.llm.choice import rank
from babble_app.llm.classifier import DEADLINE_SECONDS, Classifier
from babble_app.llm.rules import Decisions

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from babble_app.llm.chain import StartTask
    from babble_app.llm.client import ModelClient
    from babble_app.llm.health import Health
    from babble_app.llm.route import Meter, Route
    from babble_app.schemas.calls import CallScope
    from babble_app.schemas.models import ModelAnswer, ModelEvent, ModelMessage, ModelRequest
    from babble_app.schemas.profiles import Difficulty


@dataclass(frozen=True)
class RoutedClient:
    """The models of a route as one."""

    route: Route
    health: Health
    meter: Meter
    scope: CallScope
    start_task: StartTask = field(default=run_beside)
    """Runs what the answer does not wait for, such as the end of a race's loser."""
    judging_seconds: float = DEADLINE_SECONDS
    """How long an answer waits for the route's classifier."""
    _decisions: Decisions = field(default_factory=Decisions, init=False, repr=False, compare=False)

    @property
    def name(self) -> str:
        """The preferred model's; who really answered stands in `ModelDone.model`."""
        return self.route.affordable[0].info.id

    @property
    def sees_images(self) -> bool:
        """Whether one of the models sees: requests with images go to it."""
        return any(one.info.sees_images for one in self.route.affordable)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """Yield the answer of the first model that says something; see `ModelClient`.

        Raises:
            BudgetExhaustedError: there is no money for any of the models.
            BabbleError: none answered, or the one that had begun to broke off: no other is asked then.
        """
        call = await self._begin(request, streamed=True)
        assert call.source is not None
        try:
            for event in call.ahead:
                yield call.see(event)
            async for event in call.source:
                yield call.see(event)
        except BaseException as error:
            await call.end(error)
            raise
        await call.end()

    async def complete(self, request: ModelRequest) -> ModelAnswer:
        """Return the whole answer of the first model that gives one; raises as `stream` does."""
        call = await self._begin(request, streamed=False)
        await call.end()
        return call.whole()

    def count_tokens(self, messages: Sequence[ModelMessage]) -> int:
        """Estimate the prompt's tokens as the preferred model does, offline."""
        return self.route.affordable[0].open(False).count_tokens(messages)

    async def _begin(self, request: ModelRequest, *, streamed: bool) -> Call:
        route = self.route
        if route.rules:
            route = await self._decisions.route_for(request, route, self._judge)
        order = Order(request, self.scope, self.meter, f"chn_{uuid4().hex}", streamed)
        ranking = rank(request, route, self.health)
        chain = Chain(route, self.health, ranking, partial(Call, order), streamed=streamed)
        return await chain.begin(self.start_task)

    async def _judge(self, request: ModelRequest) -> Difficulty | None:
        if self.route.classifier is None:
            return None
        classifier = Classifier(
            self.route.classifier, self.health, self.meter, self.scope, self.judging_seconds
        )
        return await classifier.judge(request)


def _is_a_model_client(client: RoutedClient) -> ModelClient:
    """Let the type checker compare it with the port."""
    return client
