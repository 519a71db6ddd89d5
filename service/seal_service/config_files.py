"""The files that a configuration names, and whether they hold what they should.

`sealmatch config check` says so before a start, and a start refuses with the same words.
"""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from seal_service.adapters.crypto.keys import KEY_BYTES, KeyFileError, load_or_make_key
from seal_service.adapters.crypto.suites import Profile, suite_of
from seal_service.audit import Signer, hasher_of, profile_of
from seal_service.audit.errors import AuditError
from seal_service.config import Settings, Tls

SOON = timedelta(days=30)


def problems(settings: Settings) -> list[str]:
    """Return what keeps a server from starting, one line each."""
    found = [*_tls_problems(settings.tls), *_crypto_problems(settings.crypto.profile)]
    if settings.sso is not None:
        from seal_service.adapters.crypto.tickets import CoreTickets  # its library takes 0.1 s

        sso = settings.sso
        try:
            CoreTickets(
                sso.public_key, issuer=sso.issuer, audience=sso.audience,
                profile=settings.crypto.profile,
            )  # fmt: skip
        except (OSError, ValueError) as error:
            found.append(f"sso.public_key: {sso.public_key}: {_why(error)}")
    if settings.keys.exists():
        try:
            load_or_make_key(settings.keys)
        except KeyFileError as error:
            found.append(str(error))
    return found


def warnings(settings: Settings, now: datetime | None = None) -> list[str]:
    """Return what will be a problem soon: certificates that have expired or are about to."""
    from cryptography import x509  # a start does without it

    now = now or datetime.now(UTC)
    found = []
    for name in ("certificate", "client_authority"):
        path: Path | None = getattr(settings.tls, name)
        for certificate in x509.load_pem_x509_certificates(path.read_bytes()) if path else ():
            until = certificate.not_valid_after_utc
            if until - now < SOON:
                said = "has expired on" if until <= now else "expires on"
                found.append(f"tls.{name}: {path} {said} {until:%Y-%m-%d}")
    return found


def _crypto_problems(profile: Profile) -> list[str]:
    """Compute once with each algorithm of the profile: a library or its OpenSSL may lack one."""
    try:
        suite_of(profile, bytes(KEY_BYTES))
        algorithm, signature = profile_of(profile)
        hasher_of(algorithm).digest(b"")
        Signer.generate("check", signature).sign(b"")
    except AuditError as error:
        return [f"crypto.profile = {profile}: {error}"]
    return []


def _tls_problems(tls: Tls) -> list[str]:
    found = []
    if tls.certificate is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tls.certificate, tls.key)
        except OSError as error:  # ssl.SSLError is one
            pair = f"{tls.certificate} with {tls.key}"
            found.append(f"tls: {pair}: {_why(error)}")
    if tls.client_authority is not None:
        try:
            ssl.create_default_context(cafile=tls.client_authority)
        except OSError as error:
            found.append(f"tls.client_authority: {tls.client_authority}: {_why(error)}")
    return found


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return (error.reason or "holds no certificate").lower().replace("_", " ")
    if isinstance(error, OSError):
        return (error.strerror or "cannot be read").lower()
    return str(error)
