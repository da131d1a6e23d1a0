"""The page of an app's conversations with visitors: which ones are listed, and that it keeps up with what happens."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Literal
from urllib.parse import urlencode

import reflex as rx

from babble_app.errors import BabbleError, NotFoundError
from babble_app.schemas.conversations import ConversationFilter, ConversationPage
from babble_app.services import apps, runtime, visit_desk
from babble_app.states.session import get_user
from babble_app.states.shell import fill_shell, show_waiting
from babble_app.states.tab import own_tab, owner_of, tab_is_open
from babble_app.states.toasts import toast
from babble_app.states.unanswered import show_unanswered
from babble_app.states.visit import close_visit, paint_visit, read_visit, show_visit
from babble_app.states.visit_views import VisitRow, visit_row

PAGE_ROWS = 30
PRESENCE_SECONDS = 5.0
"""How often a page on which nothing happens is looked at: whether it is still there."""
CALM_SECONDS = 0.25
"""Between two repaints."""
Show = Literal["all", "waiting", "down"]
MAX_SEARCH_CHARS = 200


class VisitsState(rx.State):
    """The list, and what is looked for."""

    status: Literal["loading", "ready", "missing"] = "loading"
    app: str = ""
    app_name: str = ""
    has_agent: bool = False
    view: Literal["talks", "unanswered"] = "talks"
    rows: list[VisitRow] = []
    has_more: bool = False
    is_cut: bool = False
    """Whether there are more than the page shows at most."""
    show: Show = "all"
    channel: Literal["", "production", "staging"] = ""
    version: int = 0
    """Number of the version; 0: any."""
    search: str = ""
    versions: list[int] = []
    can_narrow: bool = False
    """Whether there is more than one version or channel to choose from."""
    query: str = ""
    """The filter as the query of a download."""
    erasing: int = 0
    """How many conversations the question is about whether they shall be erased; 0: nothing is asked."""
    _limit: int = PAGE_ROWS
    _erase: list[str] = []

    @rx.event
    async def load(self) -> rx.event.EventCallback[()] | None:
        """Show the conversations of the app that the address names, and the one that it names in `c`."""
        wanted = str(self.router.url.path).removeprefix("/apps/").partition("/")[0]
        if wanted != self.app:
            self.reset()
            await close_visit(self)
        rt, user = runtime.current(), await get_user(self)
        try:
            app = await apps.get_app(rt, user.id, wanted)
        except NotFoundError:
            await fill_shell(self, workspace_id="", title="Conversations")
            self.reset()
            self.status = "missing"
            return None
        await fill_shell(self, workspace_id=app.workspace_id, title="Conversations")
        self.app, self.app_name, self.has_agent = app.id, app.name, app.agent_id is not None
        self.versions = await visit_desk.list_versions(rt, user.id, app.id)
        await show_visit(self, app.id, str(self.router.url.query_parameters.get("c", "")))
        await self._refresh()
        self.status = "ready"
        if self.view == "unanswered":
            await show_unanswered(self, app.id)
        return VisitsState.follow

    @rx.event(background=True, supersedes=True)
    async def follow(self) -> None:
        """Show what happens in the app's conversations as it happens, until the page is left."""
        rt = runtime.current()
        async with self:
            owner_id, app = await owner_of(self), self.app
        with rt.visit_feed.watching(app) as news:
            news.set()  # what happened since the page was loaded
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), PRESENCE_SECONDS)
                async with own_tab(self, owner_id):
                    wanted, limit = self._filter(), self._limit
                    if not tab_is_open(self) or not self._is_here(app):
                        return
                if news.is_set():
                    news.clear()
                    try:
                        page = await visit_desk.list_conversations(
                            rt, owner_id, app, wanted, limit=limit
                        )
                    except BabbleError:  # the app is gone, or the database: the next look will tell
                        continue
                    opened = await read_visit(self, owner_id, app)
                    async with own_tab(self, owner_id):
                        if self._is_here(app) and wanted == self._filter():
                            self._paint(page)
                            await paint_visit(self, opened)
                            await show_waiting(self)
                    await asyncio.sleep(CALM_SECONDS)

    @rx.event
    async def pick_view(self, tab: str) -> None:
        """Show the conversations, or the questions that were not answered."""
        await get_user(self)
        self.view = "unanswered" if tab == "unanswered" else "talks"
        if self.view == "unanswered":
            await show_unanswered(self, self.app)

    @rx.event
    async def pick_show(self, choice: str) -> None:
        """List all, those in which a visitor waits for a person, or those with an answer that was rated down."""
        self.show = "waiting" if choice == "waiting" else "down" if choice == "down" else "all"
        await self._refresh()

    @rx.event
    async def pick_channel(self, choice: str) -> None:
        """List those of one channel only."""
        known: dict[str, Literal["production", "staging"]] = {
            "production": "production",
            "staging": "staging",
        }
        self.channel = known.get(choice, "")
        await self._refresh()

    @rx.event
    async def pick_version(self, choice: str) -> None:
        """List those of one version of the agent only."""
        number = int(choice) if choice.isdecimal() and len(choice) < 10 else 0
        self.version = number if number in self.versions else 0
        await self._refresh()

    @rx.event
    async def look_for(self, text: str) -> None:
        """List those in which the text stands."""
        self.search = text[:MAX_SEARCH_CHARS].replace("\0", "")
        await self._refresh()

    @rx.event
    async def show_more(self) -> None:
        """Make the list longer."""
        await get_user(self)
        self._limit = min(self._limit + PAGE_ROWS, visit_desk.MAX_LISTED)
        await self._refresh()

    @rx.event
    def ask_erase_all(self) -> None:
        """Ask whether the listed conversations shall really be erased."""
        self._erase = [row.id for row in self.rows]
        self.erasing = len(self._erase)

    @rx.event
    def keep_all(self) -> None:
        """Erase nothing."""
        self.erasing, self._erase = 0, []

    @rx.event
    async def erase_all(self) -> None:
        """Erase the conversations that were asked about."""
        user, ids = await get_user(self), self._erase
        self.erasing, self._erase = 0, []
        if not ids:
            return
        try:
            await visit_desk.delete_conversations(runtime.current(), user.id, self.app, ids)
        except BabbleError as error:
            await toast(self, str(error), "bad")
        else:
            await toast(self, f"Erased {len(ids)} conversations.")
        await self._refresh()
        await show_visit(self, self.app, "")

    async def _refresh(self) -> None:
        user = await get_user(self)
        if not self.app:
            return
        page = await visit_desk.list_conversations(
            runtime.current(), user.id, self.app, self._filter(), limit=self._limit
        )
        self._paint(page)

    def _paint(self, page: ConversationPage) -> None:
        rows = [visit_row(one) for one in page.items]
        if rows != self.rows:
            self.rows = rows
        several = len(self.versions) > 1 or any(row.staging for row in rows)
        self.can_narrow = self.can_narrow or several
        self.has_more = bool(page.next) and self._limit < visit_desk.MAX_LISTED
        self.is_cut = bool(page.next) and not self.has_more
        self.query = _query(self._filter())

    def _filter(self) -> ConversationFilter:
        return ConversationFilter(
            channel=self.channel or None,
            version=self.version or None,
            rating="down" if self.show == "down" else None,
            waiting=self.show == "waiting",
            search=self.search,
        )

    def _is_here(self, app: str) -> bool:
        """Whether the tab still shows this page, of this app; without a browser, as in tests, it does."""
        path = str(self.router.url.path).strip("/")
        return self.app == app and (not path or path == f"apps/{app}/conversations")


def _query(wanted: ConversationFilter) -> str:
    given = wanted.model_dump(exclude_defaults=True)
    return f"?{urlencode(given)}" if given else ""
