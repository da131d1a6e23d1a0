"""Chooses which files a model is shown and which parts of them: by rules and retrieval; a model says where they cannot."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from babble_app.agents import triage
from babble_app.agents.earlier import choose_earlier, is_short
from babble_app.agents.mentions import called_by, named_in, speaks_of_files
from babble_app.retrieval.passages import split_pages
from babble_app.retrieval.search import Passage, search
from babble_app.schemas.events import FileUse
from babble_app.schemas.models import ModelMessage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from babble_app.agents.request import AgentRequest, ContextFile
    from babble_app.llm.client import ModelClient
    from babble_app.schemas.usage import Usage

FILES_TOKENS = 6_000
"""Of files in one prompt: leaves room for guide, program and answer in a context of 16,000."""
SMALL_TOKENS = 1_500
"""A page of which something fits is shown whole up to here: parts of a short text are no saving."""
MAX_PICTURES = 8
STRONG = 0.3
"""Passages below this share of the best one's score share common words with the request and no more."""
_MOST_PASSAGES = 80
_CHARS_PER_TOKEN = 8
"""More than any language has: a longer text is too long without being counted."""


@dataclass(frozen=True)
class Choice:
    """What matters of the files."""

    whole: tuple[ContextFile, ...] = ()
    """Shown whole where they fit, else by what fits the request and by their beginnings."""
    found: tuple[Passage, ...] = ()
    """Passages that fit the request, best first."""
    usage: Usage | None = None
    """Of the model, when it was asked."""


async def select(
    model: ModelClient, request: AgentRequest, decision: triage.Decision
) -> tuple[AgentRequest, Usage | None]:
    """Return the request with the messages, passages and pictures that a prompt shall hold, and what choosing cost."""
    tokens = _Counter(model)
    readable = [file for file in request.files if _has_text(file)]
    choice = await _choose(model, request, readable, decision, tokens)
    if not readable and is_short(request.history):
        return _narrowed(request, readable, choice, tokens), choice.usage
    # Splitting and counting long texts takes milliseconds that the event loop has not got.
    narrowed = await asyncio.to_thread(_narrowed, request, readable, choice, tokens)
    return narrowed, choice.usage


def _narrowed(
    request: AgentRequest, files: Sequence[ContextFile], choice: Choice, tokens: _Counter
) -> AgentRequest:
    passages = _passages_of(choice, files, tokens)
    small_talk = triage.is_small_talk(request.text)
    return replace(
        request,
        history=choose_earlier(request.history, request.text, tokens),
        passages=tuple(passages),
        pictures=() if small_talk else _pictures(request),
        has_more=not small_talk and _has_more(files, passages),
    )


def uses_of(
    files: Sequence[ContextFile], passages: Iterable[Passage], pictures: Sequence[ContextFile] = ()
) -> tuple[FileUse, ...]:
    """Name the files that passages and pictures are of, in the chat's order, with the pages of those that have any."""
    pages: dict[str, set[int]] = {picture.id: set() for picture in pictures}
    for passage in passages:
        pages.setdefault(passage.document_id, set()).add(passage.page)
    return tuple(
        FileUse(
            file_id=file.id,
            file=file.name,
            pages=tuple(sorted(pages[file.id])) if _has_pages(file) else (),
        )
        for file in files
        if file.id in pages
    )


def _has_more(files: Sequence[ContextFile], passages: Sequence[Passage]) -> bool:
    shown = {_key(one) for one in passages}
    return any(_key(one) not in shown for file in files for one in _all_passages(file))


class _Counter:
    """Counts tokens as the model's provider does, about."""

    def __init__(self, model: ModelClient) -> None:
        self._model = model

    def __call__(self, text: str) -> int:
        return self._model.count_tokens((ModelMessage(role="user", text=text),))

    def fits(self, files: Iterable[ContextFile], limit: int) -> bool:
        """Whether the files' whole text fits."""
        text = "\n".join(page.text for file in files for page in file.pages)
        return len(text) <= limit * _CHARS_PER_TOKEN and self(text) <= limit


