"""Settings about the person: name, theme, password, logins, and leaving."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import reflex as rx
from reflex.state import BaseState

from babble_app.errors import BabbleError
from babble_app.schemas.accounts import LOGIN_COOKIE
from babble_app.services import accounts, runtime
from babble_app.states.session import get_user, read_cookie
from babble_app.states.shell import ShellState
from babble_app.states.toasts import toast

if TYPE_CHECKING:
    from babble_app.schemas.accounts import Login

_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class LoginRow:
    """A browser that is logged in."""

    id: str
    browser: str
    address: str
    seen_at: str
    since: str


class AccountState(rx.State):
    """What the personal part of the page shows."""

    name: str = ""
    email: str = ""
    theme: Literal["system", "light", "dark"] = "system"
    logins: list[LoginRow] = []
    dialog: Literal["", "everywhere", "leave"] = ""
    name_problem: str = ""
    password_problem: str = ""
    leave_problem: str = ""
    password_saves: int = 0
    """Counts successes, so that the form is emptied after each."""

    @rx.event
    async def save_name(self, form: dict[str, Any]) -> None:
        """Call the person by another name."""
        user = await get_user(self)
        try:
            saved = await accounts.update_user(
                runtime.current(), user.id, name=str(form.get("name", ""))
            )
        except BabbleError as error:
            self.name_problem = str(error)
            return
        self.name, self.name_problem = saved.name, ""
        shell = await self.get_state(ShellState)
        shell.person, shell.initial = saved.name or saved.email, (saved.name or saved.email)[:1]
        await toast(self, "Saved.", "good")

    @rx.event
    async def choose_theme(self, theme: str) -> None:
        """Keep the theme with the account, and show it."""
        if theme not in {"system", "light", "dark"}:
            return
        user = await get_user(self)
        saved = await accounts.update_user(runtime.current(), user.id, theme=theme)  # type: ignore[arg-type]
        self.theme = saved.theme
        shell = await self.get_state(ShellState)
        shell.theme = saved.theme

    @rx.event
    async def change_password(self, form: dict[str, Any]) -> None:
        """Set a new password; every other login ends."""
        user = await get_user(self)
        token = read_cookie(self.router.headers.cookie, LOGIN_COOKIE)
        try:
            await accounts.change_password(
                runtime.current(),
                user.id,
                str(form.get("current", "")),
                str(form.get("new", "")),
                token=token,
            )
        except BabbleError as error:
            self.password_problem = str(error)
            return
        self.password_problem = ""
        self.password_saves += 1
        await toast(self, "The password is changed; all other browsers were logged out.", "good")
        await load_account(self)

    @rx.event
    async def end_login(self, login_id: str) -> None:
        """Log one browser out."""
        user = await get_user(self)
        try:
            await accounts.revoke_login(runtime.current(), user.id, login_id)
        except BabbleError as error:
            await toast(self, str(error), "bad")
        await load_account(self)

    @rx.event
    def open_dialog(self, dialog: str) -> None:
        """Ask whether it is really meant."""
        self.leave_problem = ""
        self.dialog = "leave" if dialog == "leave" else "everywhere"

    @rx.event
    def close_dialog(self) -> None:
        """Leave everything as it is."""
        self.dialog = ""

    @rx.event
    async def end_all_logins(self) -> rx.event.EventSpec:
        """Log out everywhere, here too."""
        user = await get_user(self)
        self.dialog = ""
        await accounts.revoke_all_logins(runtime.current(), user.id)
        return rx.redirect("/login/")

    @rx.event
    async def delete_account(self, form: dict[str, Any]) -> rx.event.EventSpec | None:
        """Erase the account with everything it owns."""
        user = await get_user(self)
        try:
            await accounts.delete_account(runtime.current(), user.id, str(form.get("password", "")))
        except BabbleError as error:
            self.leave_problem = str(error)
            return None
        self.dialog = ""
        return rx.redirect("/login/")


async def load_account(state: BaseState) -> None:
    """Read the person's own settings again."""
    account = await state.get_state(AccountState)
    rt = runtime.current()
    user = await accounts.get_user(rt, (await get_user(state)).id)
    account.name, account.email, account.theme = user.name, user.email, user.theme
    account.name_problem, account.password_problem = "", ""
    account.logins = [login_row(login) for login in await accounts.list_logins(rt, user.id)]


def login_row(login: Login) -> LoginRow:
    """Return the login as the list shows it."""
    return LoginRow(
        id=login.id,
        browser=browser_words(login.user_agent),
        address=login.address,
        seen_at=login.last_seen_at.isoformat(),
        since=login.created_at.isoformat(),
    )


def browser_words(user_agent: str) -> str:
    """Return `Firefox on Linux` for a browser's User-Agent."""
    browser = next((words for sign, words in _BROWSERS if sign in user_agent), "")
    system = next((words for sign, words in _SYSTEMS if sign in user_agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or "An unknown program"
