"""An app's settings from its page: pages that may embed it, how it answers, limits, and its look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from babble_app.errors import OriginNotAllowedError
from babble_app.services import app_tokens, apps, budgets, visitors
from babble_app.states.app_behaviour import BehaviourState
from babble_app.states.app_look import LookDraft, LookState, ink_on, preview_of
from babble_app.states.app_origins import OriginsState
from tests.factories import make_user
from tests.unit.states.app_tabs import make_shown

if TYPE_CHECKING:
    from babble_app.schemas.apps import App
    from babble_app.services.runtime import Runtime
    from tests.databases import Source, SqliteSource
    from tests.unit.states.conftest import Tab

LIMITS = {"rate_limit_per_minute": "5", "retention_days": "30", "cap_day": "2", "cap_month": ""}
LOOK = {"title": "Shop", "starters": "Hours?\n\nPrices?", "position": "top-left", "scheme": "dark"}


@pytest.fixture
def source(sqlite: SqliteSource) -> Source:
    """One kind of database is enough: these are about the page."""
    return sqlite


async def stored(rt: Runtime, tab: Tab, app: App) -> App:
    return await apps.get_app(rt, tab.user.id, app.id)


async def origins(tab: Tab) -> OriginsState:
    shown = await tab.state(OriginsState)
    await tab.run(OriginsState.load, shown)
    return shown


async def behaviour(tab: Tab) -> BehaviourState:
    shown = await tab.state(BehaviourState)
    await tab.run(BehaviourState.load, shown)
    return shown


async def look(tab: Tab) -> LookState:
    shown = await tab.state(LookState)
    await tab.run(LookState.load, shown)
    return shown


async def test_an_origin_is_allowed_as_browsers_name_it_and_taken_out(
    rt: Runtime, tab: Tab
) -> None:
    made = await make_shown(rt, tab)
    shown = await origins(tab)

    await tab.run(OriginsState.allow, shown, {"origin": "Shop.example/products?x=1"})
    allowed = (await stored(rt, tab, made.app)).origins
    await tab.run(OriginsState.allow, shown, {"origin": "ftp://shop.example"})
    problem = shown.problem
    await tab.run(OriginsState.forbid, shown, "https://shop.example")

    assert allowed == ("https://shop.example",)
    assert "no origin" in problem
    assert (shown.allowed, (await stored(rt, tab, made.app)).origins) == ([], ())


async def test_the_check_says_where_the_widget_was_loaded_and_where_refused(
    rt: Runtime, tab: Tab
) -> None:
    made = await make_shown(rt, tab)
    await apps.update_app(rt, tab.user.id, made.app.id, origins=["https://shop.example"])
    token = (await app_tokens.create_token(rt, tab.user.id, made.app.id, "shop")).token
    page = "https://shop.example/products"
    await visitors.begin_visit(
        rt, token, origin="https://shop.example", address="10.0.0.9", page=page
    )
    with pytest.raises(OriginNotAllowedError):
        await visitors.begin_visit(rt, token, origin="https://evil.example", address="10.0.0.9")
    shown = await origins(tab)
    assert [row.loads for row in shown.allowed] == ["1 load, last from /products"]
    assert [row.origin for row in shown.refused] == ["https://evil.example"]

    found: list[tuple[str, bool]] = []
    for typed in ("shop.example", "https://evil.example/", "http://new.example"):
        await tab.run(OriginsState.write_origin, shown, typed)
        await tab.run(OriginsState.check_origin, shown)
        found.append((shown.check.standing, bool(shown.check.note)))
    unencrypted = shown.check.row.plain
    await tab.run(OriginsState.allow_seen, shown, "https://evil.example")

    assert found == [("allowed", True), ("refused", False), ("new", False)]
    assert unencrypted
    assert shown.refused == []


async def test_how_it_answers_is_stored(rt: Runtime, tab: Tab) -> None:
    made = await make_shown(rt, tab)
    shown = await behaviour(tab)

    await tab.run(BehaviourState.pick_profile, shown, "coder")
    await tab.run(BehaviourState.pick_model, shown, "demo/based")
    await tab.run(BehaviourState.save_answers, shown, {"instructions": " Be brief. "})

    saved = await stored(rt, tab, made.app)
    assert (saved.profile, saved.model) == ("coder", "demo/based")
    assert saved.instructions == "Be brief."
    assert shown.problems == {}


async def test_a_profile_that_nobody_has_is_refused(rt: Runtime, tab: Tab) -> None:
    made = await make_shown(rt, tab)
    shown = await behaviour(tab)

    await tab.run(BehaviourState.pick_profile, shown, "prf_of_somebody_else")
    await tab.run(BehaviourState.save_answers, shown, {"instructions": ""})

    assert shown.problems
    assert (await stored(rt, tab, made.app)).profile == ""


async def test_limits_and_caps_are_set_and_taken_away(rt: Runtime, tab: Tab) -> None:
    made = await make_shown(rt, tab)
    shown = await behaviour(tab)

    await tab.run(BehaviourState.save_limits, shown, {**LIMITS, "takes_files": True})
    saved = await stored(rt, tab, made.app)
    words = [view.words.partition(" used")[0] for view in shown.money]
    caps = [(one.kind, one.period, one.limit_usd) for one in await budgets.status(rt, tab.user.id)]
    await tab.run(BehaviourState.save_limits, shown, {"rate_limit_per_minute": "5", "cap_day": ""})

    assert (saved.rate_limit_per_minute, saved.retention_days) == (5, 30)
    assert saved.takes_files
    assert words == ["$0.00 of $2.00", ""]
    assert caps == [("app", "day", 2.0)]
    assert await budgets.status(rt, tab.user.id) == []
    assert (await stored(rt, tab, made.app)).retention_days is None


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("rate_limit_per_minute", "many"),
        ("rate_limit_per_minute", ""),
        ("rate_limit_per_minute", "0"),
        ("retention_days", "-1"),
        ("cap_month", "lots"),
        ("cap_day", "99999999"),
    ],
)
async def test_a_wrong_limit_is_said_at_its_field(
    rt: Runtime, tab: Tab, field: str, text: str
) -> None:
    made = await make_shown(rt, tab)
    shown = await behaviour(tab)

    await tab.run(BehaviourState.save_limits, shown, {**LIMITS, field: text})

    assert set(shown.problems) == {field}
    assert (await stored(rt, tab, made.app)).rate_limit_per_minute == 20


async def test_what_is_written_shows_in_the_preview_before_it_is_saved(
    rt: Runtime, tab: Tab
) -> None:
    made = await make_shown(rt, tab)
    shown = await look(tab)
    assert (shown.preview.title, shown.dirty) == ("Helper", False)

    await tab.run(LookState.write, shown, "title", "Shop")
    await tab.run(LookState.pick_color, shown, "primary_color", "#ffff00")
    await tab.run(LookState.write, shown, "_of", "app_of_somebody_else")
    await look(tab)

    assert (shown.preview.title, shown.preview.primary) == ("Shop", "#ffff00")
    assert (shown.preview.on_primary, shown.dirty) == ("#000000", True)
    assert (await stored(rt, tab, made.app)).look.title == ""
    await tab.run(LookState.discard, shown)
    assert (shown.preview.title, shown.dirty) == ("Helper", False)


async def test_the_look_is_saved(rt: Runtime, tab: Tab) -> None:
    made = await make_shown(rt, tab)
    shown = await look(tab)
    form = {**LOOK, "primary_color": "#c2410c", "border_radius_px": "8 px"}

    await tab.run(LookState.save, shown, form)

    saved = (await stored(rt, tab, made.app)).look
    assert (saved.title, saved.starters) == ("Shop", ("Hours?", "Prices?"))
    assert (saved.position, saved.scheme, saved.border_radius_px) == ("top-left", "dark", 8)
    assert (shown.dirty, shown.problems, shown.preview.radius) == (False, {}, "8px")


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("primary_color", "red"),
        ("border_radius_px", "round"),
        ("border_radius_px", "99"),
        ("language", "?"),
        ("starters", "a\nb\nc\nd\ne\nf\ng"),
        ("font_family", "x; } body { display: none"),
    ],
)
async def test_what_is_wrong_with_a_look_is_said_at_its_field(
    rt: Runtime, tab: Tab, field: str, text: str
) -> None:
    made = await make_shown(rt, tab)
    shown = await look(tab)

    await tab.run(LookState.save, shown, {**LOOK, field: text})

    assert set(shown.problems) == {field}
    assert (await stored(rt, tab, made.app)).look.title == ""


def test_the_preview_follows_the_scheme_and_shows_nothing_half_written() -> None:
    draft = LookDraft(scheme="auto", primary_color="#c24", border_radius_px="1x")

    light = preview_of(draft, "Helper", device_dark=False)
    dark = preview_of(draft, "Helper", device_dark=True)
    forced = preview_of(LookDraft(scheme="light"), "Helper", device_dark=True)

    assert (light.dark, dark.dark, forced.dark) == (False, True, False)
    assert light.primary.startswith("#")
    assert len(light.primary) == 7
    assert light.radius == "12px"


@pytest.mark.parametrize(
    ("color", "ink"), [("#ffffff", "#000000"), ("#000000", "#ffffff"), ("#0b6b60", "#ffffff")]
)
def test_the_ink_on_a_colour_can_be_read(color: str, ink: str) -> None:
    assert ink_on(color) == ink


async def test_a_stranger_on_the_page_changes_nothing(rt: Runtime, tab: Tab) -> None:
    made = await make_shown(rt, tab)
    before = await stored(rt, tab, made.app)
    await tab.log_in(await make_user(rt))
    allowing, forms, looks = await origins(tab), await behaviour(tab), await look(tab)

    await tab.run(OriginsState.allow, allowing, {"origin": "https://evil.example"})
    await tab.run(OriginsState.allow_seen, allowing, "https://evil.example")
    await tab.run(OriginsState.forbid, allowing, "https://shop.example")
    await tab.run(BehaviourState.save_answers, forms, {"instructions": "Obey."})
    await tab.run(BehaviourState.save_limits, forms, LIMITS)
    await tab.run(LookState.save, looks, LOOK)

    assert await stored(rt, tab, made.app) == before
    assert (allowing.loaded, forms.loaded, looks.loaded) == (False, False, False)
    assert await budgets.status(rt, tab.user.id) == []
