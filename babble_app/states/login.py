"""The login page: which form is open, and what the last try had to say."""

from __future__ import annotations

import reflex as rx

from babble_app.services import runtime
from babble_app.services.flash import FLASH_COOKIE, find_flash
from babble_app.services.redirects import local_path
from babble_app.states.session import find_user, read_cookie


class LoginState(rx.State):
    """Public: this is all that a visitor without a login can reach."""

    form: str = "login"
    problem: str = ""
    email: str = ""
    name: str = ""
    next_path: str = "/"
    registration: str = ""
    """Empty until the page has loaded, then `open`, `invite` or `closed`."""

    @rx.event
    async def load(self) -> rx.event.EventSpec | None:
        """Show what the last try had to say; send people who are logged in onwards."""
        settings = runtime.current().settings
        query = self.router.url.query_parameters
        self.next_path = local_path(query.get("next", "/"))
        if await find_user(self) is not None:
            return rx.redirect(self.next_path)
        self.registration = settings.registration
        flash = find_flash(settings, read_cookie(self.router.headers.cookie, FLASH_COOKIE))
        if flash is not None:
            self.form, self.problem = flash.form, flash.message
            self.email, self.name = flash.email, flash.name
            self.next_path = local_path(flash.next)
        if query.get("form") == "register":
            self.form = "register"
        return None

    @rx.event
    def choose_form(self, form: str) -> None:
        """Open the other form; what went wrong in the first has no place in it."""
        self.form = "register" if form == "register" else "login"
        self.problem = ""
