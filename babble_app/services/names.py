"""Names and email addresses as people type them: tidied, or refused in plain words."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from babble_app.errors import ValidationFailedError

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_NAME_CHARS = 120
MAX_NOTE_CHARS = 2_000
MAX_EMAIL_CHARS = 254
MAX_MODEL_CHARS = 200
MAX_FALLBACKS = 3
_EMAIL = re.compile(r"[^\s@<>()\[\]\\,;:\"]{1,64}@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,63}")
# Control, format (such as the marks that turn the writing direction), surrogate, private use; line and paragraph ends.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")
"""Format characters that emoji and several scripts cannot be written without."""


def clean_name(name: str, *, what: str = "name", field: str = "name") -> str:
    """Return the name without surrounding blanks.

    Raises:
        ValidationFailedError: it is empty, longer than 120 characters, or has characters that cannot be seen.
    """
    name = unicodedata.normalize("NFC", name).strip()
    if not name:
        message = f"Please give a {what}."
        raise ValidationFailedError(message, field=field)
    if len(name) > MAX_NAME_CHARS:
        message = f"The {what} has {len(name):,} characters; {MAX_NAME_CHARS} is the most."
        raise ValidationFailedError(message, field=field)
    if any(is_unprintable(char) for char in name):
        message = f"The {what} contains characters that cannot be shown; please type it anew."
        raise ValidationFailedError(message, field=field)
    return name


def clean_label(name: str) -> str:
    """Return a name that may be empty; raises ValidationFailedError as `clean_name` does."""
    return clean_name(name) if name.strip() else ""


def clean_note(note: str, *, field: str = "note") -> str:
    """Return a text of some lines, maybe empty, without surrounding blanks.

    Raises:
        ValidationFailedError: it is longer than 2,000 characters, or has characters that cannot be seen.
    """
    note = unicodedata.normalize("NFC", note.replace("\r\n", "\n")).strip()
    if len(note) > MAX_NOTE_CHARS:
        message = f"The {field} has {len(note):,} characters; {MAX_NOTE_CHARS:,} is the most."
        raise ValidationFailedError(message, field=field)
    if any(is_unprintable(char) for char in note if char not in "\n\t"):
        message = f"The {field} contains characters that cannot be shown; please type it anew."
        raise ValidationFailedError(message, field=field)
    return note


def is_unprintable(char: str) -> bool:
    """Say whether the character cannot be seen and may deceive."""
    return unicodedata.category(char) in _UNPRINTABLE and char not in _JOINERS


def clean_email(email: str) -> str:
    """Return the address in lower case.

    Raises:
        ValidationFailedError: it cannot be an email address.
    """
    email = unicodedata.normalize("NFC", email).strip().lower()
    if not email:
        message = "Please give your email address."
        raise ValidationFailedError(message, field="email")
    if (
        len(email) > MAX_EMAIL_CHARS
        or not _EMAIL.fullmatch(email)
        or any(is_unprintable(char) for char in email)
    ):
        message = "This is not a complete email address. It looks like name@example.com."
        raise ValidationFailedError(message, field="email")
    return email


def find_email(email: str) -> str:
    """Return the address in lower case, or an empty string, which no account has, when it cannot be one."""
    try:
        return clean_email(email)
    except ValidationFailedError:
        return ""


def clean_model(model: str, *, field: str = "model") -> str:
    """Return a model's name, or an empty string for "the default one".

    Raises:
        ValidationFailedError: it is no `provider/model`.
    """
    model = model.strip()
    if model and ("/" not in model or len(model) > MAX_MODEL_CHARS or not model.isprintable()):
        message = "A model is named provider/model, such as openai/gpt-4o-mini."
        raise ValidationFailedError(message, field=field)
    return model


def clean_fallbacks(models: Sequence[str]) -> list[str]:
    """Return models' names in their order, without empty ones and without any twice.

    Raises:
        ValidationFailedError: one is no `provider/model`, or there are too many.
    """
    names = [clean_model(model, field="fallback_models") for model in models]
    kept = list(dict.fromkeys(name for name in names if name))
    if len(kept) > MAX_FALLBACKS:
        message = f"At most {MAX_FALLBACKS} models can stand in for the default one."
        raise ValidationFailedError(message, field="fallback_models")
    return kept


def usable_name(proposed: str) -> str:
    """Return what can be used of a name that a model proposed; maybe nothing."""
    shown = "".join(" " if is_unprintable(char) else char for char in proposed)
    return " ".join(shown.split())[:MAX_NAME_CHARS].strip()


def free_slug(name: str, taken: set[str]) -> str:
    """Return the name as a part of an address, with a number where it is taken already."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].rstrip("-") or "agent"
    number = 2
    free = slug
    while free in taken:
        free = f"{slug}-{number}"
        number += 1
    return free
