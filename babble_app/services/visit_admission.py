"""What is asked of a visitor's message before it is taken: that it can be, that it does not come too often, and only once."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING

from babble_app.errors import ValidationFailedError
from babble_app.schemas.chats import Run
from babble_app.services import idempotency, limits, runs, visit_turns
from babble_app.store import visits as rows

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from babble_app.services.app_callers import AppCaller
    from babble_app.services.idempotency import KeyedRequest
    from babble_app.services.runtime import Runtime

MAX_TEXT_CHARS = 32_000
MAX_VISITOR_CHARS = 200
_RESERVED = ("vis_", "user ")
CROWD = 50
"""So many visitors at their limit are the most of an app, unless its token has a limit of its own."""


def has_ended(status: str) -> bool:
    """Say whether a conversation of that status takes no further message.

    After `done()` one may come, and after a transfer, which a person goes on from.
    """
    return status not in {rows.NEW, "waiting", "done", visit_turns.TRANSFERRED}


def check_user(user: str) -> None:
    """Refuse a host app's name for its user that is too long, or that is a browser's or a signed one.

    Tokens in pages are public: with such a name somebody could put a conversation among another visitor's own.

    Raises:
        ValidationFailedError: it cannot be used; the message says why.
    """
    if len(user) > MAX_VISITOR_CHARS:
        message = f"A visitor's id has at most {MAX_VISITOR_CHARS} characters."
        raise ValidationFailedError(message, field="user")
    if user.startswith(_RESERVED):
        message = (
            "A visitor's id does not begin with `vis_` or `user `: those are given by this server."
        )
        raise ValidationFailedError(message, field="user")


def may_read(caller: AppCaller, visitor: str, channel: str) -> bool:
    """Say whether a conversation is the caller's to read and to go on with.

    Others' are hidden from a visitor, those of visitors with a token of their own from a public one, those of the other channel
    from all.
    """
    if channel != caller.channel:
        return False
    if caller.visitor:
        return visitor == caller.visitor
    return not (caller.token_is_public and visitor.startswith(_RESERVED))


def check_text(text: str) -> None:
    """Raise ValidationFailedError when the message is empty or too long."""
    if not text.strip():
        raise ValidationFailedError("The message is empty.", field="message")
    if len(text) > MAX_TEXT_CHARS:
        message = f"The message has {len(text):,} characters; {MAX_TEXT_CHARS:,} is the most."
        raise ValidationFailedError(message, field="message")


def hit_limits(rt: Runtime, caller: AppCaller, visitor: str, address: str) -> None:
    """Count a message of a visitor; raises RateLimitedError.

    A token in a page is public, and whoever copies it may make visitors up: hence the limit of an address, and the ceiling of
    all together, which is the token's own limit if it has one. A host app's server that shares a public token with its pages
    needs a token with a limit of its own, to be more than one address.
    """
    network = limits.network_of(address)
    who = visitor or caller.visitor or network
    app = caller.app
    rt.limiter.hit_rate("app_visitor", f"{app.id} {who}", app.rate_limit_per_minute)
    if caller.visitor or caller.origin or (caller.token_is_public and caller.token_limit is None):
        # Whoever makes up visitors by the hundred still comes from somewhere, and must not use the others' share up.
        rt.limiter.hit("visit_address", f"{app.id} {network}")
    if caller.token_limit is not None:
        rt.limiter.hit_rate("app_token", caller.token_id, caller.token_limit)
    else:
        rt.limiter.hit_rate("app_all", app.id, app.rate_limit_per_minute * CROWD)


async def run_once(
    rt: Runtime, owner_id: str, keyed: KeyedRequest | None, work: Callable[[], Awaitable[Run]]
) -> Run:
    """Return the run that `work` starts, or the one that an equal request has started, unless that came to nothing."""
    is_void = partial(runs.came_to_nothing, rt, owner_id)
    return await idempotency.answer_once(rt, owner_id, keyed, Run, work, is_void=is_void)


def own_key(caller: AppCaller, keyed: KeyedRequest | None) -> KeyedRequest | None:
    """Return the key as the app's own: apps of one owner, and visitors of one app, do not meet in their keys."""
    if keyed is None:
        return None
    whose = hashlib.sha256(f"{caller.app.id} {caller.visitor}".encode()).hexdigest()[:20]
    return idempotency.KeyedRequest(f"{whose} {keyed.key}", keyed.fingerprint)
