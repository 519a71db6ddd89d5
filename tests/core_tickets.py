"""The core system's part of single sign-on: a key, and tickets signed with it."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc import jwt
from joserfc.jwk import OKPKey

from seal_service.audit.sm2 import Sm2


class CoreSystem:
    """Signs tickets; its public key lies in a file."""

    def __init__(self, public: Path) -> None:
        self.public = public
        self._private = Ed25519PrivateKey.generate()
        public.write_bytes(
            self._private.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )

    def ticket(self, at_s: int, **changes: Any) -> str:
        """Return a ticket of t11, good for a minute from `at_s`, seconds since 1970."""
        claims = {
            "iss": "core", "aud": "sealmatch", "sub": "t11", "jti": os.urandom(12).hex(),
            "iat": at_s, "exp": at_s + 60, **changes,
        }  # fmt: skip
        pem = self._private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        key = OKPKey.import_key(pem)
        return jwt.encode({"alg": "Ed25519"}, claims, key, algorithms=["Ed25519"])


class Sm2CoreSystem:
    """Signs tickets with SM2; its public key lies in a file."""

    def __init__(self, public: Path) -> None:
        self.public = public
        self._secret = Sm2().generate()
        point = Sm2().public_of(self._secret)
        der = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004") + point
        pem = base64.encodebytes(der).decode()
        public.write_text(f"-----BEGIN PUBLIC KEY-----\n{pem}-----END PUBLIC KEY-----\n", "ascii")

    def ticket(self, at_s: int, header: object = None, **changes: Any) -> str:
        """Return a ticket of t11, good for a minute from `at_s`, seconds since 1970."""
        header = header or {"alg": "SM2", "typ": "JWT"}
        claims = {
            "iss": "core", "aud": "sealmatch", "sub": "t11", "jti": os.urandom(12).hex(),
            "iat": at_s, "exp": at_s + 60, **changes,
        }  # fmt: skip
        signed = ".".join(_text(json.dumps(part).encode()) for part in (header, claims))
        r, s = decode_dss_signature(Sm2().sign(self._secret, signed.encode()))
        return f"{signed}.{_text(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
