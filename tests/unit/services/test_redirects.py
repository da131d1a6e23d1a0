"""Where a person may be sent after logging in."""

from __future__ import annotations

import pytest

from babble_app.services.redirects import local_path


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/workspaces/wsp_1",
        "/chat/cht_1?tab=canvas#line-3",
        "/search?q=a%20b&from=https://x.example/",
        "/caf%C3%A9",
        "/versions/?from=ver_1&to=ver_2",
    ],
)
def test_a_page_of_ours_is_kept(path: str):
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "workspaces",
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/%2Fevil.example",
        "/%2f%2fevil.example",
        "/%5Cevil.example",
        "/%5cevil.example",
        "/%252Fevil.example",
        "/%25252525252525252fevil.example",
        "/%09/evil.example",
        "/a//b",
        "/./%2e%2e//evil.example",
        "/x\r\nSet-Cookie: a=b",
        "/x%0d%0aSet-Cookie:%20a=b",
        "/\u2028x",
        "/@evil.example",
        "javascript:alert(1)",
        "/%6aavascript:\\alert(1)",
        "/" + "a" * 3000,
    ],
)
def test_anything_else_leads_home(path: str):
    assert local_path(path) == "/"
