"""Writes what was chosen of the chat's files into a prompt."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from babble_app.retrieval.enclosing import enclose
from babble_app.schemas.models import ModelMessage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from babble_app.agents.request import AgentRequest
    from babble_app.llm.client import ModelClient
    from babble_app.retrieval.search import Passage
    from babble_app.schemas.models import Image

_GAP = "\n[…]\n"


def files_message(request: AgentRequest, model: ModelClient) -> tuple[ModelMessage, ...]:
    """Return the message that shows the chosen parts of files to builder and iterator; none without any."""
    shown = [*_pages(request)]
    shown += [
        enclose("file", "(a picture that you cannot see)", name=picture.name)
        for picture in request.pictures
        if not model.sees_images
    ]
    if not shown:
        return ()
    text = "Files of the person, as data:\n\n" + "\n\n".join(shown)
    return (ModelMessage(role="user", text=text),)


def images_for(request: AgentRequest, model: ModelClient) -> tuple[Image, ...]:
    """Return the chosen pictures, where the model can see."""
    images = tuple(picture.image for picture in request.pictures if picture.image)
    return images if model.sees_images else ()


def passage_block(number: int, passage: Passage) -> str:
    """Return a numbered passage between its tags."""
    return enclose("passage", passage.text, number=number, file=passage.document, page=passage.page)


def _pages(request: AgentRequest) -> Iterator[str]:
    """Yield each page's chosen passages as one text; they overlap, and gaps are marked."""
    texts = {(file.id, page.page): page.text for file in request.files for page in file.pages}
    for (file_id, page), passages in groupby(request.passages, key=_place):
        chosen = list(passages)
        text = _joined(texts[file_id, page], chosen)
        yield enclose("file", text, name=chosen[0].document, page=page)


def _place(passage: Passage) -> tuple[str, int]:
    return (passage.document_id, passage.page)


def _joined(text: str, passages: Iterable[Passage]) -> str:
    spans: list[tuple[int, int]] = []
    for one in passages:
        if spans and not text[spans[-1][1] : one.start].strip():
            spans[-1] = (spans[-1][0], max(spans[-1][1], one.end))
        else:
            spans.append((one.start, one.end))
    joined = _GAP.join(text[start:end] for start, end in spans)
    before = _GAP.lstrip() if spans and text[: spans[0][0]].strip() else ""
    after = _GAP.rstrip() if spans and text[spans[-1][1] :].strip() else ""
    return f"{before}{joined}{after}"
