"""The policy option of every RPC, read from the descriptors: the contract is the only source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from sealapi.v1 import (
    access_mode_pb2,
    audit_pb2,
    change_pb2,
    device_pb2,
    identity_pb2,
    maintenance_pb2,
    organization_pb2,
    policy_pb2,
    session_pb2,
)

PUBLIC, SELF = "public", "self"

SERVICES: tuple[ServiceDescriptor, ...] = tuple(
    file.DESCRIPTOR.services_by_name[name]
    for file, name in (
        (organization_pb2, "OrganizationService"),
        (identity_pb2, "IdentityService"),
        (session_pb2, "SessionService"),
        (change_pb2, "ChangeService"),
        (access_mode_pb2, "PolicyService"),
        (audit_pb2, "AuditService"),
        (maintenance_pb2, "OperationsService"),
        (device_pb2, "DeviceService"),
    )
)
"""The services of the contract that this server offers."""


class Scope(StrEnum):
    """How far a permission must reach."""

    SUBTREE = "SUBTREE"
    SELF = "SELF"
    BANK = "BANK"


@dataclass(frozen=True, slots=True)
class Policy:
    """What one RPC demands."""

    rpc: str
    permission: str
    scope: Scope
    audit_kind: str
    second_person: bool
    data_class: int
    step_up: bool


class PolicyMissingError(Exception):
    """An RPC does not say what it demands; the server does not start."""


def policy_of(method: MethodDescriptor) -> Policy:
    """Return what an RPC demands.

    Raises
    ------
    PolicyMissingError
        Its option is missing or incomplete.
    """
    service = method.containing_service
    rpc = f"{service.full_name}/{method.name}"
    options = method.GetOptions()
    option: Any = options.Extensions[policy_pb2.policy]  # type: ignore[index]
    complete = (
        option.permission
        and option.scope
        and option.audit
        and option.checker
        and 1 <= option.data_class <= 5
    )
    if not complete:
        message = f"{rpc} has no complete policy option"
        raise PolicyMissingError(message)
    return Policy(
        rpc=rpc,
        permission=option.permission,
        scope=Scope(policy_pb2.Scope.Name(option.scope).removeprefix("SCOPE_")),
        audit_kind=policy_pb2.AuditKind.Name(option.audit).removeprefix("AUDIT_KIND_"),
        second_person=option.checker != policy_pb2.CHECKER_NONE,
        data_class=option.data_class,
        step_up=option.step_up,
    )


def by_data_class() -> Mapping[int, Sequence[Policy]]:
    """Return the policies of all RPCs by their data class."""
    found: defaultdict[int, list[Policy]] = defaultdict(list)
    for service in SERVICES:
        for method in service.methods:
            policy = policy_of(method)
            found[policy.data_class].append(policy)
    return dict(found)
