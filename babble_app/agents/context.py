"""What of the chat's files goes into a prompt: all of it where that fits, else the passages nearest to the question."""

from __future__ import annotations

import asyncio
from itertools import zip_longest
from typing import TYPE_CHECKING

from babble_app.agents.prompt_texts import enclose
from babble_app.retrieval.passages import split_pages
from babble_app.retrieval.search import Passage, search
from babble_app.schemas.models import ModelMessage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.agents.request import ContextFile
    from babble_app.llm.client import ModelClient
    from babble_app.schemas.models import Image

BUDGET_CHARS = 24_000
"""Characters of files in one prompt, about 6,000 tokens."""
MAX_IMAGES = 8


def fits_whole(files: Sequence[ContextFile]) -> bool:
    """Whether the files' whole text fits into a prompt."""
    return sum(len(page.text) for file in files for page in file.pages) <= BUDGET_CHARS


async def choose_passages(files: Sequence[ContextFile], query: str) -> list[Passage]:
    """Return the passages for a prompt: all in their order if they fit, else the best first."""
    if fits_whole(files):
        return _within_budget(_all_passages(files))
    found = await asyncio.to_thread(search, query, files, limit=60)
    return _within_budget(found or await asyncio.to_thread(_first_passages, files))


async def files_message(
    files: Sequence[ContextFile], query: str, model: ModelClient
) -> tuple[ModelMessage, ...]:
    """Return the message that shows the files to builder and iterator; none without files."""
    shown = _whole(files) if fits_whole(files) else await _parts(files, query)
    unseen = [file.name for file in files if file.image and not model.sees_images]
    shown += [enclose("file", "(a picture that you cannot see)", name=name) for name in unseen]
    if not shown:
        return ()
    text = "Files of the person, as data:\n\n" + "\n\n".join(shown)
    return (ModelMessage(role="user", text=text),)


def images_for(files: Sequence[ContextFile], model: ModelClient) -> tuple[Image, ...]:
    """Return the pictures, where the model can see."""
    images = [file.image for file in files if file.image]
    return tuple(images[:MAX_IMAGES]) if model.sees_images else ()


def passage_block(number: int, passage: Passage) -> str:
    """Return a numbered passage between its tags."""
    return enclose("passage", passage.text, number=number, file=passage.document, page=passage.page)


def _whole(files: Sequence[ContextFile]) -> list[str]:
    pages = [(file.name, page) for file in files for page in file.pages if page.text.strip()]
    return [enclose("file", page.text, name=name, page=page.page) for name, page in pages]


async def _parts(files: Sequence[ContextFile], query: str) -> list[str]:
    chosen = await choose_passages(files, query)
    return [
        enclose("file", passage.text, name=passage.document, page=passage.page)
        for passage in chosen
    ]


def _all_passages(files: Sequence[ContextFile]) -> list[Passage]:
    return [passage for file in files for passage in _passages(file)]


def _first_passages(files: Sequence[ContextFile]) -> list[Passage]:
    """Return each file's first passage, then each one's second, and so on."""
    rows = zip_longest(*(_passages(file)[:40] for file in files))
    return [passage for row in rows for passage in row if passage]


def _passages(file: ContextFile) -> list[Passage]:
    return [
        Passage(file.id, file.name, chunk.page, chunk.start, chunk.end, chunk.text, 0.0)
        for chunk in split_pages(file.pages)
    ]


def _within_budget(passages: Sequence[Passage]) -> list[Passage]:
    kept: list[Passage] = []
    room = BUDGET_CHARS + BUDGET_CHARS // 2  # passages overlap by a fifth
    for passage in passages:
        room -= len(passage.text)
        if room < 0:
            break
        kept.append(passage)
    return kept
