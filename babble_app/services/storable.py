"""JSON from outside: what no database, file or browser can carry is refused before it is stored."""

from __future__ import annotations

import math
import re
from typing import Any, cast

from babble_app.errors import ValidationFailedError

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def check_json(value: Any, *, field: str) -> None:
    """Raise ValidationFailedError if a value of JSON's types holds what cannot be stored, however deep."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str) and _UNSTORABLE.search(one):
            message = "A text holds characters that cannot be stored (NUL or a lone surrogate)."
            raise ValidationFailedError(message, field=field)
        if isinstance(one, float) and not math.isfinite(one):
            message = "NaN and infinite numbers cannot be stored: JSON has none."
            raise ValidationFailedError(message, field=field)
        if isinstance(one, dict):
            waiting.extend(part for pair in cast("dict[str, Any]", one).items() for part in pair)
        elif isinstance(one, (list, tuple)):
            waiting.extend(cast("list[Any]", one))
