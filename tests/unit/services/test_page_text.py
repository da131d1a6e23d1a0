"""HTML as a person would read it, whoever wrote it and however."""

from __future__ import annotations

import time

import pytest

from babble_app.services.html_pieces import Tag, pieces
from babble_app.services.page_text import read_html, strip_tags

LONG = "The whale swims far. " * 20
PAGE = f"""<!DOCTYPE html><html><head><title> The &amp; Whale\n</title><style>p {{ color: red }}</style>
<script>if (a < b) {{ document.write("<p>never</p>") }}</script></head>
<body><nav><ul><li>Home</li></ul></nav><header>Logo</header>
<main><h1>Whales</h1><p>They   are <b>big</b>.<br>And&nbsp;kind.</p><ul><li>Blue</li><li>Grey</li></ul>
<table><tr><th>Name</th><th>Tons</th></tr><tr><td>Blue</td><td>150</td></tr></table>
<pre>def swim():
    return "far"</pre><!-- hidden > words --><p>{LONG}</p></main>
<aside>Ads</aside><footer>Imprint</footer><svg><title>icon</title></svg></body></html>"""


def test_a_page_is_read_without_what_stands_around_its_text() -> None:
    page = read_html(PAGE)

    assert page.title == "The & Whale"
    assert page.text.split("\n")[:8] == [
        "# Whales",
        "They are big.",
        "And kind.",
        "- Blue",
        "- Grey",
        "Name | Tons",
        "Blue | 150",
        "def swim():",
    ]
    assert '\n    return "far"\n' in page.text
    for gone in ("Home", "Logo", "Ads", "Imprint", "never", "color", "hidden", "icon"):
        assert gone not in page.text


def test_a_page_that_is_all_furniture_is_shown_with_it() -> None:
    assert read_html("<body><form><p>Only this</p></form></body>").text == "Only this"
    assert read_html("<p>Start<nav>never closed<p>" + LONG).text.startswith("Start\nnever closed")


def test_a_tag_ends_where_its_quotes_allow() -> None:
    found = list(pieces("""<a href="x>y" title='it"s' DATA-n = 5 class=big>go</A> 1 < 2 <3"""))

    assert isinstance(found[0], Tag)
    assert found[0].attributes == {"href": "x>y", "title": 'it"s', "data-n": "5", "class": "big"}
    assert found[1] == "go"
    assert isinstance(found[2], Tag)
    assert (found[2].name, found[2].closing) == ("a", True)
    assert "".join(one for one in found[3:] if isinstance(one, str)) == " 1 < 2 <3"


def test_a_fragment_becomes_a_line() -> None:
    assert strip_tags("<b>Big</b> &amp;\n <i>kind</i> &#8212; whales") == "Big & kind — whales"


@pytest.mark.parametrize(
    "piece",
    [
        "<a ", "<!--", "<!", "</", "<?", '<a b="', "<a b='", "<", "<div>", "<nav>", "</nav>", "<script>", "<title>", "<pre>", "&#",
        "&amp", "<p>x", "<![CDATA[",
    ],
)  # fmt: skip
def test_no_page_takes_long(piece: str) -> None:
    # What grows with the square of the length takes minutes here; this takes a few hundredths of a second.
    hostile = piece * (200_000 // len(piece))

    before = time.process_time()
    read_html(hostile)

    assert time.process_time() - before < 10


def test_no_tags_attributes_take_long() -> None:
    # As above: 13 s, or a hundredth of one.
    hostile = f"<a {'a' * 7_990}>" * 25

    before = time.process_time()
    assert [one.attributes for one in pieces(hostile) if isinstance(one, Tag)] == [{}] * 25

    assert time.process_time() - before < 3


def test_numbers_that_nobody_reads_are_no_failure() -> None:
    assert "&#" in read_html("&#" + "1" * 50_000 + ";").text
