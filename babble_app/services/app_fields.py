"""What people may say of an app: origins, looks, instructions and figures are tidied, or refused in plain words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from babble_app.errors import ValidationFailedError
from babble_app.services.names import clean_note

if TYPE_CHECKING:
    from collections.abc import Iterable

    from babble_app.schemas.apps import Look

MAX_ORIGINS = 50
MAX_INSTRUCTIONS_CHARS = 20_000
MAX_STARTERS = 6
MAX_LOOK_CHARS = 500
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_FONT = re.compile(r"[\w \-,'\"]{0,200}")
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")


def clean_origins(origins: Iterable[str]) -> list[str]:
    """Return origins as browsers send them, each once; raises ValidationFailedError with the one that is none."""
    cleaned = list(dict.fromkeys(clean_origin(one) for one in origins if one.strip()))
    if len(cleaned) > MAX_ORIGINS:
        message = f"{MAX_ORIGINS} origins are the most; these are {len(cleaned)}."
        raise ValidationFailedError(message, field="origins")
    return cleaned


def clean_origin(origin: str) -> str:
    """Return `scheme://host[:port]` as a browser sends it; a whole address is cut to it.

    Raises:
        ValidationFailedError: it is no address of a page.
    """
    text = origin.strip().lower()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
        if "://" not in text and "." not in host and host != "localhost":
            host = ""
    except (ValueError, UnicodeError):
        host, port, parts = "", None, urlsplit("")
    plain = re.fullmatch(r"[a-z0-9](?:[a-z0-9.\-]*[a-z0-9])?|\[?[0-9a-f:]+\]?", host)
    if parts.scheme not in {"http", "https"} or not plain or parts.username is not None:
        message = f"{origin.strip()[:100]!r} is no origin. It looks like https://shop.example."
        raise ValidationFailedError(message, field="origins")
    host = f"[{host}]" if ":" in host else host
    own_port = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in {None, own_port} else "")


def clean_look(look: Look) -> Look:
    """Return the look; raises ValidationFailedError for what no page should be given."""
    colors = {
        "primary_color": look.primary_color,
        "background_color": look.background_color,
        "text_color": look.text_color,
    }
    for field, color in colors.items():
        if color and not _COLOR.fullmatch(color):
            message = f"{color[:40]!r} is no colour. It looks like #2563eb."
            raise ValidationFailedError(message, field=field)
    if not _FONT.fullmatch(look.font_family):
        message = "A font is named as in CSS: system-ui, 'Open Sans'."
        raise ValidationFailedError(message, field="font_family")
    if look.language and not _LANGUAGE.fullmatch(look.language):
        message = "A language is named by its code: en, de, pt-BR."
        raise ValidationFailedError(message, field="language")
    clean_count(look.border_radius_px, 0, 40, "border_radius_px")
    if len(look.starters) > MAX_STARTERS:
        message = f"{MAX_STARTERS} starters are the most."
        raise ValidationFailedError(message, field="starters")
    texts = {"title": look.title, "greeting": look.greeting, "placeholder": look.placeholder}
    cleaned = {field: _clean_words(text, field) for field, text in texts.items()}
    starters = tuple(filter(None, (_clean_words(text, "starters") for text in look.starters)))
    return look.model_copy(update={**cleaned, "starters": starters})


def _clean_words(text: str, field: str) -> str:
    text = clean_note(text, field=field)
    if len(text) > MAX_LOOK_CHARS:
        message = f"This has {len(text):,} characters; {MAX_LOOK_CHARS} are the most."
        raise ValidationFailedError(message, field=field)
    return text


def clean_instructions(text: str) -> str:
    """Return the text without surrounding blanks; raises ValidationFailedError when it is too long."""
    text = text.strip()
    if len(text) > MAX_INSTRUCTIONS_CHARS:
        message = f"The instructions have {len(text):,} characters; {MAX_INSTRUCTIONS_CHARS:,} are the most."
        raise ValidationFailedError(message, field="instructions")
    return text


def clean_count(count: int | None, least: int, most: int, field: str) -> int | None:
    """Return the number, if there is one; raises ValidationFailedError when it is out of its bounds."""
    if count is not None and not least <= count <= most:
        message = f"This is a number from {least:,} to {most:,}."
        raise ValidationFailedError(message, field=field)
    return count
