"""`random` and `uuid`: the same seed gives the same run."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from babble_app.based.machine.values import Module, Native, TypeValue, is_sequence, kind_of

if TYPE_CHECKING:
    from babble_app.based.machine.core import Machine


def _random(machine: Machine) -> float:
    return machine.random.random()


def _randint(machine: Machine, low: int, high: int) -> int:
    return machine.random.randint(low, high)


def _uniform(machine: Machine, low: float, high: float) -> float:
    return machine.random.uniform(low, high)


def _randrange(machine: Machine, *bounds: int) -> int:
    return machine.random.randrange(*bounds)


def _gauss(machine: Machine, mu: float = 0.0, sigma: float = 1.0) -> float:
    return machine.random.gauss(mu, sigma)


def _choice(machine: Machine, values: Any) -> Any:
    machine.meter.step(1)
    return machine.random.choice(_sequence(values))


def _choices(
    machine: Machine, values: Any, weights: Any = None, *, cum_weights: Any = None, k: int = 1
) -> list[Any]:
    machine.meter.items(k)
    machine.meter.weigh([weights, cum_weights])
    return machine.meter.take(
        machine.random.choices(_sequence(values), weights, cum_weights=cum_weights, k=k)
    )


def _sample(machine: Machine, values: Any, k: int) -> list[Any]:
    return machine.meter.take(machine.random.sample(_sequence(values), k))


def _sequence(values: Any) -> Any:
    if is_sequence(values) or isinstance(values, range):
        return values
    message = f"random needs a sequence, not '{kind_of(values)}'"
    raise TypeError(message)


def _shuffle(machine: Machine, values: Any) -> None:
    if not isinstance(values, list):
        message = "shuffle() needs a list"
        raise TypeError(message)
    machine.meter.step(len(values) // 50)  # type: ignore[reportUnknownArgumentType]  # of anything
    machine.random.shuffle(values)  # type: ignore[reportUnknownArgumentType]  # of anything


def _seed(machine: Machine, value: Any = 0) -> None:
    text = str(value)
    machine.meter.step(len(text) // 100)
    machine.random.seed(text)


def make_random_module() -> Module:
    """Return `random`."""
    calls = {
        "random": _random, "randint": _randint, "uniform": _uniform, "choice": _choice, "choices": _choices,
        "sample": _sample, "shuffle": _shuffle, "seed": _seed, "randrange": _randrange, "gauss": _gauss,
    }  # fmt: skip
    return Module("random", {name: Native(name, call) for name, call in calls.items()})


def _uuid4(machine: Machine) -> uuid.UUID:
    return uuid.UUID(int=machine.random.getrandbits(128), version=4)


def _uuid(_machine: Machine, text: Any) -> uuid.UUID:
    return uuid.UUID(str(text))


def make_uuid_module() -> Module:
    """Return `uuid`; ids come from the run's own dice."""
    members: dict[str, Any] = {name: Native(name, _uuid4) for name in ("uuid1", "uuid4")}
    return Module("uuid", {**members, "UUID": TypeValue("UUID", (uuid.UUID,), _uuid)})
