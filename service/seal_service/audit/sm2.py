"""SM2 signatures with SM3 (GB/T 32918), through gmssl-pyx.

The library is optional: where it is missing, every use says so. Its signer id is the standard's
default. A secret is the 32-byte scalar followed by the 64-byte public point, because the library
does not compute one from the other.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from seal_service.audit.errors import AlgorithmUnavailableError

SCALAR_BYTES, POINT_BYTES = 32, 64


def _library() -> Any:
    try:
        return import_module("gmssl_pyx")
    except ImportError as error:
        message = "SM2 needs the package gmssl-pyx, which is not installed: pip install gmssl-pyx"
        raise AlgorithmUnavailableError(message) from error


class Sm2:
    """SM2 in the shape of `keys.Crypto`; signatures are DER as the standard's."""

    def __init__(self) -> None:
        self._library = _library()

    def sign(self, secret: bytes, message: bytes) -> bytes:
        """Sign a message; the caller verifies the result before it leaves."""
        scalar, point = secret[:SCALAR_BYTES], secret[SCALAR_BYTES:]
        return bytes(self._library.sm2_sign(scalar, point, message))

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Tell whether the signature is good."""
        if len(public) != POINT_BYTES:
            return False
        try:
            return bool(self._library.sm2_verify(public, message, signature))
        except (self._library.GmsslInnerError, ValueError, OverflowError):
            return False

    def public_of(self, secret: bytes) -> bytes:
        """Return the public point, after one signature has shown that it fits the scalar."""
        if len(secret) != SCALAR_BYTES + POINT_BYTES:
            message = "an SM2 secret has 96 bytes"
            raise ValueError(message)
        point = secret[SCALAR_BYTES:]
        try:
            fits = self.verify(point, b"fits", self.sign(secret, b"fits"))
        except self._library.GmsslInnerError as error:
            message = "the scalar and the point of an SM2 secret are not usable"
            raise ValueError(message) from error
        if not fits:
            message = "the scalar and the point of an SM2 secret do not belong together"
            raise ValueError(message)
        return point

    def generate(self) -> bytes:
        """Return a new secret."""
        public, private = self._library.sm2_key_generate()
        return bytes(private) + bytes(self._library.normalize_sm2_public_key(public))
