"""Folds the events of an answer into the reply that host apps get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app import errors
from babble_app.errors import BabbleError, RunInterruptedError
from babble_app.schemas.events import Citation, MessageDone, RunFailed, RunStopped, StateChanged
from babble_app.schemas.visits import ChatReply, ReplyCitation, ReplyUsage
from babble_app.services.visit_turns import ENDED, HANDED_OVER, HUMAN

if TYPE_CHECKING:
    from babble_app.schemas.events import RunEvent
    from babble_app.services.visits import VisitRun


_SPENT = "This assistant has used up what it may spend for now. Please try again later."
_NOT_SET_UP = "This assistant cannot answer at the moment: its owner has to look after the model that it uses."
_TO_VISITORS = {
    "budget_exhausted": _SPENT,
    "price_unknown": _NOT_SET_UP,
    "model_unavailable": _NOT_SET_UP,
    "provider_key_refused": _NOT_SET_UP,
}
"""What visitors are told by an error's code, where its message is for the owner: it names budgets, settings and keys."""


class ReplyBuilder:
    """Takes in one event after the other; `reply` is there when the answer is whole."""

    def __init__(self, run: VisitRun) -> None:
        """Begin with nothing."""
        self.run = run
        self.reply: ChatReply | None = None
        self._citations: list[ReplyCitation] = []
        self._has_ended = False
        self._has_human = False

    def take(self, event: RunEvent) -> None:
        """Take an event in.

        Raises:
            BabbleError: the run failed or was stopped.
        """
        match event:
            case Citation():
                self._citations.append(reply_citation(event))
            case StateChanged():
                is_handed_over = event.name == HUMAN or (event.name, event.detail) == HANDED_OVER
                self._has_human = self._has_human or is_handed_over
                self._has_ended = self._has_ended or (event.name == ENDED and not is_handed_over)
            case MessageDone():
                self.reply = self._built(event)
            case RunFailed():
                words = _TO_VISITORS.get(event.code, event.message)
                raise failure_of(event.model_copy(update={"message": words}))
            case RunStopped():
                raise RunInterruptedError("The answer was stopped.")
            case _:
                pass

    def _built(self, event: MessageDone) -> ChatReply:
        usage = event.usage
        return ChatReply(
            response=event.text,
            session_id=self.run.session_id,
            message_id=event.message_id,
            agent_version=self.run.version_number,
            model=event.model,
            cached=event.cached,
            usage=ReplyUsage(
                input_tokens=usage.input_tokens,
                output_tokens=usage.output_tokens,
                cost_usd=usage.cost_usd,
            ),
            citations=tuple(self._citations),
            ended=self._has_ended,
            human=self._has_human,
        )


def reply_citation(event: Citation) -> ReplyCitation:
    """Return the citation without ids of the workspace."""
    return ReplyCitation(
        number=event.number, file=event.file, page=event.page, quote=event.quote, url=event.url
    )


def failure_of(event: RunFailed) -> BabbleError:
    """Return the error that ended a run, with the status of its kind."""
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, BabbleError) and kind.code == event.code:
            error = BabbleError(event.message)
            error.code, error.status, error.retryable = kind.code, kind.status, event.retryable
            return error
    return BabbleError(event.message)
