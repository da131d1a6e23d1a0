"""Every event handler that a socket can name, read from the app itself, and what to call each with."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.browser.sockets import ROOT_STATE, Call

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent.parent
PRINT_HANDLERS = """
import inspect, json
import babble_app.babble_app
from reflex_base.registry import RegistrationContext

def parameters(handler):
    return [[one.name, str(one.annotation)] for one in list(inspect.signature(handler.fn).parameters.values())[1:]]

registered = RegistrationContext.get().event_handlers
print(json.dumps({name: parameters(one.handler) for name, one in registered.items()}))
"""
LOAD = f"{ROOT_STATE}.reflex___state____on_load_internal_state.on_load_internal"
LAST = ("end_all_logins", "delete_account")
"""What ends the caller's own login is called after everything else."""
GIVING_UP = ("cancel", "close", "detach", "discard", "dismiss", "keep")
"""What closes a dialog is called after everything that carries out what it asks about."""


@dataclass
class Ids:
    """One of each thing that somebody owns."""

    workspace: str
    file: str
    chat: str
    agent: str
    version: str
    run: str
    session: str
    login: str
    proposal: str
    test: str
    key: str
    budget: str
    """How the usage page calls it: kind, id, period, and who set it."""
    profile: str
    api_key: str
    app: str
    token: str
    visited: str
    """An app whose visitors have said something."""
    visit: str
    words: str
    """Stands in everything that the person wrote."""

    @property
    def pages(self) -> list[tuple[str, dict[str, str]]]:
        """The pages about these things: path and query, as a browser says where it is."""
        return [
            (f"/chat/{self.chat}", {"chat_id": self.chat}),
            (f"/workspace/{self.workspace}", {"workspace_id": self.workspace}),
            (f"/agent/{self.agent}/versions", {"agent_id": self.agent}),
            ("/settings/", {}),
            ("/", {}),
            ("/usage/", {}),
            (f"/apps/{self.app}", {"app_id": self.app}),
            ("/apps/", {}),
            (
                f"/apps/{self.visited}/conversations?c={self.visit}",
                {"app_id": self.visited, "c": self.visit},
            ),
        ]


def arguments(ids: Ids) -> dict[str, list[Any]]:
    """Return what each parameter of a handler is called with; a parameter of a new name must be added here."""
    form = {
        "name": "Renamed by the matrix",
        "password": "not the password",
        "current": "not the password",
        "new": "another long sentence 8",
        "key": "sk-of-the-matrix",
        "base_url": "",
        "label": "Renamed by the matrix",
        "workspace_id": ids.workspace,
        "whose": f"workspace/{ids.workspace}",
        "period": "day",
        "amount": "5",
        "origin": "https://matrix.example",
        "instructions": "Written by the matrix",
        "rate_limit_per_minute": "7",
        "title": "Renamed by the matrix",
        "percent": "10",
        "overlap": "0",
    }
    return {
        "workspace_id": [ids.workspace],
        "file_id": [ids.file],
        "chat_id": [ids.chat],
        "agent_id": [ids.agent],
        "version_id": [ids.version],
        "run_id": [ids.run],
        "session_id": [ids.session],
        "login_id": [ids.login],
        "proposal_id": [ids.proposal],
        "test_id": [ids.test],
        "key_id": [ids.key],
        "api_key_id": [ids.api_key],
        "budget_key": [ids.budget],
        "token_id": [ids.token],
        "field": ["title", "primary_color"],
        "percent": [10],
        "period": ["7d"],
        "profile_id": [ids.profile],
        "makes": ["text"],
        "answer": [{"kind": "user", "text": "Said by the matrix"}],
        "chosen_id": [ids.chat, ids.agent, ids.workspace, ids.file],
        "dialog": [
            *("rename", "delete", "rename-chat", "delete-chat", "rename-agent", "delete-agent"),
            *("key", "remove", "leave"),
            *("keep", "erase"),
        ],
        "provider": ["openai"],
        "form: dict[str, Any]": [form],
        "form: str": ["register"],
        "text": ["print(1)\n", ids.agent],
        "doc_key": [f"{ids.version}/1", ""],
        "title": ["Renamed by the matrix"],
        "chosen_name": ["x"],
        "model": ["demo/based"],
        "mode": ["build"],
        "theme": ["dark"],
        "tab": ["versions", "unanswered"],
        "changes": ["draft"],
        "choice": ["yours", "waiting", "staging", "1"],
        "layout": ["split"],
        "chosen": [True],
        "value: bool": [True],
        "number": [1],
        "place": [0],
        "refused": [0],
        "toast_id": [1],
        # Reflex's own.
        "var_name": ["rows", "agent", "session", "shown_id", "_workspace", "_user"],
        "value: Any": [ids.workspace],
        "vars": [
            {f"{ROOT_STATE}.babble_app___states___files____files_state._workspace": ids.workspace}
        ],
        "hashes": [None],
        "info": ["TypeError"],
        "component_stack": ["at App"],
    }


