"""Providers and their keys, as the settings show them: of a key its last four characters at most."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babble_app.schemas.models import ProviderInfo, ProviderKey


@dataclass(frozen=True)
class KeyRow:
    """One of the person's keys."""

    id: str = ""
    end: str = ""
    """Its last four characters; empty for a short one, and where there is an address only."""
    name: str = ""
    """How it is called in what is read aloud."""
    label: str = ""
    base_url: str = ""
    used: str = ""
    """What it is used for."""
    in_workspace: bool = False
    readable: bool = True
    said: str = ""
    """What came of the last try of it."""
    refused: bool = False


@dataclass(frozen=True)
class ProviderRow:
    """A provider in the list."""

    id: str = ""
    title: str = ""
    status: str = ""
    """`ready`, `no_key`, `workspace` for one with keys of single workspaces only, or `off` for one that needs an address."""
    source: str = ""
    """`environment`, `settings`, `none` or `not_needed`."""
    key_env: str = ""
    help: str = ""
    base_url: str = ""
    takes_base_url: bool = False
    own_keys: list[KeyRow] = field(default_factory=list[KeyRow])
    said: str = ""
    """What came of the last try of the server's key."""
    refused: bool = False


def provider_row(info: ProviderInfo, workspaces: dict[str, str]) -> ProviderRow:
    """Return the provider as the list shows it; `workspaces` are the person's, their names by their ids."""
    sharing = Counter(key.workspace_id for key in info.keys if key.readable)
    in_workspaces = info.status != "ready" and any(sharing)
    return ProviderRow(
        id=info.id,
        title=info.title,
        status="workspace" if in_workspaces else info.status,
        source=info.key_source,
        key_env=info.key_env,
        help=info.help,
        base_url=info.base_url,
        takes_base_url=info.takes_base_url,
        own_keys=[
            key_row(key, workspaces, alone=sharing[key.workspace_id] < 2) for key in info.keys
        ],
    )


def key_row(key: ProviderKey, workspaces: dict[str, str], *, alone: bool) -> KeyRow:
    """Return the key as the list shows it; `alone` says that no other takes turns with it."""
    return KeyRow(
        id=key.id,
        end=key.last4,
        name=f"the key ending in {key.last4}" if key.last4 else key.label or "this key",
        label=key.label,
        base_url=key.base_url,
        used=_used_for(key, workspaces.get(key.workspace_id, ""), alone=alone),
        in_workspace=bool(key.workspace_id),
        readable=key.readable,
    )


def _used_for(key: ProviderKey, workspace: str, *, alone: bool) -> str:
    if not key.readable:
        return "can no longer be read, as the server's master key was changed: enter it again"
    place = f"only in {workspace}" if key.workspace_id else "in all workspaces"
    if key.provider == "openrouter":
        place += ", also for models whose provider has no key"
    return place if alone else f"{place}, in turn with the others"


def with_answer(row: ProviderRow, key_id: str, words: str, *, refused: bool) -> ProviderRow:
    """Return the row with what came of a try: at the key, or at the provider where none is named."""
    if not key_id:
        return replace(row, said=words, refused=refused)
    keys = [
        replace(key, said=words, refused=refused) if key.id == key_id else key
        for key in row.own_keys
    ]
    return replace(row, own_keys=keys)
