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


def environment_credential(settings: Settings, provider: Provider) -> Credential | None:
    """Return what the environment gives for the provider, or None where that is not enough to call it."""
    key: SecretStr = (
        getattr(settings, provider.key_setting) if provider.key_setting else SecretStr("")
    )
    address: str = getattr(settings, provider.base_url_setting) if provider.base_url_setting else ""
    if provider.wire == "demo":
        return Credential()
    if provider.key_required:
        return Credential(key, address) if key.get_secret_value() else None
    return Credential(key, address) if address else None
