"""`user`: accounts: create, list, suspend, restore."""

from __future__ import annotations

import asyncio
import getpass
import sys
from typing import TYPE_CHECKING

from babble_app.commands._console import say
from babble_app.settings import get_settings

if TYPE_CHECKING:
    import argparse

    from babble_app.commands._console import Subparsers


def add(commands: Subparsers) -> None:
    """Add `user` with its acts."""
    user = commands.add_parser("user", help="accounts: create, list, suspend, restore")
    acts = user.add_subparsers(required=True, metavar="act")
    create = acts.add_parser(
        "create", help="make an account; the password is asked for, or read from a pipe"
    )
    create.add_argument("email")
    create.add_argument("--name", default="")
    create.add_argument("--admin", action="store_true", help="give it the administrator's role")
    create.set_defaults(command=_create_user)
    acts.add_parser("list", help="show all accounts").set_defaults(command=_list_users)
    suspend = acts.add_parser("suspend", help="refuse all logins and tokens of an account, at once")
    suspend.add_argument("email")
    suspend.set_defaults(command=_suspend_user, suspended=True)
    restore = acts.add_parser("restore", help="take a suspension back")
    restore.add_argument("email")
    restore.set_defaults(command=_suspend_user, suspended=False)


def _create_user(options: argparse.Namespace) -> int:
    from babble_app.services import accounts
    from babble_app.services.runtime import running

    password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")

    async def create() -> str:
        async with running(get_settings()) as rt:
            user = await accounts.create_user(
                rt,
                email=options.email,
                password=password,
                name=options.name,
                role="admin" if options.admin else "member",
            )
            return user.id

    say(f"Created {options.email} ({asyncio.run(create())}).")
    return 0


def _list_users(_: argparse.Namespace) -> int:
    from babble_app.services import accounts
    from babble_app.services.runtime import running

    async def collect() -> list[str]:
        async with running(get_settings()) as rt:
            return [
                f"{user.id}  {user.role:6}  {'suspended' if user.suspended else 'active':9}  {user.email}"
                for user in await accounts.list_users(rt)
            ]

    for line in asyncio.run(collect()) or [
        "No accounts yet. The first to register becomes the administrator."
    ]:
        say(line)
    return 0


def _suspend_user(options: argparse.Namespace) -> int:
    from babble_app.errors import NotFoundError
    from babble_app.services import accounts
    from babble_app.services.runtime import running

    async def change() -> None:
        async with running(get_settings()) as rt:
            for user in await accounts.list_users(rt):
                if user.email == options.email.strip().lower():
                    await accounts.suspend_user(rt, user.id, options.suspended)
                    return
            message = f"There is no account {options.email}. `user list` shows all."
            raise NotFoundError(message)

    asyncio.run(change())
    say(f"{options.email} is {'suspended' if options.suspended else 'active again'}.")
    return 0
