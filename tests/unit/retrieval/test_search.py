from dataclasses import dataclass, field

import pytest

from babble_app.retrieval.search import query_terms, search, tokens
from babble_app.schemas.workspaces import FilePage


@dataclass(frozen=True)
class Document:
    """What the chat's files look like to the search."""

    id: str
    name: str
    pages: tuple[FilePage, ...] = field(default=())


def make_document(*texts, name="a.txt"):
    pages = tuple(FilePage(page=n, text=text) for n, text in enumerate(texts, start=1))
    return Document(id=f"fil_{name}", name=name, pages=pages)


def test_the_passage_that_answers_comes_first_with_its_place():
    menu = make_document("Cakes cost 20 euros.", "We are open from 9 to 5.", name="menu.pdf")
    other = make_document("The history of the house began in 1920.", name="history.md")

    found = search("When are you open?", [other, menu])

    assert [(p.document, p.page, p.text) for p in found] == [
        ("menu.pdf", 2, "We are open from 9 to 5.")
    ]
    assert found[0].document_id == "fil_menu.pdf"
    assert found[0].end - found[0].start == len(found[0].text)


def test_rare_words_weigh_more_than_frequent_ones():
    document = make_document(
        "Order a cake today.", "Order bread today.", "Order rolls today.", "Return a pavlova."
    )

    assert search("order pavlova", [document])[0].page == 4


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("opening hour", "Opening hours: nine to five"),
        ("cafe", "Das Café ist offen"),
        ("STRASSE", "Wo ist die Straße?"),
        ("営業時間は", "当店の営業時間は九時からです。"),
        ("часы работы", "Часы работы: 9-17"),
        ("ساعات العمل", "ساعات العمل من ٩ إلى ٥"),
        ("समय", "खुलने का समय नौ बजे है।"),
        ("영업시간", "영업시간은 아홉 시부터입니다"),
        ("opening_hours", "opening hours"),
    ],
)
def test_words_are_found_in_any_language_and_form(query, text):
    assert search(query, [make_document("something else entirely", text)])[0].page == 2


def test_nothing_is_found_where_nothing_fits():
    assert search("helicopter", [make_document("bread and butter")]) == []
    assert search("", [make_document("bread")]) == []
    assert search("?!", [make_document("bread")]) == []
    assert search("bread", []) == []
    assert search("bread", [make_document()]) == []


def test_no_more_than_the_limit_comes_back_and_equal_ones_stay_in_order():
    document = make_document(*["bread"] * 9)

    assert [p.page for p in search("bread", [document], limit=3)] == [1, 2, 3]


def test_common_words_count_only_when_there_are_no_others():
    assert query_terms("what is the price?") == {"price"}
    assert query_terms("who are you") == {"who", "are", "you"}


def test_plural_endings_come_off():
    assert tokens("berries cakes glass bus class ties") == [
        "berry",
        "cake",
        "glass",
        "bus",
        "class",
        "ty",
    ]
