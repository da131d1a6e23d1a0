"""How often who may do what, with the `limits` library (in memory; Redis may come behind the same class)."""

from __future__ import annotations

import math
import time
from ipaddress import IPv4Address, ip_address, ip_network
from typing import TYPE_CHECKING, Literal

from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage.memory import Entry, MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from babble_app.errors import RateLimitedError

if TYPE_CHECKING:
    from limits import RateLimitItem

    from babble_app.services.runtime import Runtime

Act = Literal[
    "log_in_address", "log_in_email", "register", "password", "upload", "send", "test_key", "export",
    "check", "compare", "event", "socket", "page_error", "web", "visit_address", "visit", "try_tool",
]  # fmt: skip
# An office behind one address logs in more often than one person does.
_LIMITS: dict[Act, RateLimitItem] = {
    "log_in_address": RateLimitItemPerMinute(30),
    "log_in_email": RateLimitItemPerMinute(10, 5),
    "register": RateLimitItemPerHour(20),
    "password": RateLimitItemPerMinute(10, 5),
    "upload": RateLimitItemPerMinute(240),
    "send": RateLimitItemPerMinute(120),
    "test_key": RateLimitItemPerMinute(20),
    "export": RateLimitItemPerHour(10),
    # Checking the largest program takes half a second of CPU.
    "check": RateLimitItemPerMinute(120),
    # Two of the largest programs take half a second, too; pages show many differences of small ones.
    "compare": RateLimitItemPerMinute(300),
    # Typing in the editor sends three a second.
    "event": RateLimitItemPerMinute(1200),
    "socket": RateLimitItemPerMinute(600),
    # Searches and pages that a model asks for; a deep search is eleven.
    "web": RateLimitItemPerMinute(120),
    "page_error": RateLimitItemPerMinute(30),
    # Messages, and visits begun, of all visitors of an app who come from one address: an office, a school.
    "visit_address": RateLimitItemPerMinute(120),
    "visit": RateLimitItemPerMinute(60),
    # Each is a call of somebody's server, for up to 20 seconds.
    "try_tool": RateLimitItemPerMinute(30),
}
_SWEEP_SECONDS = 60.0
_IPV6_BITS = 64
"""What a connection gets at least, of which its machines choose addresses by chance (RFC 7421, RFC 8981)."""


class Windows(MemoryStorage):
    """The library's memory, without the thread that it starts at nearly each hit to forget what is over (0.3 ms).

    All hits come on the event loop, so nothing is locked.
    """

    def __init__(self) -> None:
        super().__init__()
        self._sweep_at = 0.0

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count a hit, unless `limit` of them are in the window; the newest stands first."""
        at = time.time()
        if at >= self._sweep_at:
            self.sweep(at)
        hits = self.events.setdefault(key, [])
        if len(hits) + amount > limit and hits[limit - amount].atime >= at - expiry:
            return False
        hits[:0] = [Entry(expiry)] * amount
        del hits[limit:]
        return True

    def sweep(self, at: float) -> None:
        """Forget whose windows are empty at that time (Unix seconds)."""
        self._sweep_at = at + _SWEEP_SECONDS
        self.events = {key: hits for key, hits in self.events.items() if hits[0].expiry > at}


class Limiter:
    """Counts acts in moving windows."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self._limiter = MovingWindowRateLimiter(Windows())

    def hit(self, act: Act, who: str) -> None:
        """Count the act; raises RateLimitedError when it came too often."""
        self._hit(_LIMITS[act], act, who)

    def hit_rate(self, act: str, who: str, per_minute: int) -> None:
        """Count an act whose limit an owner has set; raises RateLimitedError when it came too often."""
        self._hit(RateLimitItemPerMinute(per_minute), act, who)

    def _hit(self, limit: RateLimitItem, act: str, who: str) -> None:
        if self._limiter.hit(limit, act, who):
            return
        window = self._limiter.get_window_stats(limit, act, who)
        wait = max(1, math.ceil(window.reset_time - time.time()))
        message = f"That was too often; please wait {_in_words(wait)} and try again."
        raise RateLimitedError(
            message, retry_after_seconds=wait, limit=limit.amount, remaining=window.remaining
        )


async def hit(rt: Runtime, act: Act, who: str) -> None:
    """Count an act of `who` (an account, an address or an email).

    Raises:
        RateLimitedError: it came too often; the message says when to try again.
    """
    rt.limiter.hit(act, who)


def network_of(address: str) -> str:
    """Return whom an address is counted as: of IPv6 a caller has a network of 64 bits, and takes a new address at will."""
    if ":" not in address:
        return address
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, IPv4Address):
        return address
    return str(ip.ipv4_mapped or ip_network((ip, _IPV6_BITS), strict=False))


def _in_words(seconds: int) -> str:
    if seconds <= 90:
        return f"{seconds} seconds" if seconds > 1 else "a second"
    return f"{math.ceil(seconds / 60)} minutes"
