"""A dict that programs can only read: `variables`."""

from __future__ import annotations

from typing import Any


def _refuse(*_arguments: Any, **_names: Any) -> Any:
    message = "`variables` can only be read; keep what changes in `state` or a name of your own"
    raise TypeError(message)


_WRITE: Any = _refuse  # has none of the signatures that it takes the place of


class ReadOnlyDict(dict[Any, Any]):
    """What the deployment gives a program; copies of it are plain dicts."""

    kind_name = property(lambda _: "dict")
    __setitem__ = __delitem__ = __ior__ = _WRITE
    clear = pop = popitem = setdefault = update = _WRITE
