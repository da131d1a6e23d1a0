"""Settings about kinds of work: the list of them, and deleting one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import reflex as rx

from babble_app.errors import BabbleError
from babble_app.services import profiles, runtime, web_search
from babble_app.states.session import get_user
from babble_app.states.toasts import toast
from babble_app.states.words import count_words, money_words

if TYPE_CHECKING:
    from reflex.state import BaseState

    from babble_app.schemas.profiles import Profile

TOOL_WORDS = {"code": "code", "web": "web", "deep": "deep search", "think": "thinking"}


@dataclass(frozen=True)
class ProfileRow:
    """A kind of work in the list."""

    id: str = ""
    name: str = ""
    description: str = ""
    builtin: bool = False
    models: str = ""
    """In words, the preferred first."""
    uses: str = ""
    """Its tools and manners, in words."""


class ProfilesState(rx.State):
    """The kinds of work that come with Babble, and the person's own."""

    builtin: list[ProfileRow] = []
    own: list[ProfileRow] = []
    web_missing: str = ""
    """The environment variable without which there is no web here."""
    leaving: ProfileRow = ProfileRow()
    """The one that is asked about before it is deleted."""

    @rx.event
    async def load(self) -> None:
        """Show the list."""
        await load_profiles(self)

    @rx.event
    def ask_delete(self, profile_id: str) -> None:
        """Ask whether it shall really go."""
        self.leaving = next((row for row in self.own if row.id == profile_id), ProfileRow())

    @rx.event
    def cancel_delete(self) -> None:
        """Keep it."""
        self.leaving = ProfileRow()

    @rx.event
    async def delete_profile(self) -> None:
        """Delete it; chats that had it have none then."""
        user, row = await get_user(self), self.leaving
        if not row.id:
            return
        self.leaving = ProfileRow()
        try:
            await profiles.delete_profile(runtime.current(), user.id, row.id)
        except BabbleError as error:
            await toast(self, str(error), "bad")
        else:
            await toast(self, f"Deleted {row.name}.", "good")
        await load_profiles(self)


async def load_profiles(state: BaseState) -> None:
    """Read the list again."""
    rt, user = runtime.current(), await get_user(state)
    shown = await state.get_state(ProfilesState)
    rows = [profile_row(profile) for profile in await profiles.list_profiles(rt, user.id)]
    shown.builtin = [row for row in rows if row.builtin]
    shown.own = [row for row in rows if not row.builtin]
    shown.web_missing = web_search.unset_variable(rt)


def profile_row(profile: Profile) -> ProfileRow:
    """Return the profile as the list shows it."""
    return ProfileRow(
        id=profile.id,
        name=profile.name,
        description=profile.description,
        builtin=profile.builtin,
        models=", then ".join(profile.models) or "your default model",
        uses=" · ".join(_uses(profile)),
    )


def _uses(profile: Profile) -> list[str]:
    if profile.makes != "text":
        return ["makes pictures" if profile.makes == "image" else "makes videos"]
    words = [", ".join(TOOL_WORDS[tool] for tool in profile.tools) or "no tools"]
    if profile.temperature is not None:
        words.append(f"temperature {profile.temperature:g}")
    if profile.max_output_tokens is not None:
        words.append(f"at most {profile.max_output_tokens:,} tokens")
    if profile.rules:
        words.append(count_words(len(profile.rules), "rule"))
    if profile.max_usd_per_million is not None:
        words.append(f"at most {money_words(profile.max_usd_per_million)} a million tokens")
    if profile.cheapest_first:
        words.append("the cheapest first")
    if profile.racing:
        words.append("asks two at once")
    if profile.hedging:
        words.append("asks a second when the first is slow")
    return [*words, *_cache_words(profile.cache_minutes)]


def _cache_words(minutes: int | None) -> list[str]:
    if minutes is None:
        return []
    return [f"gives answers again for {minutes} minutes" if minutes else "gives no answer again"]
