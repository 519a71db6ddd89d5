"""The core system's part of single sign-on: a key, and tickets signed with it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwt
from joserfc.jwk import OKPKey


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
