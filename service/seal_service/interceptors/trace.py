"""Where a call comes from: its trace, its correlation id, its credentials."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import unquote

from seal_service.access.identity import Credentials

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_MAX_TOKEN = 256


def metadata_of(pairs: Iterable[tuple[str, str | bytes]] | None) -> dict[str, str]:
    """Return a call's text metadata; of a repeated key the first counts."""
    found: dict[str, str] = {}
    for key, value in pairs or ():
        if isinstance(value, str):
            found.setdefault(key, value)
    return found


def trace_id_of(metadata: Mapping[str, str]) -> str:
    """Return the trace that the caller began (W3C traceparent), or a new one."""
    found = _TRACEPARENT.fullmatch(metadata.get("traceparent", ""))
    return found[1] if found and found[1].strip("0") else secrets.token_hex(16)


def credentials_of(metadata: Mapping[str, str], auth: Mapping[str, Iterable[bytes]]) -> Credentials:
    """Return what a caller shows.

    Parameters
    ----------
    metadata
        The call's metadata: ``authorization: Bearer TOKEN``.
    auth
        gRPC's authentication context: the client certificate that TLS has checked.
    """
    scheme, _, token = metadata.get("authorization", "").partition(" ")
    good = scheme.lower() == "bearer" and 0 < len(token) <= _MAX_TOKEN and token.isascii()
    pem = next(iter(auth.get("x509_pem_cert", ())), b"")
    return Credentials(
        # A malformed one is a token that no session has, and not the same as none.
        token=token if good else ("?" if "authorization" in metadata else ""),
        certificate_sha256=fingerprint(pem) if pem else "",
    )


def unread(peer: str, auth: Mapping[str, Iterable[bytes]]) -> bool:
    """Tell whether nobody can read a call on its way: under TLS, or on this machine alone.

    Parameters
    ----------
    peer
        gRPC's name of the caller, such as ``ipv4:10.0.0.1:5000`` or ``ipv6:%5B::1%5D:5000``.
    auth
        gRPC's authentication context.
    """
    if b"ssl" in auth.get("transport_security_type", ()):
        return True
    kind, _, place = peer.partition(":")
    if kind not in {"ipv4", "ipv6"}:
        return kind == "unix"
    return _is_loopback(place.rpartition(":")[0])


@lru_cache(maxsize=1024)
def _is_loopback(host: str) -> bool:
    return ip_address(unquote(host).strip("[]")).is_loopback


def fingerprint(pem: bytes) -> str:
    """Return the SHA-256 of a certificate, hexadecimal."""
    lines = [line for line in pem.splitlines() if line and not line.startswith(b"-----")]
    return hashlib.sha256(base64.b64decode(b"".join(lines))).hexdigest()
