"""Single sign-on tickets of the core system (A44): compact JWS, short-lived.

Ed25519 or ES256; SM2 under the cryptographic profile `sm` (E29).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from seal_service.adapters.crypto.sm2_tickets import claims_of, sm2_point
from seal_service.adapters.crypto.suites import Profile
from seal_service.domain.reasons import Reason, Refusal

MAX_LIFETIME = timedelta(minutes=5)
"""A ticket that is valid for longer is refused: its number would have to be remembered for long."""
SKEW = timedelta(seconds=30)
ALGORITHMS = ["Ed25519", "ES256"]
"""`EdDSA` without a curve's name is deprecated (RFC 9864)."""


class CoreTickets:
    """Checks tickets with the core system's public key.

    Parameters
    ----------
    key_file
        PEM of a public key: Ed25519 or P-256, or SM2 under the profile `sm`.
    issuer, audience
        What ``iss`` and ``aud`` must say.
    profile
        Which signatures count.

    Raises
    ------
    ValueError
        The file holds no such key.
    """

    def __init__(
        self, key_file: Path, *, issuer: str, audience: str, profile: Profile = "international"
    ) -> None:
        self._claims = _reader(key_file.read_bytes(), profile)
        self._issuer = issuer
        self._audience = audience

    def check(self, ticket: str, at: datetime) -> tuple[str, str, datetime]:
        """Return user id, ticket id and expiry of a valid ticket; refuse any other.

        Raises
        ------
        Refusal
            BAD_TICKET.
        """
        try:
            claims = self._claims(ticket)
        except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise Refusal(Reason.BAD_TICKET) from error
        issued, expires = _instant(claims, "iat"), _instant(claims, "exp")
        user_id, ticket_id = claims.get("sub"), claims.get("jti")
        valid = (
            claims.get("iss") == self._issuer
            and claims.get("aud") in (self._audience, [self._audience])
            and isinstance(user_id, str)
            and isinstance(ticket_id, str)
            and 16 <= len(ticket_id) <= 128
            and issued - SKEW <= at < expires
            and expires - issued <= MAX_LIFETIME
        )
        if not valid:
            raise Refusal(Reason.BAD_TICKET)
        return str(user_id), str(ticket_id), expires


def _reader(pem: bytes, profile: Profile) -> Callable[[str], Mapping[str, Any]]:
    """Return what reads the claims of a ticket that is signed with the key of this PEM."""
    if profile == "sm":
        point = sm2_point(pem)
        return lambda ticket: claims_of(ticket, point)
    key = _public_key(pem)
    return lambda ticket: jwt.decode(ticket, key, algorithms=ALGORITHMS).claims


def _public_key(pem: bytes) -> OKPKey | ECKey:
    for kind in (OKPKey, ECKey):
        with suppress(ValueError, TypeError, JoseError, UnsupportedAlgorithm):
            return kind.import_key(pem)
    message = "holds no Ed25519 or P-256 public key"
    raise ValueError(message)


def _instant(claims: Mapping[str, Any], name: str) -> datetime:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 33:
        raise Refusal(Reason.BAD_TICKET)
    return datetime.fromtimestamp(value, UTC)
