"""Answers in a real Redis: shared, unreadable there, each person's own; without Redis they are missed, and nothing else."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import pytest
from redis import Redis

from babble_app.services.answer_store import MAX_VALUE_BYTES, MemoryAnswers, open_store
from babble_app.services.redis_answers import LOST_SECONDS, RedisAnswers
from tests.conftest import make_settings
from tests.find_redis import find
from tests.redis_servers import RedisServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

MASTER_KEY = b"the server's master key"
BOUND_SECONDS = 20


class Clock:
    """Stands where it is put."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def opened(server: RedisServer, master_key: bytes = MASTER_KEY, **options: Any) -> RedisAnswers:
    """Open a store that, unless it is told otherwise, has the patience of a busy machine."""
    return RedisAnswers(server.url, master_key, **{"seconds": BOUND_SECONDS, **options})


@pytest.fixture(scope="module")
def binary() -> str:
    path = find()
    if path is None:
        pytest.skip("no Redis: `apt-get install redis-server` brings one")
    return path


@pytest.fixture(scope="module")
def shared(binary: str) -> Iterator[RedisServer]:
    """One server for the tests that leave it as it is."""
    server = RedisServer(binary)
    server.start()
    yield server
    server.close()


@pytest.fixture
def raw(shared: RedisServer) -> Iterator[Redis]:
    """What somebody with access to Redis sees, emptied before."""
    with Redis.from_url(shared.url) as client:
        client.flushall()
        yield client


@pytest.fixture
async def store(shared: RedisServer, raw: Redis) -> AsyncIterator[RedisAnswers]:
    answers = opened(shared)
    yield answers
    await answers.close()


async def test_another_process_finds_the_answer(store: RedisAnswers, shared: RedisServer) -> None:
    await store.set("usr_1", "key", b"answer", 60)

    other = opened(shared)
    assert await other.get("usr_1", "key") == b"answer"
    await other.close()


async def test_nobody_gets_another_persons_answer(store: RedisAnswers) -> None:
    await store.set("usr_1", "key", b"answer", 60)

    assert await store.get("usr_2", "key") is None


async def test_redis_is_told_how_long_it_is_kept(store: RedisAnswers, raw: Redis) -> None:
    await store.set("usr_1", "key", b"answer", 90)

    [name] = raw.keys("*")
    assert 60_000 < raw.pttl(name) <= 90_000


async def test_nothing_private_can_be_read_there(store: RedisAnswers, raw: Redis) -> None:
    await store.set("usr_1", "key", b"a private answer", 60)

    [name] = raw.keys("*")
    assert b"private" not in raw.get(name)
    assert b"usr_1" not in name


@pytest.mark.parametrize("change", ["moved", "forged", "cut"])
async def test_what_was_changed_there_is_no_answer(
    store: RedisAnswers, raw: Redis, change: str
) -> None:
    await store.set("usr_2", "key", b"another", 60)
    [other] = raw.keys("*")
    await store.set("usr_1", "key", b"answer", 60)
    [mine] = set(raw.keys("*")) - {other}

    raw.set(mine, {"moved": raw.get(other), "forged": b"answer", "cut": b"an"}[change])

    assert await store.get("usr_1", "key") is None


async def test_with_another_master_key_there_is_no_answer(
    store: RedisAnswers, shared: RedisServer
) -> None:
    await store.set("usr_1", "key", b"answer", 60)

    other = opened(shared, b"another master key")
    assert await other.get("usr_1", "key") is None
    await other.close()


async def test_an_answer_that_is_too_large_is_not_kept(store: RedisAnswers, raw: Redis) -> None:
    await store.set("usr_1", "key", b"x" * (MAX_VALUE_BYTES + 1), 60)

    assert raw.keys("*") == []


async def test_forgetting_takes_all_of_one_person(store: RedisAnswers) -> None:
    for number in range(50):
        await store.set("usr_1", f"key {number}", b"mine", 60)
    await store.set("usr_2", "key", b"another's", 60)

    await store.forget("usr_1")

    assert [await store.get("usr_1", f"key {number}") for number in range(50)] == [None] * 50
    assert await store.get("usr_2", "key") == b"another's"
    await store.set("usr_1", "key", b"since then", 60)
    assert await store.get("usr_1", "key") == b"since then"


async def test_a_lost_redis_has_no_answers_until_it_is_back(
    binary: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "babble_app.services.redis_answers")
    clock = Clock()
    server = RedisServer(binary)
    server.start()
    store = opened(server, clock=clock)
    try:
        await store.set("usr_1", "key", b"answer", 60)
        server.kill()
        for _ in range(3):
            assert await store.get("usr_1", "key") is None
            await store.set("usr_1", "key", b"answer", 60)
            clock.now += LOST_SECONDS

        await store.get("usr_1", "key")
        server.start()
        await store.set("usr_1", "key", b"not asked yet", 60)
        assert await store.get("usr_1", "key") is None
        clock.now += LOST_SECONDS
        assert await store.get("usr_1", "key") is None
        await store.set("usr_1", "key", b"new answer", 60)

        assert await store.get("usr_1", "key") == b"new answer"
    finally:
        await store.close()
        server.close()
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert "unix" not in caplog.text


async def test_a_restart_that_nobody_saw_costs_no_answer(binary: str) -> None:
    server = RedisServer(binary)
    server.start()
    store = opened(server)
    try:
        await asyncio.gather(*(store.get("usr_1", "key") for _ in range(5)))
        server.kill()
        server.start()
        await store.set("usr_1", "key", b"answer", 60)

        assert await store.get("usr_1", "key") == b"answer"
    finally:
        await store.close()
        server.close()


async def test_a_redis_that_hangs_is_not_waited_for(binary: str) -> None:
    clock = Clock()
    server = RedisServer(binary)
    server.start()
    store = opened(server, clock=clock, seconds=1.5)
    try:
        await store.set("usr_1", "key", b"answer", 60)
        with server.hanging():
            async with asyncio.timeout(BOUND_SECONDS):
                assert await store.get("usr_1", "key") is None
        clock.now += LOST_SECONDS

        assert await store.get("usr_1", "key") == b"answer"
    finally:
        await store.close()
        server.close()


async def test_what_was_forgotten_while_redis_was_away_is_gone_when_it_is_back(
    store: RedisAnswers, shared: RedisServer
) -> None:
    clock = Clock()
    await store.set("usr_1", "key", b"answer", 60)
    other = opened(shared, clock=clock)
    with shared.away():
        await other.forget("usr_1")
    assert await store.get("usr_1", "key") == b"answer"

    clock.now += LOST_SECONDS

    assert await other.get("usr_1", "key") is None
    assert await store.get("usr_1", "key") is None
    await other.close()


def test_redis_is_used_where_the_settings_name_one(tmp_path: Path) -> None:
    assert isinstance(open_store(make_settings(tmp_path)), MemoryAnswers)
    assert isinstance(
        open_store(make_settings(tmp_path, REDIS_URL="redis://127.0.0.1:1")), RedisAnswers
    )
