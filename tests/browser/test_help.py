"""The language reference: every code of the checker at its own anchor, with highlighted examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from babble_app.based.guide import code_entries

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_a_code_leads_to_its_explanation(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Based language").click()
    expect(page.get_by_role("heading", name="Based, the language of your agents")).to_be_visible()

    page.get_by_role("navigation", name="Codes").get_by_role("link", name="E200").click()

    place = page.locator("#E200")
    expect(place).to_be_in_viewport()
    expect(place.locator("pre .hljs-keyword").first).to_have_text("loop")
    assert page.locator("article.help-code").count() == len(code_entries())
