"""An audit witness (审计见证): co-signs the log from a machine, with a key, of its own.

SEALMATCH_LOG_KEY is the log's public key as a person brought it; SEALMATCH_STATE the witness's own
folder. Once a look; `sealmatch audit witness --server …` does this again and again.
"""

import os
from pathlib import Path

from seal_service.adapters.witnessed_server import WitnessedServer
from seal_service.audit import Verifier
from seal_service.audit.errors import InconsistentLogError
from seal_service.audit.witness import Witness
from sealmatch.client import Client

with Client(
    os.environ.get("SEALMATCH_ADDRESS", "127.0.0.1:7443"),
    authority=Path(os.environ["SEALMATCH_AUTHORITY"]),
    certificate=Path(os.environ["SEALMATCH_CERTIFICATE"]),
    key=Path(os.environ["SEALMATCH_KEY"]),
) as bank:
    log_key = Verifier.parse(os.environ["SEALMATCH_LOG_KEY"])
    witness = Witness.open(Path(os.environ["SEALMATCH_STATE"]), log_key, "witness.example/1")
    log = WitnessedServer(bank)
    try:
        cosigned = witness.look(log)
    except InconsistentLogError as error:
        # What was seen before is not in the log any more: the alarm for which a witness exists.
        print("ALARM:", error)
    else:
        if cosigned is not None:
            log.accept(cosigned)
            print("the log continues what was seen; co-signed by", witness.verifier.name)
