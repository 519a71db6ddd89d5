"""An auditor (审计检查): who can do what, why, and what the nightly comparison found."""

import os

from sealapi.v1.identity_pb2 import (
    ExplainAccessRequest,
    ListReviewSummariesRequest,
    ListRightsFindingsRequest,
    RightsFinding,
    WhoCanRequest,
)
from sealmatch.client import Client

SERVER = os.environ.get("SEALMATCH_ADDRESS", "127.0.0.1:7443")
ORG = f"orgs/{os.environ['SEALMATCH_ORG']}"

with Client(SERVER) as bank:
    bank.login(os.environ["SEALMATCH_USER"], os.environ["SEALMATCH_PASSWORD"])
    who = bank.identity.who_can(WhoCanRequest(permission="user.unlock", org=ORG))
    for held in who.assignments:
        print("can unlock at", ORG, held.user, "as", held.post)
    why = bank.identity.explain_access(
        ExplainAccessRequest(user=who.assignments[0].user, permission="user.unlock", org=ORG)
    )
    print("because:", "; ".join(why.steps))
    for line in bank.identity.list_review_summaries(ListReviewSummariesRequest()).summaries:
        print("review of", line.org, "not opened" if not line.review else f"open: {line.open}")
    report = bank.identity.list_rights_findings(ListRightsFindingsRequest())
    for finding in report.findings:
        print(finding.user, RightsFinding.Kind.Name(finding.kind), ",".join(finding.permissions))
    print("differences from the core system:", report.found)
