"""Finds which files a request speaks of, by their names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from babble_app.retrieval.search import query_terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.agents.request import ContextFile

_SPEAKS_OF_FILES = re.compile(
    r"\b(?:files?|documents?|docs?|attach\w*|upload\w*|pdfs?|pictures?|images?|photos?|screenshots?|datei(?:en)?|anhang|"
    r"dokumente?|bild(?:er)?|archivos?|documentos?|adjunt\w+|fichiers?|pièces? jointes?|immagin[ei]|arquivos?)\b",
    re.IGNORECASE,
)


def speaks_of_files(text: str) -> bool:
    """Whether the request speaks of files, without saying which."""
    return _SPEAKS_OF_FILES.search(text) is not None


def named_in(text: str, files: Sequence[ContextFile]) -> list[ContextFile]:
    """Return the files that the request calls by name, with or without the ending."""
    plain = text.casefold()
    return [file for file in files if any(_stands_in(name, plain) for name in _names(file))]


def called_by(text: str, files: Sequence[ContextFile]) -> list[ContextFile]:
    """Return the files of whose name the request has a word: `hours.txt` for "the hours"."""
    wanted = query_terms(text)
    return [file for file in files if wanted & query_terms(file.name.rsplit(".", 1)[0])]


def _names(file: ContextFile) -> list[str]:
    name = file.name.casefold()
    stem = name.rpartition(".")[0]
    # A stem such as `menu` is a common word as well: only one that no prose has is a name.
    return [name, stem] if len(stem) > 3 and re.search(r"[\d_-]|\w\.\w", stem) else [name]


def _stands_in(name: str, text: str) -> bool:
    return bool(name) and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
