"""A function of an app as its form has it, and what the form says when it is sent."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from babble_app.schemas.apps import HttpTool
from babble_app.states.json_fields import FieldError

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from babble_app.states.tool_arguments import Argument

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_SLOT = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True)
class HeaderRow:
    """A header whose value is secret."""

    number: int = 0
    """Names its fields in the form."""
    name: str = ""
    kept: bool = False
    """Whether the value that is stored stays."""


@dataclass(frozen=True)
class ToolDraft:
    """What the form begins with."""

    name: str = ""
    description: str = ""
    method: str = "GET"
    url: str = ""


def missing_slots(url: str, names: Container[str]) -> list[str]:
    """Return the slots of an address that are none of the arguments, each once."""
    return [slot for slot in dict.fromkeys(_SLOT.findall(url)) if slot not in names]


def typed(form: Mapping[str, Any], argument: Argument) -> Argument:
    """Return the argument as its fields have it now: Enter sends a form before the field is left."""
    name = str(form.get(f"argument-name-{argument.number}") or "").strip()
    note = str(form.get(f"argument-note-{argument.number}") or "")
    return replace(argument, name=name, note=note)


def read_tool(
    form: Mapping[str, Any], schema: Mapping[str, Any], headers: Sequence[HeaderRow]
) -> tuple[HttpTool, dict[str, str]]:
    """Return the function that a form describes, with the new values of its secret headers.

    Raises:
        FieldError: a slot of the address is none of the arguments, or there is no such method.
    """
    url = str(form.get("url") or "").strip()
    if missing := missing_slots(url, schema.get("properties", {})):
        raise FieldError(f"The address has {{{missing[0]}}}, which is none of the arguments.")
    names = {row.number: _header(form, row) for row in headers}
    secrets = {
        names[row.number]: str(form.get(f"header-value-{row.number}") or "")
        for row in headers
        if not row.kept
    }
    fields = {
        "name": str(form.get("name") or "").strip(),
        "description": str(form.get("description") or "").strip(),
        "parameters": schema,
        "method": form.get("method"),
        "url": url,
        "secret_headers": tuple(dict.fromkeys(names.values())),
    }
    try:
        return HttpTool.model_validate(fields), secrets
    except ValidationError as error:
        raise FieldError("Choose one of the methods.") from error


def _header(form: Mapping[str, Any], row: HeaderRow) -> str:
    return row.name or str(form.get(f"header-name-{row.number}") or "").strip()
