"""A log as a witness sees it who has nothing but a connection to the bank's server.

Neither disk nor database is shared: the checkpoint and the proof of growth come by AuditService,
and the witness's signature goes back the same way. Every look is itself three calls, and so three
events of the log.
"""

from __future__ import annotations

from collections.abc import Sequence

from seal_service.audit.errors import LogDamagedError
from seal_service.audit.hashing import Hasher
from seal_service.audit.witness import Cosigned
from sealapi.v1 import audit_pb2 as pb
from sealmatch.client import CallError, Client


class WitnessedServer:
    """The log behind a server, in the shape of `witness.WitnessedLog`.

    Every method may raise `CallError`: the server did not answer, or not to this caller.
    """

    def __init__(self, client: Client) -> None:
        self._audit = client.audit

    def note(self) -> str | None:
        """Return the newest checkpoint's note, or None before the first."""
        wanted = pb.GetCheckpointRequest(name="checkpoints/latest")
        try:
            return self._audit.get_checkpoint(wanted).checkpoint.note
        except CallError as error:
            if error.reason == "NOT_FOUND":
                return None
            raise

    def consistency(self, _hasher: Hasher, old_size: int, size: int) -> Sequence[bytes]:
        """Return what should prove that the tree of `size` continues the one of `old_size`."""
        wanted = pb.GetConsistencyProofRequest(old_size=old_size, checkpoint=f"checkpoints/{size}")
        try:
            return list(self._audit.get_consistency_proof(wanted).hashes)
        except CallError as error:
            if error.reason == "AUDIT_MISMATCH":
                raise LogDamagedError(error.english) from error
            raise

    def accept(self, cosigned: Cosigned) -> None:
        """Hand the witness's signature in, to be kept beside the checkpoint."""
        name = f"checkpoints/{cosigned.checkpoint.size}"
        line = str(cosigned.line)
        self._audit.add_cosignature(pb.AddCosignatureRequest(name=name, cosignature=line))
