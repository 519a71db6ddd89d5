"""A clearing-centre teller (总清柜员): whose vouchers come in, and a scanner that stripes them."""

import os

from sealapi.v1.device_pb2 import DeviceFault, ListDevicesRequest, ReportFaultRequest
from sealapi.v1.organization_pb2 import ListOrgsRequest
from sealmatch.client import Client

SERVER = os.environ.get("SEALMATCH_ADDRESS", "127.0.0.1:7443")
CENTRE = f"orgs/{os.environ['SEALMATCH_ORG']}"

with Client(SERVER) as bank:
    bank.login(os.environ["SEALMATCH_USER"], os.environ["SEALMATCH_PASSWORD"])
    # The post reaches the whole bank: every outlet's vouchers pass through the centre.
    outlets = [one for one in bank.organization.list_orgs(ListOrgsRequest()).orgs if one.level == 3]
    print("vouchers come from", len(outlets), "outlets")
    for device in bank.device.list_devices(ListDevicesRequest(org=CENTRE)).devices:
        print(device.name, device.model, device.parameters.dpi, "dpi")
        report = ReportFaultRequest(
            name=device.name, kind=DeviceFault.KIND_FAULT, note="扫描有条纹"
        )
        print("reported:", bank.device.report_fault(report).fault.note)
