"""The command line: run, migrate, user create/list/suspend/restore, doctor."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from typing import TYPE_CHECKING

from babble_app.errors import BabbleError
from babble_app.settings import VERSION, get_settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command and return the process's exit code."""
    options = _parser().parse_args(arguments)
    try:
        return options.command(options)
    except BabbleError as error:
        _say(f"{error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m babble_app",
        description="Babble: describe an AI agent in plain words, talk to it, change it by asking.",
    )
    parser.add_argument("--version", action="version", version=f"Babble {VERSION}")
    commands = parser.add_subparsers(required=True, metavar="command")

    run = commands.add_parser(
        "run", help="build what changed, migrate the database, serve everything on one port"
    )
    run.add_argument("--host", default=None, help="address to listen on (BABBLE_HOST, 127.0.0.1)")
    run.add_argument("--port", type=int, default=None, help="port to listen on (BABBLE_PORT, 8000)")
    run.add_argument("--dev", action="store_true", help="reload when a file changes")
    run.set_defaults(command=_run)

    migrate = commands.add_parser("migrate", help="bring the database to this version's tables")
    migrate.set_defaults(command=_migrate)

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

    doctor = commands.add_parser(
        "doctor", help="check runtime, database, providers and disk; say how to fix each"
    )
    doctor.set_defaults(command=_doctor)
    return parser


def _run(options: argparse.Namespace) -> int:
    from babble_app.serving import serve

    return serve(get_settings(), host=options.host, port=options.port, dev=options.dev)


def _migrate(_: argparse.Namespace) -> int:
    from babble_app.store.migrations import migrate

    migrate(get_settings().database_address)
    _say("The database is up to date.")
    return 0


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

    _say(f"Created {options.email} ({asyncio.run(create())}).")
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
        _say(line)
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
    _say(f"{options.email} is {'suspended' if options.suspended else 'active again'}.")
    return 0


def _doctor(_: argparse.Namespace) -> int:
    from babble_app.services.doctor import diagnose

    checks = asyncio.run(diagnose(get_settings()))
    for check in checks:
        _say(f"{check.mark}  {check.name}: {check.detail}")
        if check.fix:
            _say(f"      fix: {check.fix}")
    return 1 if any(check.broken for check in checks) else 0


def _say(text: str, file: TextIO | None = None) -> None:
    print(text, file=file or sys.stdout)


if __name__ == "__main__":
    sys.exit(main())
