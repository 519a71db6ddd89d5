"""The core system (核心接口): known by its client certificate, it reports its tellers (A49)."""

import os
from pathlib import Path

from sealapi.v1.identity_pb2 import CoreTeller, RecordCoreTellersRequest
from sealmatch.client import Client

with Client(
    os.environ.get("SEALMATCH_ADDRESS", "127.0.0.1:7443"),
    authority=Path(os.environ["SEALMATCH_AUTHORITY"]),
    certificate=Path(os.environ["SEALMATCH_CERTIFICATE"]),
    key=Path(os.environ["SEALMATCH_KEY"]),
) as bank:
    tellers = [
        CoreTeller(
            user_id="330201", display_name="柜员甲", org="orgs/2101", active=True,
            rights=["account.read", "account.sync", "card.draft", "card.submit"],
        ),
        CoreTeller(user_id="330202", display_name="柜员乙", org="orgs/2101", active=False),
    ]  # fmt: skip
    reply = bank.identity.record_core_tellers(RecordCoreTellersRequest(tellers=tellers))
    print("tellers reported:", reply.recorded)
