"""Where apps were loaded: the origins of pages, as far as they are remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Boolean, DateTime, Integer, String, bindparam, exists, func, insert, update
from sqlalchemy import select as select_columns
from sqlmodel import col

from babble_app.store.prepared import Prepared
from babble_app.store.tables.apps import SightingRow
from babble_app.store.tables.base import now

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from babble_app.store.writer import Operation

_SIGHTED = Prepared(
    update(SightingRow)
    .where(
        col(SightingRow.app_id) == bindparam("of_app"),
        col(SightingRow.origin) == bindparam("of_origin"),
    )
    .values(
        loads=SightingRow.loads + 1,
        page=bindparam("page"),
        refused=bindparam("is_refused"),
        seen_at=bindparam("at"),
    )
)
_SIGHTING_COLUMNS = ("app_id", "origin", "owner_id", "loads", "page", "refused", "seen_at")
_FIRST_SIGHTED = Prepared(
    insert(SightingRow).from_select(
        _SIGHTING_COLUMNS,
        select_columns(
            bindparam("of_app", type_=String),
            bindparam("of_origin", type_=String),
            bindparam("of_owner", type_=String),
            bindparam("loads", type_=Integer),
            bindparam("page", type_=String),
            bindparam("is_refused", type_=Boolean),
            bindparam("at", type_=DateTime(timezone=True)),
        ).where(
            ~exists().where(
                col(SightingRow.app_id) == bindparam("of_app", type_=String),
                col(SightingRow.origin) == bindparam("of_origin", type_=String),
            )
        ),
    )
)
MOST_SIGHTINGS = 200
"""Origins of one app that are remembered: anybody can make some up."""


def count_sightings(db: Connection, owner_id: str, app_id: str) -> int:
    """Return from how many origins the owner's app was loaded, for `Database.fetch`."""
    statement = select_columns(func.count()).where(
        col(SightingRow.owner_id) == owner_id, col(SightingRow.app_id) == app_id
    )
    return db.execute(statement).scalar_one()


def add_sighting(
    owner_id: str, app_id: str, *, origin: str, page: str, refused: bool, known_only: bool = False
) -> list[Operation]:
    """Note that a page of an origin (`known_only`: if it is known) loaded the app, or was refused it."""
    values = {
        "of_app": app_id, "of_origin": origin, "of_owner": owner_id, "loads": 0, "page": page,
        "is_refused": refused, "at": now(),
    }  # fmt: skip
    known = {key: value for key, value in values.items() if key not in {"of_owner", "loads"}}
    first = [] if known_only else [(_FIRST_SIGHTED, [values])]
    return [*first, (_SIGHTED, [known])]
