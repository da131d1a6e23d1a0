"""What a chat is asked with: kind of work, model, what the next message is for, and the files that the models see."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

import reflex as rx

from babble_app.errors import BabbleError
from babble_app.schemas.events import Mode
from babble_app.services import chats, models, runtime
from babble_app.states.tab import own_tab, owner_of
from babble_app.states.toasts import toast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.chats import Chat
    from babble_app.schemas.profiles import Profile
    from babble_app.schemas.workspaces import File


@dataclass(frozen=True)
class FileChoice:
    """A file of the workspace, and whether this chat's models see it."""

    id: str
    name: str
    note: str
    chosen: bool
    readable: bool = True


@dataclass(frozen=True)
class ModelChoice:
    """A model that can be picked."""

    id: str
    title: str


@dataclass(frozen=True)
class Kind:
    """A kind of work that can be picked; without an id it is none."""

    id: str = ""
    name: str = "Anything"
    description: str = "Nothing in particular: your default model, without further tools."
    makes: Literal["text", "image", "video"] = "text"
    prefers: str = ""
    """Its models, the preferred first, in words."""


class ChoicesState(rx.State):
    """The choices below the composer."""

    model: str = ""
    """Empty: the one of the kind of work, else the person's default."""
    models: list[ModelChoice] = []
    default_model: str = ""
    kind: Kind = Kind()
    kinds: list[Kind] = [Kind()]
    mode: str = "auto"
    review: bool = False
    """Whether changes of the agent wait for the person's word."""
    files: list[FileChoice] = []
    chosen_count: int = 0
    readable_count: int = 0
    _chat: str = ""
    _unstored: dict[str, str] = {}
    """What was picked and may not be in the store yet: fields of the chat."""

    @rx.event(background=True)
    async def load_models(self) -> None:
        """List what can be picked; providers are asked, so the page does not wait for it."""
        async with self:
            owner_id = await owner_of(self)
            wanted = (self.model, self.default_model)
        found = await models.list_models(runtime.current(), owner_id)
        titles = {
            info.id: f"{info.title} ({info.note})" if info.note else info.title for info in found
        }
        async with own_tab(self, owner_id):
            for name in filter(None, wanted):
                titles.setdefault(name, name)
            self.models = [ModelChoice(id=name, title=title) for name, title in titles.items()]

    @rx.event(background=True)
    async def pick_model(self, model: str) -> None:
        """Use another model from the next message on."""
        async with self:
            owner_id, chat_id = await owner_of(self), self._chat
            self.model = model
            self._unstored = {**self._unstored, "model": model}
        change = chats.update_chat(runtime.current(), owner_id, chat_id, model=model)
        await self._try(owner_id, change, stores={"model": model})

    @rx.event(background=True)
    async def pick_profile(self, profile_id: str) -> None:
        """Say what kind of work the chat is for; empty: nothing in particular."""
        async with self:
            owner_id, chat_id = await owner_of(self), self._chat
            before = self.kind
            self.kind = next((kind for kind in self.kinds if kind.id == profile_id), before)
            profile_id = self.kind.id
            self._unstored = {**self._unstored, "profile": profile_id}
        change = chats.update_chat(runtime.current(), owner_id, chat_id, profile=profile_id)
        if not await self._try(owner_id, change, stores={"profile": profile_id}):
            async with own_tab(self, owner_id):
                self.kind = before

    @rx.event
    def pick_mode(self, mode: str) -> None:
        """Say whether the next message is for the agent, for the chat, or for triage to tell."""
        self.mode = mode if mode in get_args(Mode) else "auto"

    @rx.event(background=True)
    async def choose_review(self, chosen: bool) -> None:
        """Let changes wait for a word before they are saved, or save them at once."""
        async with self:
            owner_id, chat_id = await owner_of(self), self._chat
            self.review = chosen
        change = chats.update_chat(runtime.current(), owner_id, chat_id, review_changes=chosen)
        await self._try(owner_id, change)

    @rx.event(background=True)
    async def choose_file(self, file_id: str, chosen: bool) -> None:
        """Let the chat's models see a file, or no longer."""
        async with self:
            owner_id, chat_id = await owner_of(self), self._chat
            wanted = {item.id for item in self.files if item.chosen}
        wanted = wanted | {file_id} if chosen else wanted - {file_id}
        change = chats.choose_files(runtime.current(), owner_id, chat_id, sorted(wanted))
        await self._try(owner_id, change)

    @rx.event(background=True)
    async def choose_all_files(self) -> None:
        """Let the chat's models see every file that can be read."""
        async with self:
            owner_id, chat_id = await owner_of(self), self._chat
            wanted = [item.id for item in self.files if item.readable]
        await self._try(owner_id, chats.choose_files(runtime.current(), owner_id, chat_id, wanted))

    async def _try(
        self, owner_id: str, change: Awaitable[Chat], *, stores: Mapping[str, str] | None = None
    ) -> bool:
        """Carry out a change of the chat and show it, or say why it was refused."""
        problem, chat = "", None
        try:
            chat = await change
        except BabbleError as error:
            problem = str(error)
        async with own_tab(self, owner_id):
            done = dict(stores or {}).items()
            # What was picked meanwhile is still on its way.
            self._unstored = {
                name: value for name, value in self._unstored.items() if (name, value) not in done
            }
            if chat is None:
                await toast(self, problem, "bad")
                return False
            self.review = chat.review_changes
            self._mark_files(set(chat.file_ids))
        return True

    def _show(
        self,
        chat: Chat,
        files: Sequence[File],
        default_model: str,
        profiles: Sequence[Profile],
    ) -> None:
        self._chat, self._unstored = chat.id, {}
        self.model, self.default_model, self.review = chat.model, default_model, chat.review_changes
        known = {choice.id for choice in self.models}
        self.models += [
            ModelChoice(id=name, title=name)
            for name in dict.fromkeys((chat.model, default_model))
            if name and name not in known
        ]
        self.kinds = [Kind(), *map(kind_of, profiles)]
        self.kind = next((kind for kind in self.kinds if kind.id == chat.profile), self.kinds[0])
        self.files = [_file_choice(file) for file in files]
        self.readable_count = sum(item.readable for item in self.files)
        self._mark_files(set(chat.file_ids))

    def _mark_files(self, chosen: set[str]) -> None:
        self.files = [replace(item, chosen=item.id in chosen) for item in self.files]
        self.chosen_count = sum(item.chosen for item in self.files)


async def show_choices(
    state: rx.State,
    chat: Chat,
    files: Sequence[File],
    default_model: str,
    profiles: Sequence[Profile] = (),
) -> None:
    """Show the choices of a chat; called while the tab is held."""
    choices = await state.get_state(ChoicesState)
    choices._show(chat, files, default_model, profiles)  # noqa: SLF001 - underscore: not callable from outside  # pyright: ignore[reportPrivateUsage]


def kind_of(profile: Profile) -> Kind:
    """Return the profile as the picker shows it."""
    return Kind(
        id=profile.id,
        name=profile.name,
        description=profile.description,
        makes=profile.makes,
        prefers=", then ".join(profile.models[:3]),
    )


def _file_choice(file: File) -> FileChoice:
    readable = file.status != "unreadable"
    return FileChoice(file.id, file.name, _note(file), chosen=False, readable=readable)


def _note(file: File) -> str:
    if file.status == "unreadable":
        return file.reason
    pages = f"{file.page_count} pages, " if file.page_count > 1 else ""
    return f"{pages}{max(1, file.size_bytes // 1024):,} KB"
