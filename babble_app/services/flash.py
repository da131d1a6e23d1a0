"""What a failed browser form has to tell the page that comes next, carried in a signed cookie for a minute."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from typing import TYPE_CHECKING, Literal

from pydantic import ValidationError

from babble_app.schemas.base import Schema

if TYPE_CHECKING:
    from babble_app.settings import Settings

FLASH_COOKIE = "babble_flash"
FLASH_SECONDS = 60


class Flash(Schema):
    """Why the form failed, and what to put back into it (never the password)."""

    form: Literal["login", "register"] = "login"
    code: str
    message: str
    email: str = ""
    name: str = ""
    next: str = "/"


class _Sealed(Schema):
    flash: Flash
    expires_at: int


def seal_flash(settings: Settings, flash: Flash, *, now: float | None = None) -> str:
    """Return the cookie's value: the flash as JSON and a signature, both base64url."""
    moment = time.time() if now is None else now
    sealed = _Sealed(flash=flash, expires_at=int(moment) + FLASH_SECONDS)
    payload = sealed.model_dump_json().encode()
    return f"{_encode(payload)}.{_encode(_sign(settings, payload))}"


def find_flash(settings: Settings, value: str, *, now: float | None = None) -> Flash | None:
    """Read the cookie's value; None when it is not ours, was changed or is too old."""
    moment = time.time() if now is None else now
    payload_text, _, signature_text = value.partition(".")
    try:
        payload, signature = _decode(payload_text), _decode(signature_text)
    except (ValueError, binascii.Error):
        return None
    if not hmac.compare_digest(signature, _sign(settings, payload)):
        return None
    try:
        sealed = _Sealed.model_validate_json(payload)
    except ValidationError:
        return None
    return sealed.flash if sealed.expires_at > moment else None


def _sign(settings: Settings, payload: bytes) -> bytes:
    # The purpose is part of what is signed, so no other use of the secret can be passed off as a flash.
    return hmac.digest(settings.secret("secret_key"), b"flash\x00" + payload, hashlib.sha256)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
