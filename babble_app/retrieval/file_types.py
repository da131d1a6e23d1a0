"""Which files are accepted: the name's extension and the first bytes must both say so (SECURITY.md 3)."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from babble_app.errors import UnsupportedFileError, ValidationFailedError

if TYPE_CHECKING:
    from babble_app.schemas.workspaces import FileKind

ACCEPTED = (
    "Accepted are text, Markdown, code, CSV, JSON, YAML and HTML (as text), PDF, "
    "and PNG, JPEG, WebP and GIF images."
)
HEAD_BYTES = 4096
"""How much of a file's beginning `classify` wants to see."""

_IMAGE_EXTENSIONS = frozenset({"png", "jpg", "jpeg", "webp", "gif"})
_TEXT_MEDIA_TYPES = {
    "md": "text/markdown",
    "markdown": "text/markdown",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/json",
}
# HTML and SVG are here on purpose: they are served and shown as plain text only, never as pages or pictures.
_TEXT_WORDS = """
txt text log rst adoc org tex srt vtt jsonl ndjson yaml yml toml ini cfg conf properties xml html htm xhtml svg
css scss less js mjs cjs ts tsx jsx vue svelte py pyi based ipynb rb php java kt kts scala groovy go rs c h cc cpp cxx
hpp cs fs swift m mm r jl lua pl pm ex exs erl hs ml clj lisp el dart zig nim sql graphql proto sh bash zsh fish ps1 bat
cmd tf hcl gradle cmake diff patch
"""
_TEXT_EXTENSIONS = frozenset(_TEXT_WORDS.split()) | frozenset(_TEXT_MEDIA_TYPES)
_TEXT_NAMES = frozenset(
    {"readme", "license", "changelog", "notice", "authors", "makefile", "dockerfile", ".gitignore"}
)
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_TITLES = {
    "image/png": "a PNG image",
    "image/jpeg": "a JPEG image",
    "image/gif": "a GIF image",
    "image/webp": "a WebP image",
    "application/pdf": "a PDF",
}
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
# Bytes that no text encoding without NULs has use for; tab, line ends, form feed and escape are text.
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1b\b")) + b"\x7f"


def classify(name: str, head: bytes) -> tuple[FileKind, str]:
    """Return a file's kind and media type, both of them by its name and its first bytes.

    Args:
        name: The display name; only its extension counts.
        head: The first `HEAD_BYTES` bytes, or all there are.

    Raises:
        ValidationFailedError: the file is empty.
        UnsupportedFileError: the type is not accepted, or the content is not what the name says.
    """
    if not head:
        message = "The file is empty."
        raise ValidationFailedError(message, field="file")
    extension = _extension(name)
    found = _binary_type(head)
    if extension in _IMAGE_EXTENSIONS:
        # Pictures are renamed without being converted so often that any accepted picture under any picture's name
        # is taken; what it is goes by the content.
        if found.startswith("image/"):
            return "image", found
        raise _mismatch(name, "an image", found)
    if extension == "pdf":
        if found == "application/pdf":
            return "pdf", found
        raise _mismatch(name, "a PDF", found)
    if extension in _TEXT_EXTENSIONS or _stem(name) in _TEXT_NAMES:
        if looks_like_text(head) and found != "application/pdf":
            return "text", _TEXT_MEDIA_TYPES.get(extension, "text/plain")
        raise _mismatch(name, "text", found)
    what = f"Files of the type .{extension}" if extension else "Files without an extension"
    message = f"{what} cannot be used. {ACCEPTED}"
    raise UnsupportedFileError(message)


def looks_like_text(head: bytes) -> bool:
    """Say whether bytes can be the beginning of a text in some encoding."""
    if head.startswith(_BOMS):
        return True
    return not any(byte in _CONTROLS for byte in head)


def _extension(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).suffix.lstrip(".").lower()[:20]


def _stem(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).name.lower()


def _binary_type(head: bytes) -> str:
    """Return the accepted binary type that the bytes begin like, or an empty string."""
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    # Readers take a PDF whose header comes a little late; so do we.
    return "application/pdf" if b"%PDF-" in head[:1024] and not head.startswith(b"<") else ""


def _mismatch(name: str, expected: str, found: str) -> UnsupportedFileError:
    actual = f"looks like {_TITLES[found]}" if found else f"is not {expected}"
    shown = name if len(name) <= 80 else f"{name[:60]}…{name[-15:]}"
    return UnsupportedFileError(
        f'"{shown}" is named like {expected}, but its content {actual}. {ACCEPTED}'
    )
