from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from babble_app.retrieval.passages import OVERLAP, SIZE, split, split_pages
from babble_app.schemas.workspaces import FilePage


def sentences(count):
    return " ".join(f"This is sentence number {number} of the text." for number in range(count))


def test_a_short_text_is_one_passage_without_its_edges():
    (chunk,) = split("  Hello there.\n")

    assert (chunk.start, chunk.end, chunk.text) == (2, 14, "Hello there.")


def test_passages_end_and_begin_at_sentences():
    chunks = list(split(sentences(60)))

    assert len(chunks) > 3
    assert all(chunk.text.endswith(".") and chunk.text.startswith("This") for chunk in chunks)


def test_neighbouring_passages_share_some_text():
    chunks = list(split(sentences(60)))

    for left, right in pairwise(chunks):
        assert 0 < left.end - right.start <= OVERLAP


def test_a_text_without_spaces_is_cut_all_the_same():
    chunks = list(split("x" * 5000))

    assert max(len(chunk.text) for chunk in chunks) <= SIZE
    assert chunks[-1].end == 5000


def test_chinese_sentences_end_without_a_space():
    chunks = list(split("这是一个关于面包店营业时间的句子。" * 100))

    assert all(chunk.text.endswith("。") for chunk in chunks)


def test_passages_know_their_page():
    pages = [FilePage(page=1, text="one"), FilePage(page=2, text=" "), FilePage(page=3, text="tre")]

    assert [(chunk.page, chunk.text) for chunk in split_pages(pages)] == [(1, "one"), (3, "tre")]


@given(st.text(alphabet="ab .\n。!", max_size=3000))
def test_passages_are_spans_of_the_text_and_cover_all_words(text):
    covered = [False] * len(text)

    for chunk in split(text):
        assert text[chunk.start : chunk.end] == chunk.text
        assert 0 < len(chunk.text) <= SIZE
        covered[chunk.start : chunk.end] = [True] * len(chunk.text)

    assert all(done or char.isspace() for done, char in zip(covered, text, strict=True))
