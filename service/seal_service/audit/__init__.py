"""The tamper-evident audit log: what an act leaves behind, so that nobody can quietly change it.

`Event` says what happened; `store.append` writes it in the transaction of the act; `store.Appender`
gives it its place in a Merkle tree (RFC 9162) whose signed states (C2SP checkpoints) a witness in
another process countersigns. `seal_audit_check`, which shares no code with this package, verifies
all of it from storage. docs/decisions/0006 says why it is built this way.

This module knows no database; `store` and `tables` do.
"""

from seal_service.audit.encoding import encode, parse
from seal_service.audit.entry import AuditKind, Decision, Entry, Event
from seal_service.audit.hashing import Hasher, HashId, hasher_of
from seal_service.audit.keys import Role, SignatureId, Signer, Verifier, profile_of
from seal_service.audit.stamp import Stamp

__all__ = [
    "AuditKind",
    "Decision",
    "Entry",
    "Event",
    "HashId",
    "Hasher",
    "Role",
    "SignatureId",
    "Signer",
    "Stamp",
    "Verifier",
    "encode",
    "hasher_of",
    "parse",
    "profile_of",
]
