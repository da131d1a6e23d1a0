"""Answers in memory: for their time, as far as there is room, each person's own."""

from __future__ import annotations

from babble_app.services.answer_store import ENTRY_BYTES, MAX_VALUE_BYTES, MemoryAnswers


class Clock:
    """Stands where it is put."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def sized(entries: int, value_bytes: int = 100) -> MemoryAnswers:
    return MemoryAnswers(max_bytes=entries * (value_bytes + ENTRY_BYTES))


async def test_an_answer_is_kept_for_its_time_and_no_longer() -> None:
    clock = Clock()
    store = MemoryAnswers(clock=clock)
    await store.set("usr_1", "key", b"answer", 60)

    clock.now = 59.9
    assert await store.get("usr_1", "key") == b"answer"
    clock.now = 60
    assert await store.get("usr_1", "key") is None


async def test_nobody_gets_another_persons_answer() -> None:
    store = MemoryAnswers()
    await store.set("usr_1", "key", b"answer", 60)

    assert await store.get("usr_2", "key") is None


async def test_the_least_recently_used_makes_room() -> None:
    store = sized(2)
    await store.set("usr_1", "a", b"a" * 100, 60)
    await store.set("usr_1", "b", b"b" * 100, 60)
    await store.get("usr_1", "a")

    await store.set("usr_1", "c", b"c" * 100, 60)

    assert await store.get("usr_1", "b") is None
    assert await store.get("usr_1", "a") == b"a" * 100
    assert await store.get("usr_1", "c") == b"c" * 100


async def test_a_large_answer_makes_room_for_itself_by_its_bytes() -> None:
    store = sized(4)
    for key in "abcd":
        await store.set("usr_1", key, b"x" * 100, 60)

    await store.set("usr_1", "large", b"x" * (100 + ENTRY_BYTES + 100), 60)

    kept = [key for key in "abcd" if await store.get("usr_1", key) is not None]
    assert kept == ["c", "d"]
    assert await store.get("usr_1", "large") is not None


async def test_keeping_the_same_key_again_takes_its_room_once() -> None:
    store = sized(2)
    await store.set("usr_1", "other", b"x" * 100, 60)
    for _ in range(10):
        await store.set("usr_1", "key", b"x" * 100, 60)

    assert await store.get("usr_1", "other") is not None


async def test_an_answer_that_is_too_large_is_not_kept() -> None:
    store = MemoryAnswers()
    await store.set("usr_1", "key", b"x" * (MAX_VALUE_BYTES + 1), 60)

    assert await store.get("usr_1", "key") is None


async def test_forgetting_takes_all_of_one_person_and_frees_the_room() -> None:
    store = sized(3)
    await store.set("usr_1", "a", b"x" * 100, 60)
    await store.set("usr_1", "b", b"x" * 100, 60)
    await store.set("usr_2", "a", b"y" * 100, 60)

    await store.forget("usr_1")

    assert await store.get("usr_1", "a") is None
    await store.set("usr_3", "a", b"x" * 100, 60)
    await store.set("usr_3", "b", b"x" * 100, 60)
    assert await store.get("usr_2", "a") == b"y" * 100
