"""Encrypts provider keys: AES-256-GCM, bound to owner, provider and row, so that no ciphertext can be moved (SECURITY.md 1)."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12


class SealedError(Exception):
    """The ciphertext was made with another master key, or for another place."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a secret belongs; it opens nowhere else."""

    owner_id: str
    provider: str
    row_id: str

    @property
    def associated_data(self) -> bytes:
        """The bytes that encryption is bound to."""
        return f"{self.owner_id}|{self.provider}|{self.row_id}".encode()


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted secret, as it is stored."""

    key_id: str
    nonce: bytes
    ciphertext: bytes


def working_key(master_key: bytes, purpose: str) -> bytes:
    """Derive the AES-256 key of one purpose; who has it can do nothing else."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(master_key)


class Vault:
    """Seals and opens with the server's master key."""

    def __init__(self, master_key: bytes) -> None:
        """Derive the working key; `key_id` tells later which master key it was."""
        key = working_key(master_key, "babble provider keys")
        self._cipher = AESGCM(key)
        self.key_id = hashlib.sha256(key).hexdigest()[:16]

    def seal(self, secret: str, place: Place) -> Sealed:
        """Encrypt the secret for its place."""
        nonce = os.urandom(_NONCE_BYTES)
        ciphertext = self._cipher.encrypt(nonce, secret.encode(), place.associated_data)
        return Sealed(self.key_id, nonce, ciphertext)

    def open(self, sealed: Sealed, place: Place) -> str:
        """Decrypt a secret; raises SealedError when it is another server's or another place's."""
        if sealed.key_id != self.key_id:
            raise SealedError(sealed.key_id)
        try:
            plain = self._cipher.decrypt(sealed.nonce, sealed.ciphertext, place.associated_data)
        except InvalidTag as error:
            raise SealedError(place.row_id) from error
        return plain.decode()
