"""A teller (支行柜员 or 支行综合员): the first sign-in, one's own sessions, leaving.

SEALMATCH_PASSWORD=<initial> SEALMATCH_NEW_PASSWORD=<own> python teller.py
"""

import os

from sealapi.v1.access_mode_pb2 import AccessMode, ListAccessModesRequest
from sealapi.v1.session_pb2 import ChangePasswordRequest, ListSessionsRequest
from sealmatch.client import Client

SERVER = os.environ.get("SEALMATCH_ADDRESS", "127.0.0.1:7443")

with Client(SERVER) as bank:
    initial, own = os.environ["SEALMATCH_PASSWORD"], os.environ["SEALMATCH_NEW_PASSWORD"]
    session = bank.login(os.environ["SEALMATCH_USER"], initial)
    if session.password_change_required:
        # Nothing else is answered until this is done (A45).
        bank.session.change_password(ChangePasswordRequest(old_password=initial, new_password=own))
        print("password changed")
    for one in bank.session.list_sessions(ListSessionsRequest()).sessions:
        print("signed in from", one.peer.partition(":")[0])
    for way in bank.policy.list_access_modes(ListAccessModesRequest()).modes:
        print(AccessMode.Name(way.mode), "on" if way.enabled else "off")
    bank.logout()
