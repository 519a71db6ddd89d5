"""Technical operations (科技运维): is every service healthy, and is every scanner."""

import os

import grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

from sealapi.v1.device_pb2 import Device, ListDevicesRequest, ResolveFaultRequest
from sealmatch.client import Client

SERVER = os.environ.get("SEALMATCH_ADDRESS", "127.0.0.1:7443")
SERVICES = (
    "Organization", "Identity", "Session", "Change", "Policy", "Audit", "Operations", "Device",
)  # fmt: skip

with grpc.insecure_channel(SERVER) as channel:
    health = HealthStub(channel)
    for name in ("", *(f"sealapi.v1.{service}Service" for service in SERVICES)):
        reply = health.Check(HealthCheckRequest(service=name), timeout=5)
        print(name or "server", HealthCheckResponse.ServingStatus.Name(reply.status))

with Client(SERVER) as bank:
    bank.login(os.environ["SEALMATCH_USER"], os.environ["SEALMATCH_PASSWORD"])
    for device in bank.device.list_devices(ListDevicesRequest()).devices:
        print(device.name, Device.State.Name(device.state).removeprefix("STATE_"))
        for fault in device.faults:
            done = ResolveFaultRequest(name=fault.name, note="更换灯管")
            print("mended:", bank.device.resolve_fault(done).fault.note)
