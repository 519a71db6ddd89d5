"""Calls at the same moment: one effect, and none lost."""

from __future__ import annotations

import threading

from service_bank import Bank, ask_user

from sealapi.v1 import identity_pb2 as ib
from sealmatch.client import CallError


def test_two_approvals_at_once_are_one(bank: Bank) -> None:
    change = ask_user(bank, "n1", "2101", "sub-branch-teller", "c11")
    outcomes: list[str] = []
    # Neither has handed the maker's password out, nor has anyone who handed theirs out.
    clients = {user: bank.as_(user) for user in ("b1", "hq1")}

    def decide(user: str) -> None:
        from sealapi.v1 import change_pb2

        request = change_pb2.ApproveChangeRequest(name=change.name, etag=change.etag)
        try:
            clients[user].change.approve_change(request)
            outcomes.append("OK")
        except CallError as error:
            outcomes.append(error.reason)

    threads = [threading.Thread(target=decide, args=(user,)) for user in (*clients, *clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["CHANGE_NOT_PENDING"] * 3 + ["OK"]


def test_one_request_id_at_once_has_one_effect(bank: Bank) -> None:
    request = ib.ResetPasswordRequest(
        name="users/t11", request_id="11111111-1111-4111-8111-111111111111"
    )
    client, answers = bank.as_("c11"), []

    def reset() -> None:
        answers.append(client.identity.reset_password(request).initial_password)

    threads = [threading.Thread(target=reset) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len(set(answers)) == 1


def test_wrong_passwords_at_once_are_all_counted(bank: Bank) -> None:
    reasons: list[str] = []

    def attempt() -> None:
        try:
            bank.sign_in("t11", "wrong")
        except CallError as error:
            reasons.append(error.reason)

    threads = [threading.Thread(target=attempt) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reasons.count("BAD_CREDENTIALS") == 5
    assert reasons.count("USER_LOCKED") == 5
