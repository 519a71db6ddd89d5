"""Technical operations (科技运维): asks whether every service is healthy."""

import os

import grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

SERVICES = ("Organization", "Identity", "Session", "Change", "Policy")

with grpc.insecure_channel(os.environ.get("SEALMATCH_ADDRESS", "127.0.0.1:7443")) as channel:
    health = HealthStub(channel)
    for name in ("", *(f"sealapi.v1.{service}Service" for service in SERVICES)):
        reply = health.Check(HealthCheckRequest(service=name), timeout=5)
        print(name or "server", HealthCheckResponse.ServingStatus.Name(reply.status))