async def _choose(
    model: ModelClient,
    request: AgentRequest,
    files: Sequence[ContextFile],
    decision: triage.Decision,
    tokens: _Counter,
) -> Choice:
    if not files or triage.is_small_talk(request.text):
        return Choice()
    found = await asyncio.to_thread(_strong_passages, request, files)
    if named := named_in(request.text, files):
        others = [file for file in files if file not in named]
        return Choice((*named, *called_by(request.text, _without(others, found))), found)
    if speaks_of_files(request.text):
        return Choice(tuple(files), found)
    if decision.kind == "build" and tokens.fits(files, FILES_TOKENS):
        return Choice(tuple(files))
    called = called_by(request.text, _without(files, found))
    if found or called:
        facts = _files_of(found, files) if decision.kind == "build" else []
        return Choice((*facts, *called), found)
    if tokens.fits(files, SMALL_TOKENS):
        return Choice(tuple(files))  # asking would cost as much
    return await _asked(model, request, files, decision)


async def _asked(
    model: ModelClient,
    request: AgentRequest,
    files: Sequence[ContextFile],
    decision: triage.Decision,
) -> Choice:
    """Let the model choose by names and beginnings; what it garbles means all files."""
    usage = None
    if decision.files is None:
        decision = await triage.ask(model, replace(request, files=tuple(files)))
        usage = decision.usage
    chosen = tuple(file for file in files if decision.files is None or file.id in decision.files)
    return Choice(chosen, usage=usage)


def _strong_passages(request: AgentRequest, files: Sequence[ContextFile]) -> tuple[Passage, ...]:
    """Return what fits the request; of a short question that nothing fits, what fits it with the one before."""
    found = search(request.text, files, _MOST_PASSAGES)
    before = [message.text for message in request.history if message.role == "user"]
    if not found and before:
        found = search(f"{before[-1]}\n{request.text}", files, _MOST_PASSAGES)
    return tuple(one for one in found if one.score >= STRONG * found[0].score)


def _passages_of(choice: Choice, files: Sequence[ContextFile], tokens: _Counter) -> list[Passage]:
    """Return the passages that fit into the budget, in the files' order."""
    kept: dict[tuple[str, int, int], Passage] = {}
    room = FILES_TOKENS
    for group in _groups(choice, files, tokens):
        new = [one for one in group if _key(one) not in kept]
        cost = sum(tokens(one.text) for one in new)
        if cost <= room:
            room -= cost
            kept.update({_key(one): one for one in new})
    order = {file.id: number for number, file in enumerate(files)}
    return sorted(kept.values(), key=lambda one: (order[one.document_id], one.page, one.start))


def _groups(
    choice: Choice, files: Sequence[ContextFile], tokens: _Counter
) -> Iterator[list[Passage]]:
    """Yield what is shown together or not at all, the most wanted first."""
    large = [file for file in choice.whole if not tokens.fits([file], FILES_TOKENS)]
    yield from (_all_passages(file) for file in choice.whole if file not in large)
    pages = {(file.id, page.page): (file, page) for file in files for page in file.pages}
    for one in choice.found:
        file, page = pages[one.document_id, one.page]
        small = tokens(page.text) <= SMALL_TOKENS
        yield _all_passages(replace(file, pages=(page,))) if small else [one]
    # Each large file's first passage, then each one's second, and so on.
    rows = zip_longest(*(_all_passages(file)[:_MOST_PASSAGES] for file in large))
    yield from ([one] for row in rows for one in row if one)


def _all_passages(file: ContextFile) -> list[Passage]:
    return [
        Passage(file.id, file.name, chunk.page, chunk.start, chunk.end, chunk.text, 0.0)
        for chunk in split_pages(file.pages)
    ]


def _files_of(found: Sequence[Passage], files: Sequence[ContextFile]) -> list[ContextFile]:
    ids = {one.document_id for one in found}
    return [file for file in files if file.id in ids]


def _without(files: Sequence[ContextFile], found: Sequence[Passage]) -> list[ContextFile]:
    """Return the files of which nothing was found."""
    known = _files_of(found, files)
    return [file for file in files if file not in known]


def _pictures(request: AgentRequest) -> tuple[ContextFile, ...]:
    """Return the pictures to be shown: the named ones, else all."""
    pictures = [file for file in request.files if file.image]
    named = named_in(request.text, request.files)
    if named:
        pictures = [file for file in pictures if file in named]
    return tuple(pictures[:MAX_PICTURES])


def _has_text(file: ContextFile) -> bool:
    return any(page.text.strip() for page in file.pages)


def _has_pages(file: ContextFile) -> bool:
    return file.kind == "pdf" or len(file.pages) > 1


def _key(passage: Passage) -> tuple[str, int, int]:
    return (passage.document_id, passage.page, passage.start)
