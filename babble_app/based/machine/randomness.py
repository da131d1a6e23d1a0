"""`random` and `uuid`: the same seed gives the same run."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from babble_app.based.machine.iteration import to_list
from babble_app.based.machine.values import Module, Native

if TYPE_CHECKING:
    from babble_app.based.machine.core import Machine


def _random(machine: Machine) -> float:
    return machine.random.random()


def _randint(machine: Machine, low: int, high: int) -> int:
    return machine.random.randint(low, high)


def _uniform(machine: Machine, low: float, high: float) -> float:
    return machine.random.uniform(low, high)


def _choice(machine: Machine, values: Any) -> Any:
    return machine.random.choice(to_list(machine, values))


def _choices(machine: Machine, values: Any, *, k: int = 1) -> list[Any]:
    machine.meter.items(k)
    return machine.meter.take(machine.random.choices(to_list(machine, values), k=k))


def _sample(machine: Machine, values: Any, k: int) -> list[Any]:
    return machine.meter.take(machine.random.sample(to_list(machine, values), k))


def _shuffle(machine: Machine, values: list[Any]) -> None:
    machine.meter.step(len(values) // 50)
    machine.random.shuffle(values)


def _seed(machine: Machine, value: Any = 0) -> None:
    machine.random.seed(str(value))


def make_random_module() -> Module:
    """Return `random`."""
    calls = {
        "random": _random, "randint": _randint, "uniform": _uniform, "choice": _choice, "choices": _choices,
        "sample": _sample, "shuffle": _shuffle, "seed": _seed,
    }  # fmt: skip
    return Module("random", {name: Native(name, call) for name, call in calls.items()})


def _uuid4(machine: Machine) -> str:
    return str(uuid.UUID(int=machine.random.getrandbits(128), version=4))


def make_uuid_module() -> Module:
    """Return `uuid`; an id is plain text here."""
    return Module("uuid", {"uuid4": Native("uuid4", _uuid4)})
