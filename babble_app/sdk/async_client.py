"""The client for programs with an event loop; method by method the one of `client.py`."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from babble_app.sdk import calls
from babble_app.sdk.carriers import AsyncCarrier
from babble_app.sdk.configuration import configure
from babble_app.sdk.conversation import Conversation
from babble_app.sdk.flows import fetch, follow
from babble_app.sdk.shapes import Answer

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from datetime import datetime
    from pathlib import Path
    from typing import Self, Unpack

    from babble_app.sdk.calls import Call, Question, StreamQuestion
    from babble_app.sdk.configuration import Options
    from babble_app.sdk.shapes import (
        BrainEvent,
        Message,
        Opening,
        Rating,
        SessionFacts,
        Stats,
        UploadedFile,
    )

T = TypeVar("T")


class AsyncBrainClient:
    """Talks to an app of a Babble server, or to one in this process; may be shared by tasks.

    `async with AsyncBrainClient(...) as brain:` closes it; every method raises BrainError.
    """

    def __init__(self, app_type: str = "chatbot", **options: Unpack[Options]) -> None:
        """Set the client up; nothing is connected or opened yet.

        Args:
            app_type: The kind of work (`chatbot`, `coder`, `research`, `tutor`...) in this process. A server's app is the
                token's, whose kind its owner has chosen: there it has no meaning.
            options: See `Options`.
        """
        self._configuration = configure(app_type, options)
        http = httpx.AsyncClient(
            base_url=self._configuration.base_url,
            headers=self._configuration.headers,
            transport=self._configuration.in_process,
        )
        self._carrier = AsyncCarrier(http)

    async def ask(self, message: str, **question: Unpack[Question]) -> str:
        """Return the answer's text."""
        return (await self.chat(message, **question)).response

    async def chat(self, message: str, **question: Unpack[Question]) -> Answer:
        """Return the whole answer with all its facts."""
        return await self._fetch(calls.ask(message, question))

    def stream(
        self, message: str, **question: Unpack[StreamQuestion]
    ) -> AsyncGenerator[BrainEvent]:
        """Yield the answer as it is made; after a broken connection it goes on where it was."""
        settings = self._configuration
        flow = follow(calls.stream(message, question), settings.timeouts, settings.tries())
        return self._carrier.results(flow)

    def session(
        self, session_id: str = "", *, context: Mapping[str, Any] | None = None, user: str = ""
    ) -> AsyncSession:
        """Return a conversation that keeps its id; with an id, one that goes on."""
        return AsyncSession(self, session_id, context=context, user=user)

    async def open_session(
        self, *, context: Mapping[str, Any] | None = None, user: str = ""
    ) -> Opening:
        """Begin a conversation, and return what the agent says first."""
        return await self._fetch(calls.open_session(context, user))

    async def list_sessions(self, *, user: str = "", limit: int = 50) -> tuple[SessionFacts, ...]:
        """Return the app's conversations (of one user), the last touched first; not where pages may use the app."""
        return await self._fetch(calls.list_sessions(user, limit))

    async def history(
        self, session_id: str, *, limit: int = 50, before: str = ""
    ) -> tuple[Message, ...]:
        """Return the newest messages (before the one with this id), the oldest of them first."""
        return await self._fetch(calls.list_messages(session_id, limit=limit, before=before))

    async def clear(self, session_id: str) -> None:
        """Delete what was said; the conversation may go on from its beginning."""
        await self._fetch(calls.clear(session_id))

    async def stop(self, session_id: str) -> None:
        """End the answer that is being made; what has arrived stays."""
        await self._fetch(calls.stop(session_id))

    async def upload(
        self, session_id: str, file: Path | str | bytes, *, name: str = ""
    ) -> UploadedFile:
        """Give a file (its path, or its bytes with a name) to a conversation."""
        return await self._fetch(await asyncio.to_thread(calls.upload, session_id, file, name))

    async def send_tool_result(
        self, session_id: str, call_id: str, result: Any, *, ok: bool = True
    ) -> None:
        """Answer a tool event that was `wanted`, in words or as JSON; the agent waits for it."""
        await self._fetch(calls.send_tool_result(session_id, call_id, result, ok=ok))

    async def feedback(self, message: Answer | str, rating: Rating, comment: str = "") -> None:
        """Say whether an answer (or the message with this id) was good."""
        message_id = message.message_id if isinstance(message, Answer) else message
        await self._fetch(calls.rate(message_id, rating, comment))

    async def get_stats(
        self, *, since: datetime | None = None, until: datetime | None = None
    ) -> Stats:
        """Return the app's own figures, of the last 30 days where nothing else is said."""
        return await self._fetch(calls.get_stats(since, until))

    async def aclose(self) -> None:
        """Close all connections, and what was opened in this process."""
        await self._carrier.http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _fetch(self, call: Call[T]) -> T:
        settings = self._configuration
        return await self._carrier.run(fetch(call, settings.timeouts, settings.tries()))


class AsyncSession(Conversation):
    """One conversation; its id is known after the first answer."""

    def __init__(
        self,
        client: AsyncBrainClient,
        session_id: str = "",
        *,
        context: Mapping[str, Any] | None = None,
        user: str = "",
    ) -> None:
        super().__init__(session_id, context=context, user=user)
        self._client = client

    async def open(self) -> Opening:
        """Begin it, and return what the agent says first."""
        opening = await self._client.open_session(context=self.context, user=self.user)
        self.id = opening.session_id
        return opening

    async def ask(self, message: str, **question: Unpack[Question]) -> str:
        """Return the answer's text."""
        return (await self.chat(message, **question)).response

    async def chat(self, message: str, **question: Unpack[Question]) -> Answer:
        """Return the whole answer with all its facts."""
        answer = await self._client.chat(message, **self.complete(question))
        self.id = answer.session_id
        return answer

    async def stream(
        self, message: str, **question: Unpack[StreamQuestion]
    ) -> AsyncGenerator[BrainEvent]:
        """Yield the answer as it is made."""
        async with aclosing(self._client.stream(message, **self.complete(question))) as events:
            async for event in events:
                self.note(event)
                yield event

    async def history(self, *, limit: int = 50, before: str = "") -> tuple[Message, ...]:
        """Return the newest messages (before the one with this id), the oldest of them first."""
        return await self._client.history(self.id, limit=limit, before=before) if self.id else ()

    async def clear(self) -> None:
        """Delete what was said; the next message begins anew, under the same id."""
        if self.id:
            await self._client.clear(self.id)

    async def stop(self) -> None:
        """End the answer that is being made; what has arrived stays."""
        await self._client.stop(self.id)

    async def upload(self, file: Path | str | bytes, *, name: str = "") -> UploadedFile:
        """Give a file (its path, or its bytes with a name) to the conversation."""
        if not self.id:
            await self.open()
        return await self._client.upload(self.id, file, name=name)

    async def send_tool_result(self, call_id: str, result: Any, *, ok: bool = True) -> None:
        """Answer a tool event that was `wanted`, in words or as JSON; the agent waits for it."""
        await self._client.send_tool_result(self.id, call_id, result, ok=ok)
