"""Names and email addresses as people type them: tidied, or refused in plain words."""

from __future__ import annotations

import re
import unicodedata

from babble_app.errors import ValidationFailedError

MAX_NAME_CHARS = 120
MAX_EMAIL_CHARS = 254
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
