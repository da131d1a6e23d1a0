"""What people do with versions besides editing: name them, bring parts back, merge, import."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from babble_app.errors import ConflictError, NotFoundError, ValidationFailedError
from babble_app.services import (
    agents,
    versions,
)
from tests.factories import make_agent, make_workspace

if TYPE_CHECKING:
    from babble_app.schemas.agents import Version
    from babble_app.services.runtime import Runtime
    from tests.databases import Source

PROGRAM = "".join(f'say("This is line {n}.", True)\n' for n in range(1, 31))


@pytest.fixture
def source(sqlite: Source) -> Source:
    """One kind of database is enough: what is asked of it is asked in test_versions.py of both."""
    return sqlite


async def start(rt: Runtime) -> tuple[str, Version]:
    owner, workspace = await make_workspace(rt)
    return owner, await make_agent(rt, owner, workspace.id, program=PROGRAM)


async def edit(rt: Runtime, owner: str, parent: Version, text: str) -> Version:
    return await versions.add_version(
        rt, owner, parent.agent_id, text=text, parent_id=parent.id, kind="manual", author="Ada"
    )


async def test_a_version_gets_a_name_and_a_note_and_stays_as_it_is(rt: Runtime) -> None:
    owner, first = await start(rt)

    named = await versions.label_version(rt, owner, first.id, name=" Summer menu ", note="A\r\nB")
    renamed = await versions.label_version(rt, owner, first.id, name="Winter menu")

    assert (named.name, named.note) == ("Summer menu", "A\nB")
    assert (renamed.name, renamed.note) == ("Winter menu", "A\nB")
    (listed,) = await versions.list_versions(rt, owner, first.agent_id)
    assert listed == renamed
    stored = await versions.get_version(rt, owner, first.id)
    assert stored == first.model_copy(update={"name": "Winter menu", "note": "A\nB"})
    cleared = await versions.label_version(rt, owner, first.id, name="", note="")
    assert (cleared.name, cleared.note) == ("", "")


@pytest.mark.parametrize(
    "label", [{"name": "x" * 121}, {"note": "x" * 2001}, {"name": "a\x00b"}, {"note": "\u202e"}]
)
async def test_a_label_that_cannot_be_shown_is_refused(rt: Runtime, label: dict[str, str]) -> None:
    owner, first = await start(rt)

    with pytest.raises(ValidationFailedError) as caught:
        await versions.label_version(rt, owner, first.id, **label)

    assert caught.value.field in label


async def test_hunks_of_an_older_version_come_back_into_the_newest(rt: Runtime) -> None:
    owner, first = await start(rt)
    text = PROGRAM.replace("line 3.", "line three.").replace("line 28.", "line 28!")
    second = await edit(rt, owner, first, text)

    third = await versions.restore_hunks(
        rt, owner, first.agent_id, from_id=first.id, hunks=[2], head_id=second.id
    )

    assert third.text == PROGRAM.replace("line 3.", "line three.")
    assert (third.kind, third.author, third.parent_id) == ("restore-hunks", "Ada", second.id)
    assert third.summary == "Took 1 of 2 hunks from version 1."


async def test_hunks_that_were_chosen_in_another_head_are_refused(rt: Runtime) -> None:
    owner, first = await start(rt)
    second = await edit(rt, owner, first, PROGRAM.replace("line 3.", "line three."))

    with pytest.raises(ConflictError) as caught:
        await versions.restore_hunks(
            rt, owner, first.agent_id, from_id=first.id, hunks=[1], head_id=first.id
        )
    with pytest.raises(ValidationFailedError, match="There is no change 2"):
        await versions.restore_hunks(rt, owner, first.agent_id, from_id=first.id, hunks=[1, 2])

    assert caught.value.head == second.id


async def test_an_edit_of_an_older_version_is_merged_with_the_newest_and_saved_on_top(
    rt: Runtime,
) -> None:
    owner, first = await start(rt)
    second = await edit(rt, owner, first, PROGRAM.replace("line 3.", "line three."))
    mine = PROGRAM.replace("line 20.", "line twenty.")

    with pytest.raises(ConflictError) as caught:
        await edit(rt, owner, first, mine)
    merged = await versions.merge(rt, owner, first.agent_id, base_id=first.id, text=mine)
    third = await versions.add_version(
        rt,
        owner,
        first.agent_id,
        text=merged.text,
        parent_id=merged.head_id,
        kind="manual",
        author="Ada",
    )

    assert caught.value.head == merged.head_id == second.id
    assert merged.conflicts == ()
    assert third.text == second.text.replace("line 20.", "line twenty.")


async def test_a_merge_with_conflicts_shows_both_sides_and_cannot_be_saved_as_it_is(
    rt: Runtime,
) -> None:
    owner, first = await start(rt)
    second = await edit(rt, owner, first, PROGRAM.replace("line 3.", "line three."))
    mine = PROGRAM.replace("line 3.", "line III.")

    merged = await versions.merge(rt, owner, first.agent_id, base_id=first.id, text=mine)
    with pytest.raises(ValidationFailedError):
        await edit(rt, owner, second, merged.text)

    (conflict,) = merged.conflicts
    assert ("line III." in conflict.yours, "line three." in conflict.theirs) == (True, True)
    assert merged.text.splitlines()[conflict.line - 1].startswith("<<<<<<<")


async def test_a_program_from_elsewhere_becomes_an_agent(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)

    version = await agents.import_agent(rt, owner, workspace.id, name="Desk", text=PROGRAM)

    assert (version.kind, version.author, version.number) == ("import", "Ada", 1)
    assert (version.text, version.raw, version.model) == (PROGRAM, "", "")
    with pytest.raises(ValidationFailedError, match="errors"):
        await agents.import_agent(rt, owner, workspace.id, name="Desk", text="loop:\n")


@pytest.mark.parametrize(
    "text",
    ["", "  \n", "x" * 200_001, 'say("\0")\n', 'say("\ud800")\n'],
    ids=["empty", "blank", "too long", "NUL", "surrogate"],
)
async def test_what_is_no_text_of_a_program_is_refused_everywhere(rt: Runtime, text: str) -> None:
    owner, first = await start(rt)
    workspace_id = (await agents.get_agent(rt, owner, first.agent_id)).workspace_id

    with pytest.raises(ValidationFailedError):
        await edit(rt, owner, first, text)
    with pytest.raises(ValidationFailedError):
        await versions.merge(rt, owner, first.agent_id, base_id=first.id, text=text)
    with pytest.raises(ValidationFailedError):
        await agents.import_agent(rt, owner, workspace_id, name="x", text=text)


async def test_line_endings_of_a_hand_edit_stay_as_they_were_typed(rt: Runtime) -> None:
    owner, first = await start(rt)
    mixed = PROGRAM.replace('line 3.", True)\n', 'line 3.", True)\r\n').removesuffix("\n")

    second = await edit(rt, owner, first, mixed)
    third = await versions.restore_hunks(
        rt, owner, first.agent_id, from_id=first.id, hunks=[2], head_id=second.id
    )

    assert (await versions.get_version(rt, owner, second.id)).text == mixed
    assert third.text == mixed + "\n"


async def test_ids_of_other_agents_are_not_found(rt: Runtime) -> None:
    owner, first = await start(rt)
    _, other = await start(rt)
    other_own = await make_agent(rt, owner, (await make_workspace(rt, owner))[1].id)

    for foreign in (other.id, other_own.id):
        with pytest.raises(NotFoundError):
            await versions.restore_hunks(rt, owner, first.agent_id, from_id=foreign, hunks=[1])
        with pytest.raises(NotFoundError):
            await versions.merge(rt, owner, first.agent_id, base_id=foreign, text=PROGRAM)
        with pytest.raises(NotFoundError):
            await edit(rt, owner, first.model_copy(update={"id": foreign}), PROGRAM + "\n")
    with pytest.raises(NotFoundError):
        await versions.label_version(rt, owner, other.id, name="x")
