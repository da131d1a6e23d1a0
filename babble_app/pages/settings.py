"""Settings: models and keys, kinds of work, keys of the API, appearance, account."""

from __future__ import annotations

import reflex as rx

from babble_app.components.account_settings import account_sections
from babble_app.components.api_key_settings import api_key_sections
from babble_app.components.app_shell import app_shell
from babble_app.components.key_settings import key_sections
from babble_app.components.profile_settings import profile_sections
from babble_app.states.api_keys import ApiKeysState
from babble_app.states.profiles import ProfilesState
from babble_app.states.settings import SettingsState


@rx.page(
    route="/settings",
    title="Settings · Babble",
    on_load=[SettingsState.load, ProfilesState.load, ApiKeysState.load],
)
@app_shell
def settings() -> rx.Component:
    """One column, read from top to bottom."""
    return rx.el.div(
        rx.el.h1("Settings", class_name="page-title"),
        *key_sections(),
        *profile_sections(),
        *api_key_sections(),
        *account_sections(),
        class_name="page page--narrow",
    )
