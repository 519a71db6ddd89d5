"""Single sign-on tickets that are signed with SM2 and SM3: compact JWS, ``"alg": "SM2"``.

JOSE has no registered name for SM2. The signature is r ‖ s of 32 bytes each, as for JOSE's other
curves, over SM3 with the standard's default signer id.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from seal_service.audit.sm2 import POINT_BYTES, Sm2

ALGORITHM = "SM2"
_PEM = re.compile(rb"-----BEGIN PUBLIC KEY-----([\w+/=\s]+)-----END PUBLIC KEY-----\s*")
# SubjectPublicKeyInfo: id-ecPublicKey on the curve 1.2.156.10197.1.301, an uncompressed point.
_SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")


def sm2_point(pem: bytes) -> bytes:
    """Return the point of an SM2 public key.

    Raises
    ------
    ValueError
        The PEM holds no such key.
    """
    found = _PEM.fullmatch(pem.strip())
    data = base64.b64decode(found[1]) if found else b""
    if not data.startswith(_SPKI) or len(data) != len(_SPKI) + POINT_BYTES:
        message = "holds no SM2 public key"
        raise ValueError(message)
    return data[len(_SPKI) :]


def claims_of(ticket: str, point: bytes) -> dict[str, Any]:
    """Return the claims of a ticket whose signature is good.

    Raises
    ------
    ValueError
        It is no such ticket, or not signed with this key.
    AlgorithmUnavailableError
        The library of SM2 is not installed.
    """
    parts = ticket.split(".")
    if len(parts) != 3:
        message = "is no compact JWS"
        raise ValueError(message)
    header, body, signature = map(_decoded, parts)
    if json.loads(header) not in ({"alg": ALGORITHM}, {"alg": ALGORITHM, "typ": "JWT"}):
        message = "is not signed with SM2 alone"
        raise ValueError(message)
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    signed = ".".join(parts[:2]).encode()
    if len(signature) != 64 or not Sm2().verify(point, signed, encode_dss_signature(r, s)):
        message = "does not verify"
        raise ValueError(message)
    claims = json.loads(body)
    if not isinstance(claims, dict):
        message = "holds no claims"
        raise ValueError(message)  # noqa: TRY004  # what a sender wrote is no type of ours
    return claims


def _decoded(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
