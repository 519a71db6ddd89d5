"""Keyed hashes and authenticated encryption of each cryptographic profile (E29).

`international`: HMAC-SHA-256 and AES-256-GCM. `sm`: HMAC with SM3 (GB/T 32905) and SM4-GCM (GB/T
32907). Keys are derived from the installation's by HKDF with the profile's own hash, so no key
serves two algorithms.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, SM3, HashAlgorithm
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from seal_service.audit.errors import AlgorithmUnavailableError

Profile = Literal["international", "sm"]
NONCE_BYTES = 12
_TAG_BYTES = 16
_MAC, _SEAL = b"sealmatch mac 1", b"sealmatch seal 1"


@dataclass(frozen=True, slots=True)
class Suite:
    """One profile's algorithms under one installation's key.

    `mac_name` and `cipher_id` are what is stored beside each value; they never change their
    meaning. `seal` and `unseal` take nonce, data and context; `unseal` raises `InvalidTag`.
    """

    mac_name: str
    cipher_id: int
    mac: Callable[[bytes], bytes]
    seal: Callable[[bytes, bytes, bytes], bytes]
    unseal: Callable[[bytes, bytes, bytes], bytes]


def suite_of(profile: Profile, key: bytes) -> Suite:
    """Return a profile's algorithms under a key.

    Raises
    ------
    AlgorithmUnavailableError
        The OpenSSL behind `cryptography` lacks one of them.
    """
    try:
        return _sm(key) if profile == "sm" else _international(key)
    except UnsupportedAlgorithm as error:
        message = "the OpenSSL behind the package cryptography has no SM3 or no SM4-GCM"
        raise AlgorithmUnavailableError(message) from error


def _derived(algorithm: HashAlgorithm, key: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm, length, salt=None, info=purpose).derive(key)


def _mac(algorithm: HashAlgorithm, key: bytes) -> Callable[[bytes], bytes]:
    keyed = HMAC(_derived(algorithm, key, _MAC, 32), algorithm)

    def mac(data: bytes) -> bytes:
        copy = keyed.copy()
        copy.update(data)
        return copy.finalize()

    return mac


def _international(key: bytes) -> Suite:
    cipher = AESGCM(_derived(SHA256(), key, _SEAL, 32))
    return Suite("hmac-sha256", 1, _mac(SHA256(), key), cipher.encrypt, cipher.decrypt)


def _sm(key: bytes) -> Suite:
    cipher = algorithms.SM4(_derived(SM3(), key, _SEAL, 16))

    def seal(nonce: bytes, data: bytes, context: bytes) -> bytes:
        encryptor = Cipher(cipher, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(context)
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def unseal(nonce: bytes, data: bytes, context: bytes) -> bytes:
        if len(data) < _TAG_BYTES:
            raise InvalidTag
        body, tag = data[:-_TAG_BYTES], data[-_TAG_BYTES:]
        decryptor = Cipher(cipher, modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(context)
        return decryptor.update(body) + decryptor.finalize()

    seal(bytes(NONCE_BYTES), b"", b"")  # here, not with the first answer that is kept
    return Suite("hmac-sm3", 2, _mac(SM3(), key), seal, unseal)
