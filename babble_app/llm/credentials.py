"""What opens a provider: a key, an address, or both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import SecretStr

if TYPE_CHECKING:
    from babble_app.llm.provider import Provider
    from babble_app.settings import Settings


@dataclass(frozen=True)
class Credential:
    """A provider's key and address; the key does not show in logs and tracebacks."""

    api_key: SecretStr = field(default_factory=lambda: SecretStr(""))
    base_url: str = ""
    """Empty: the provider's own."""
    own: bool = False
    """Whether it is a person's or a workspace's, not the server's."""


def environment_credentials(settings: Settings, provider: Provider) -> tuple[Credential, ...]:
    """Return what the environment gives for the provider, one for each of its keys; empty where that is too little."""
    keys: SecretStr = (
        getattr(settings, provider.key_setting) if provider.key_setting else SecretStr("")
    )
    address: str = getattr(settings, provider.base_url_setting) if provider.base_url_setting else ""
    if provider.wire == "demo":
        return (Credential(),)
    if not provider.key_required and not address:
        return ()
    listed = [key.strip() for key in keys.get_secret_value().split(",")]
    found = tuple(Credential(SecretStr(key), address) for key in dict.fromkeys(listed) if key)
    return found if found or provider.key_required else (Credential(base_url=address),)


def environment_credential(settings: Settings, provider: Provider) -> Credential | None:
    """Return the first that the environment gives for the provider, or None where that is not enough to call it."""
    return next(iter(environment_credentials(settings, provider)), None)
