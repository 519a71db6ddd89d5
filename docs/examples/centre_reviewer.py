"""A clearing-centre reviewer (总清复核员): whose code a voucher bears, which scanners to trust.

python centre_reviewer.py CODE     # the outlet's code as the voucher bears it
"""

import os
import sys

from sealapi.v1.device_pb2 import Device, ListDevicesRequest
from sealapi.v1.organization_pb2 import GetOrgRequest
from sealmatch.client import CallError, Client

SERVER = os.environ.get("SEALMATCH_ADDRESS", "127.0.0.1:7443")

with Client(SERVER) as bank:
    bank.login(os.environ["SEALMATCH_USER"], os.environ["SEALMATCH_PASSWORD"])
    try:
        outlet = bank.organization.get_org(GetOrgRequest(name=f"orgs/{sys.argv[1]}")).org
        # The code of an outlet that was merged is still found, with the one that goes on.
        print(outlet.name, outlet.display_name, "now", outlet.merged_into or outlet.name)
    except CallError as error:
        print("not to be found:", error.reason, error.chinese)
    for device in bank.device.list_devices(ListDevicesRequest()).devices:
        print(device.name, Device.State.Name(device.state).removeprefix("STATE_"))
