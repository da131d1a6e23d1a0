"""`token`: tokens of apps: create, list, revoke, rotate."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from babble_app.commands._console import say
from babble_app.settings import get_settings

if TYPE_CHECKING:
    import argparse

    from babble_app.commands._console import Subparsers
    from babble_app.schemas.apps import NewOperatedToken, OperatedToken


def add(commands: Subparsers) -> None:
    """Add `token` with its acts."""
    token = commands.add_parser("token", help="tokens of apps: create, list, revoke, rotate")
    acts = token.add_subparsers(required=True, metavar="act")
    _add_create(acts)
    acts.add_parser("list", help="show all tokens, without what they are").set_defaults(
        command=_list_tokens
    )
    revoke = acts.add_parser("revoke", help="refuse a token from now on, also in open streams")
    revoke.add_argument("id", help="the token's id, as `token list` shows it")
    revoke.set_defaults(command=_revoke_token)
    rotate = acts.add_parser("rotate", help="make a token in the place of one")
    rotate.add_argument("id", help="the token's id, as `token list` shows it")
    rotate.add_argument(
        "--overlap", type=float, default=24, metavar="HOURS", help="how long the old one goes on"
    )
    rotate.set_defaults(command=_rotate_token)


def _add_create(acts: Subparsers) -> None:
    create = acts.add_parser(
        "create", help="make a token; with a name alone also an app of the plain assistant"
    )
    create.add_argument("name")
    create.add_argument("--app", metavar="ID", help="the app; a new one if left out")
    create.add_argument("--agent", metavar="ID", help="the agent of the new app")
    create.add_argument(
        "--owner", default="", metavar="EMAIL", help="whose the new app is; the first administrator"
    )
    create.add_argument(
        "--origin", action="append", metavar="URL", help="a page's that may use it; several times"
    )
    create.add_argument("--system-prompt", metavar="TEXT", help="instructions of the app")
    create.add_argument("--rate-limit", type=int, metavar="N", help="messages a minute")
    create.add_argument("--daily-budget", type=float, metavar="USD", help="what a day may cost")
    create.add_argument("--days", type=float, help="how long it is valid; for ever if left out")
    create.add_argument("--staging", action="store_true", help="for the version that is staged")
    create.set_defaults(command=_create_token)


def _create_token(options: argparse.Namespace) -> int:
    from babble_app.services import operators
    from babble_app.services.runtime import running

    ends = None if options.days is None else datetime.now(UTC) + timedelta(days=options.days)

    async def create() -> NewOperatedToken:
        async with running(get_settings()) as rt:
            return await operators.create_token(
                rt,
                operators.Operator(),
                options.name,
                app_id=options.app,
                agent_id=options.agent,
                owner_email=options.owner,
                channel="staging" if options.staging else "production",
                rate_limit_per_minute=options.rate_limit,
                daily_budget_usd=options.daily_budget,
                expires_at=ends,
                origins=options.origin,
                instructions=options.system_prompt,
            )

    _show(asyncio.run(create()))
    return 0


def _list_tokens(_: argparse.Namespace) -> int:
    from babble_app.services import operators
    from babble_app.services.runtime import running

    async def collect() -> list[OperatedToken]:
        async with running(get_settings()) as rt:
            return await operators.list_tokens(rt, operators.Operator())

    for token in asyncio.run(collect()):
        used = f"{token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "never used"
        shown = f"{token.prefix}...{token.last4}"
        say(f"{token.id}  {shown}  {_state(token):8}  {used:16}  {token.name} ({token.app_slug})")
    return 0


def _revoke_token(options: argparse.Namespace) -> int:
    from babble_app.services import operators
    from babble_app.services.runtime import running

    async def revoke() -> None:
        async with running(get_settings()) as rt:
            await operators.revoke_token(rt, operators.Operator(), options.id)

    asyncio.run(revoke())
    say(f"{options.id} is refused from now on.")
    return 0


def _rotate_token(options: argparse.Namespace) -> int:
    from babble_app.services import operators
    from babble_app.services.runtime import running

    async def rotate() -> NewOperatedToken:
        async with running(get_settings()) as rt:
            return await operators.rotate_token(
                rt, operators.Operator(), options.id, overlap_hours=options.overlap
            )

    _show(asyncio.run(rotate()))
    say(f"{options.id} goes on for {options.overlap:g} hours.", file=sys.stderr)
    return 0


def _show(token: NewOperatedToken) -> None:
    """Print the token alone where programs read, and what it is of where people do."""
    say(token.token)
    message = f"{token.id} of the app {token.app_slug} ({token.app_id}). It is not shown again."
    say(message, file=sys.stderr)


def _state(token: OperatedToken) -> str:
    if token.revoked_at:
        return "revoked"
    ended = token.expires_at is not None and token.expires_at <= datetime.now(UTC)
    return "expired" if ended else "valid"
