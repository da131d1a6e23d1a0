"""Reads one file of a stranger's making, in a process of its own.

`extraction.py` runs it as a script, `python -I _extract_child.py MODE PATH CPU_SECONDS MEMORY_BYTES`, and watches the
clock. Nothing of ours is imported: the process starts fast and holds neither settings nor keys. It writes one JSON
object a line: `{"page": 1, "text": "..."}` for each page as soon as it is read, and at last
`{"status": "ready" | "unreadable", "reason": "..."}`. The mode `preview` writes the last line only, with the encoded
picture in base64.
"""

from __future__ import annotations

import base64
import codecs
import json
import logging
import resource
import sys
import warnings
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_CHARS = 2_000_000
MAX_PAGES = 2_000
MAX_PIXELS = 40_000_000
MAX_SIDE = 1568
"""Vision models scale larger pictures down to about this."""
_MAX_PNG_BYTES = 2_000_000
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


class UnreadableError(Exception):
    """The file cannot be read; the message is for the person."""


def main(mode: str, path: Path, cpu_seconds: int, memory_bytes: int) -> None:
    """Read the file within the limits; every way to fail ends in one last line with a reason."""
    _limit(cpu_seconds, memory_bytes)
    logging.disable(logging.CRITICAL)
    try:
        last = {"status": "ready", "reason": "", **_MODES[mode](path)}
    except UnreadableError as error:
        last = {"status": "unreadable", "reason": str(error)}
    except MemoryError:
        last = {"status": "unreadable", "reason": "Reading the file needs too much memory."}
    except RecursionError:
        last = {"status": "unreadable", "reason": "The file is nested too deeply to be read."}
    _write(last)


def _limit(cpu_seconds: int, memory_bytes: int) -> None:
    # Writing files is not needed here, nor is a core dump with a stranger's document in it.
    for limit, value in (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        # Not every system knows every limit; the parent's clock is there in any case.
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))


def _write(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _clean(text: str) -> str:
    """Drop what neither JSON's readers nor PostgreSQL take: lone surrogates and NUL."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def _read_text(path: Path) -> dict[str, Any]:
    text = _clean(_decode(path.read_bytes()).replace("\r\n", "\n").replace("\r", "\n"))
    if not text.strip():
        message = "The file holds nothing but white space."
        raise UnreadableError(message)
    _write({"page": 1, "text": text[:MAX_CHARS]})
    return {"reason": _cut_note() if len(text) > MAX_CHARS else ""}


def _cut_note() -> str:
    return f"Only the first {MAX_CHARS:,} characters were read."


def _decode(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Windows' Latin table first: its quotes and dashes are control characters in the other.
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
    strange = sum(1 for char in text if char < " " and char not in "\t\n\r\f\b\x1b")
    if "\0" in text[:4096] or strange * 100 > len(text):
        message = "The file does not hold text: its bytes are not in any text encoding known here."
        raise UnreadableError(message)
    return text


def _read_pdf(path: Path) -> dict[str, Any]:
    from pypdf import PdfReader  # noqa: PLC0415 - slow to import, and wanted for PDFs only
    from pypdf.errors import FileNotDecryptedError  # noqa: PLC0415

    locked = "The PDF is protected by a password. Save a copy without the password and upload that."
    try:
        reader = PdfReader(path, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableError(locked)
        total = len(reader.pages)
    except (UnreadableError, MemoryError, RecursionError):
        raise
    except FileNotDecryptedError as error:
        raise UnreadableError(locked) from error
    except Exception as error:
        # On broken input pypdf raises whatever its parsing ran into.
        message = "The PDF is damaged and could not be read. Try to open and save it anew."
        raise UnreadableError(message) from error
    if not total:
        message = "The PDF has no pages."
        raise UnreadableError(message)
    return _write_pages(reader, total)


def _write_pages(reader: Any, total: int) -> dict[str, Any]:
    room, damaged, read = MAX_CHARS, 0, 0
    for number in range(1, min(total, MAX_PAGES) + 1):
        try:
            text = _clean(reader.pages[number - 1].extract_text())
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - as above: one bad page need not cost the others
            damaged += 1
            text = ""
        read += len(text.strip())
        _write({"page": number, "text": text[:room]})
        room -= len(text)
        if room <= 0:
            return {"reason": _cut_note()}
    return _judge(total, damaged, read)


def _judge(total: int, damaged: int, read: int) -> dict[str, Any]:
    if not read and damaged:
        message = "The PDF is damaged: none of its pages could be read."
        raise UnreadableError(message)
    if not read:
        message = "The PDF holds no text; it looks like a scan. Upload its pages as images, or a version with text."
        raise UnreadableError(message)
    if total > MAX_PAGES:
        return {"reason": f"Only the first {MAX_PAGES:,} of {total:,} pages were read."}
    return {"reason": f"{damaged} of {total} pages could not be read." if damaged else ""}


def _open_image(path: Path) -> Image:
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - for pictures only

    warnings.simplefilter("error")
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    broken = "The image is damaged and could not be read."
    try:
        with Image.open(path, formats=_FORMATS) as image:
            image.verify()
        image = Image.open(path, formats=_FORMATS)
        image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        message = f"The image has more than {MAX_PIXELS // 1_000_000} million pixels."
        raise UnreadableError(message) from error
    except UnidentifiedImageError as error:
        message = "The image is not a PNG, JPEG, WebP or GIF."
        raise UnreadableError(message) from error
    except MemoryError:
        raise
    except Exception as error:
        # The decoders raise OSError, SyntaxError, ValueError, struct.error and more.
        raise UnreadableError(broken) from error
    return image


def _check_image(path: Path) -> dict[str, Any]:
    _open_image(path)
    return {}


def _preview(path: Path) -> dict[str, Any]:
    from PIL import Image, ImageOps  # noqa: PLC0415 - for pictures only

    image = _open_image(path)
    image.thumbnail((MAX_SIDE, MAX_SIDE))
    image = ImageOps.exif_transpose(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        encoded = _encoded(image, "PNG", optimize=True)
        if len(encoded) <= _MAX_PNG_BYTES:
            return _picture("image/png", encoded)
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image)
    return _picture("image/jpeg", _encoded(image.convert("RGB"), "JPEG", quality=90))


def _encoded(image: Image, format_name: str, **options: Any) -> bytes:
    target = BytesIO()
    image.save(target, format_name, **options)
    return target.getvalue()


def _picture(media_type: str, data: bytes) -> dict[str, Any]:
    return {"media_type": media_type, "data": base64.b64encode(data).decode()}


_MODES = {"text": _read_text, "pdf": _read_pdf, "image": _check_image, "preview": _preview}

if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
