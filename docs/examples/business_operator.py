"""Business operations (业务运营人员): outlets as they are, as they were, as the core has them."""

import os
from datetime import UTC, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp

from sealapi.v1.maintenance_pb2 import ListMaintenancesRequest
from sealapi.v1.organization_pb2 import (
    ListOrgDifferencesRequest,
    ListOrgHistoryRequest,
    ListOrgsRequest,
    OrgDifference,
)
from sealmatch.client import Client

SERVER = os.environ.get("SEALMATCH_ADDRESS", "127.0.0.1:7443")

with Client(SERVER) as bank:
    bank.login(os.environ["SEALMATCH_USER"], os.environ["SEALMATCH_PASSWORD"])
    print("organisations:", len(bank.organization.list_orgs(ListOrgsRequest()).orgs))
    last_year = Timestamp()
    last_year.FromDatetime(datetime.now(UTC) - timedelta(days=365))
    then = bank.organization.list_org_history(ListOrgHistoryRequest(as_of=last_year)).orgs
    print("a year ago:", len(then))
    reply = bank.organization.list_org_differences(ListOrgDifferencesRequest())
    for one in reply.differences:
        kind = OrgDifference.Kind.Name(one.kind).removeprefix("KIND_")
        print("differs from the core system:", one.org, kind, one.here, one.core)
    for pause in bank.operations.list_maintenances(ListMaintenancesRequest()).maintenances:
        print("the service pauses:", pause.start_time.ToDatetime(), pause.notice)
