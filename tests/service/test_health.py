"""What watches the server: health, reflection, metrics."""

from __future__ import annotations

import time
import urllib.request
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from refusals import refused
from service_bank import Bank, free_port, running

from seal_service.domain.reasons import Reason, Refusal
from sealapi.v1 import organization_pb2 as ob

ORG = ob.GetOrgRequest(name="orgs/2101")


def test_health_and_reflection(copied: tuple[Path, str]) -> None:
    with running(*copied) as bank, grpc.insecure_channel(bank.address) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        for name in ("", "sealapi.v1.IdentityService"):
            reply = health.Check(health_pb2.HealthCheckRequest(service=name))
            assert reply.status == health_pb2.HealthCheckResponse.SERVING
        with pytest.raises(grpc.RpcError) as caught:
            list(reflected(channel))
        assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED  # type: ignore[attr-defined]
    with running(*copied, reflection=True) as bank, grpc.insecure_channel(bank.address) as channel:
        (reply,) = reflected(channel)
        names = {service.name for service in reply.list_services_response.service}
        assert "sealapi.v1.ChangeService" in names


def wait_for_health(health: Any, status: int) -> None:
    for _ in range(200):
        reply = health.Check(health_pb2.HealthCheckRequest(service="sealapi.v1.AuditService"))
        if reply.status == status:
            return
        time.sleep(0.05)
    raise AssertionError(reply)


def test_health_says_when_the_audit_log_has_stopped(sqlite_bank: Bank) -> None:
    good, bad = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING
    with grpc.insecure_channel(sqlite_bank.address) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        wait_for_health(health, good)
        appender = sqlite_bank.server._appender
        appender._note_status(stopped="the log is damaged")
        wait_for_health(health, bad)
        assert sqlite_bank.as_("hq1").organization.get_org(ORG).org.name  # served all the same


def test_health_follows_the_database(sqlite_bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING
    connections = sqlite_bank.server.pipeline.database.connections  # type: ignore[attr-defined]

    def gone() -> Any:
        raise Refusal(Reason.DATABASE_BUSY)

    with grpc.insecure_channel(sqlite_bank.address) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        wait_for_health(health, good)
        with monkeypatch.context() as patch:
            patch.setattr(connections, "read", gone)
            wait_for_health(health, bad)
        wait_for_health(health, good)


def reflected(channel: grpc.Channel) -> Any:
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    return stub.ServerReflectionInfo(
        iter([reflection_pb2.ServerReflectionRequest(list_services="")])
    )


def test_metrics_count_calls_by_outcome(copied: tuple[Path, str]) -> None:
    port = free_port()
    with running(*copied, metrics_port=port) as bank:
        bank.org("2101")
        with refused("OUT_OF_ORG_SCOPE"):
            bank.org("2101", by="c12")
        text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    rpc = 'rpc="sealapi.v1.OrganizationService/GetOrg"'
    assert f'sealmatch_calls_total{{outcome="OK",{rpc}}} 1.0' in text
    assert f'sealmatch_calls_total{{outcome="OUT_OF_ORG_SCOPE",{rpc}}} 1.0' in text
    assert "process_resident_memory_bytes" in text
    assert "sealmatch_audit_leading 1.0" in text
    assert "sealmatch_audit_stopped 0.0" in text
