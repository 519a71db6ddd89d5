"""ExplainAccess and WhoCan say what the server does (E27)."""

from __future__ import annotations

from service_bank import Bank

from sealapi.v1 import identity_pb2 as pb
from sealmatch.client import CallError


def test_explain_access_and_who_can(bank: Bank) -> None:
    def explain(user: str, permission: str, org: str) -> pb.ExplainAccessResponse:
        request = pb.ExplainAccessRequest(
            user=f"users/{user}", permission=permission, org=f"orgs/{org}"
        )
        return bank.as_("b1").identity.explain_access(request)

    allowed = explain("t11", "card.draft", "2101")
    assert allowed.allowed
    assert allowed.steps[0] == "sub-branch-teller at 2101: grants card.draft over 2101"
    assert not explain("t11", "card.draft", "2102").allowed
    assert not explain("t11", "org.manage", "2101").allowed
    who = bank.as_("b1").identity.who_can(
        pb.WhoCanRequest(permission="card.review", org="orgs/2101")
    )
    assert [one.user for one in who.assignments] == ["users/r11"]
    who = bank.as_("b1").identity.who_can(
        pb.WhoCanRequest(permission="user.manage", org="orgs/2101")
    )
    assert {one.user.removeprefix("users/") for one in who.assignments} == {
        "hq1", "hq2", "b1", "b1b", "c11",
    }  # fmt: skip


def test_e27_explanations_are_what_the_server_does(sqlite_bank: Bank) -> None:
    """What ExplainAccess and WhoCan say of everyone and everywhere, GetUser confirms."""
    bank = sqlite_bank
    bank.as_("c12").identity.disable_user(pb.DisableUserRequest(name="users/t12", reason="x"))
    # One person of each organisation stands for it; each asks to see each.
    there = {"1000": "aud", "2100": "b1", "2200": "b2", "2101": "t11", "2102": "c12", "2201": "t21"}
    askers = ["hq1", "aud", "ops", "cor", "b1", "b2", "c11", "c12", "t11", "r11", "t12", "loc"]
    for org, shown in there.items():
        who = bank.as_("hq1").identity.who_can(
            pb.WhoCanRequest(permission="user.read", org=f"orgs/{org}")
        )
        can = {one.user.removeprefix("users/") for one in who.assignments}
        for asker in askers:
            said = bank.as_("hq1").identity.explain_access(
                pb.ExplainAccessRequest(
                    user=f"users/{asker}", permission="user.read", org=f"orgs/{org}"
                )
            )
            assert said.allowed is (asker in can), (asker, org, said.steps)
            assert said.allowed is bool(said.granted_by)
            assert said.steps
            if asker == shown:
                continue  # everyone sees oneself
            try:
                bank.user(shown, by=asker)
                done = True
            except CallError as error:
                assert error.reason in {"NO_PERMISSION", "OUT_OF_ORG_SCOPE", "USER_DISABLED"}
                done = False
            assert done is said.allowed, (asker, org, said.steps)


def test_explanations_name_what_bars_a_person_and_what_is_switched_off(bank: Bank) -> None:
    bank.as_("c11").identity.disable_user(pb.DisableUserRequest(name="users/t11", reason="x"))
    said = bank.as_("c11").identity.explain_access(
        pb.ExplainAccessRequest(user="users/t11", permission="verify.single", org="orgs/2101")
    )
    assert not said.allowed
    assert said.steps[0].startswith("USER_DISABLED")
    assert said.steps[-1] == "verify.single is switched off for: DIRECT"
