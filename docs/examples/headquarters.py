"""A headquarters administrator (总行管理员): a new outlet, and a rule that nobody breaks yet.

Both wait for a second administrator: see branch.py for how one decides.
"""

import os

from sealapi.v1.identity_pb2 import (
    CreateExclusionRuleRequest,
    ExclusionRule,
    PreviewExclusionRuleRequest,
)
from sealapi.v1.organization_pb2 import CreateOrgRequest, Org
from sealmatch.client import Client

SERVER = os.environ.get("SEALMATCH_ADDRESS", "127.0.0.1:7443")

with Client(SERVER) as bank:
    bank.login(os.environ["SEALMATCH_USER"], os.environ["SEALMATCH_PASSWORD"])
    asked = bank.organization.create_org(
        CreateOrgRequest(
            org_id="2109", display_name="新城支行", parent="orgs/2100", kind=Org.KIND_REAL,
            reason="董事会 2026-11 决议",
        )
    )  # fmt: skip
    print("waits for a second person:", asked.change.kind, asked.change.target)

    rule = ExclusionRule(
        kind=ExclusionRule.KIND_STATIC, first="core-interface", second="auditor",
        reach=ExclusionRule.REACH_BANK,
    )  # fmt: skip
    preview = bank.identity.preview_exclusion_rule(PreviewExclusionRuleRequest(rule=rule))
    for offender in preview.offenders:
        print("would break the rule:", offender.user)
    if not preview.offenders:
        asked_rule = bank.identity.create_exclusion_rule(
            CreateExclusionRuleRequest(rule_id="auditors-apart", rule=rule, reason="岗位牵制")
        )
        print("waits for a second person:", asked_rule.change.kind, asked_rule.change.target)