@cache
def all_handlers() -> dict[str, list[tuple[str, str]]]:
    """Return the names and annotations of the parameters of every handler, by the handler's full name."""
    done = subprocess.run(
        [sys.executable, "-c", PRINT_HANDLERS],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, list[list[str]]] = json.loads(done.stdout.splitlines()[-1])
    return {name: [(one, kind) for one, kind in parameters] for name, parameters in found.items()}


def states() -> list[str]:
    """Return the full names of the states that have handlers."""
    return sorted({name.rpartition(".")[0] for name in all_handlers()})


def unknown_arguments(ids: Ids) -> list[str]:
    """Name the parameters that nothing is known to call them with."""
    known = arguments(ids)
    return [
        f"{name}({parameter}: {kind})"
        for name, parameters in all_handlers().items()
        for parameter, kind in parameters
        if not _values(known, parameter, kind)
    ]


def calls_of(state: str, ids: Ids) -> list[Call]:
    """Return calls of all handlers of the state: those with arguments, and after each of them those without.

    Dialogs keep what was chosen, and act in another event.
    """
    handlers = {
        name: parameters
        for name, parameters in all_handlers().items()
        if name.rpartition(".")[0] == state
    }
    choosing = [name for name, given in handlers.items() if not _acts(given)]
    acting = [name for name, given in handlers.items() if _acts(given) and not name.endswith(LAST)]
    acting.sort(key=_gives_up)
    last = [name for name in handlers if name.endswith(LAST)]
    number = 1 if "files" in state or "workspace" in state else 0
    if any(noun in state for noun in ("version", "publishing", "labels")):
        number = 2
    if "usage" in state or "budgets" in state:
        number = 5
    if "states___app_" in state:
        number = 6
    if "states___apps____" in state:
        number = 7
    if "states___visit" in state or "unanswered" in state:
        number = 8
    here = ids.pages[number]
    calls: list[Call] = []
    for page in ids.pages:
        calls.append(Call(LOAD, {}, *page))
        calls += [
            Call(name, each, *page) for name in acting for each in _payloads(handlers[name], ids)
        ]
    # Where the things can be seen: what follows acts on what is shown.
    calls.append(Call(LOAD, {}, *here, wait=True))
    for name in choosing:
        for payload in _payloads(handlers[name], ids):
            calls.append(Call(name, payload, *here))
            calls += [
                Call(one, each, *here)
                for one in acting
                if not _gives_up(one)
                for each in _payloads(handlers[one], ids)
            ]
    # Background handlers take their time: giving up after each choice would come before they begin.
    calls[-1].wait = True
    last = [*filter(_gives_up, acting), *last]
    return calls + [
        Call(name, each, *here) for name in last for each in _payloads(handlers[name], ids)
    ]


def _gives_up(name: str) -> bool:
    return name.rpartition(".")[2].startswith(GIVING_UP)


def _acts(parameters: list[tuple[str, str]]) -> bool:
    return all(name == "form" for name, _ in parameters)


def _payloads(parameters: list[tuple[str, str]], ids: Ids) -> Iterator[dict[str, Any]]:
    known = arguments(ids)
    names = [name for name, _ in parameters]
    values = [_values(known, name, kind) for name, kind in parameters]
    for chosen in itertools.product(*values):
        yield dict(zip(names, chosen, strict=True))


def _values(known: dict[str, list[Any]], name: str, kind: str) -> list[Any]:
    return known.get(name) or known.get(f"{name}: {kind}") or []
