"""Laws of the service's rules, without a server."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seal_service.adapters.crypto.installation import InstallationSecrets
from seal_service.adapters.crypto.keys import KeyFileError, load_or_make_key
from seal_service.adapters.crypto.suites import Profile
from seal_service.adapters.sql.columns import Instant
from seal_service.config import Quota
from seal_service.domain import seed
from seal_service.domain.access_modes import AccessMode
from seal_service.domain.changes import Change, ChangeState, approved, rejected
from seal_service.domain.orgs import common_path, parent_path
from seal_service.domain.passwords import PasswordRules, broken_rules, random_password
from seal_service.domain.people import (
    Assignment,
    bank_date,
    locks,
    new_user,
    with_rights_changed,
)
from seal_service.domain.posts import (
    PERMISSIONS,
    ExclusionRule,
    RuleKind,
    check_post,
    check_role,
    check_rule,
    conflicts,
    refuse_same_person,
)
from seal_service.domain.reasons import Reason, Refusal
from seal_service.domain.reminders import quarters_to_watch, stage_of
from seal_service.domain.reviews import last_day, quarter_of
from seal_service.domain.sessions import SessionRules, opened, require_alive
from seal_service.interceptors.quota import Quotas

CODES = st.sampled_from(["10", "1", "100", "2A", "2"])
PATHS = st.lists(CODES, max_size=2).map(lambda codes: f"/{'/'.join(['HQ', *codes])}/")
INSTANTS = st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1))  # noqa: DTZ001


@given(PATHS, PATHS)
def test_a41_the_deciding_organisation_is_above_both(first: str, second: str) -> None:
    above = common_path(first, second)
    assert above == common_path(second, first)
    assert parent_path(first).startswith(above)
    assert parent_path(second).startswith(above)
    assert above.startswith("/HQ/")
    # and it is the lowest such: one level further down, one of the two is left out
    for path in (parent_path(first), parent_path(second)):
        if path != above:
            child = above + path.removeprefix(above).split("/")[0] + "/"
            assert not (first.startswith(child) and second.startswith(child)) or child in {
                first, second,
            }  # fmt: skip


def test_a46_the_sixth_locks() -> None:
    assert [locks(n) for n in (1, 5, 6, 7)] == [False, False, True, True]


@given(INSTANTS)
def test_the_banks_day_is_the_local_one(at: datetime) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    assert bank_date(at, zone) == at.astimezone(zone).date()
    assert bank_date(at, zone, 6) == (at - timedelta(hours=6)).astimezone(zone).date()


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2098, 12, 31)))
def test_a51_a_quarters_last_day_belongs_to_it(day: date) -> None:
    quarter = quarter_of(day)
    assert day <= last_day(quarter)
    assert quarter_of(last_day(quarter)) == quarter
    assert quarter_of(last_day(quarter) + timedelta(days=1)) != quarter


@given(st.dates(min_value=date(2001, 1, 1), max_value=date(2098, 12, 31)), st.integers(-90, 30))
def test_a51_reminders_only_ever_come_nearer(due_on: date, shift: int) -> None:
    order = [None, "D-14", "D-7", "D-1", *(f"OVERDUE-{week}" for week in range(1, 20))]
    today, tomorrow = (due_on + timedelta(days=shift + more) for more in (0, 1))
    here, there = (order.index(stage_of(due_on, day)) for day in (today, tomorrow))
    assert here <= there <= here + 1
    assert (today > due_on) is (here > 3)
    assert quarter_of(today) == quarters_to_watch(today)[1]
    assert last_day(quarters_to_watch(today)[0]) + timedelta(days=1) <= today


@given(st.integers(0, 10**6))
def test_random_initial_passwords_can_be_typed_and_differ(number: int) -> None:
    password = random_password()
    assert len(password) == 16, number
    assert not set(password) & set("01OIl")
    assert password != random_password()


def test_a45_rules_are_named_in_a_fixed_order() -> None:
    rules = PasswordRules(initial="888888")
    assert broken_rules("888888", user_id="x1", rules=rules) == [
        "min_length", "character_kinds", "is_initial", "run",
    ]  # fmt: skip
    assert broken_rules("Blue-Horse-47", user_id="x1", rules=rules) == []


def test_the_seed_is_consistent_and_nobody_may_hold_what_restrains() -> None:
    posts = [post.id for post in seed.POSTS]
    for role in seed.ROLES:
        check_role(role)
    for post in seed.POSTS:
        check_post(post, roles=[role.id for role in seed.ROLES], posts=posts)
        assert post.appointed_by, "a post that nobody can give"
    for rule in seed.RULES:
        check_rule(rule, posts=posts, acts=[rule.first, rule.second])
    assert len({rule.id for rule in seed.RULES}) == len(seed.RULES)
    granted = {
        post.id: {code for role in seed.ROLES if role.id in post.roles for code in role.permissions}
        for post in seed.POSTS
    }
    assert "card.review" not in granted["sub-branch-teller"]
    for admin in ("sub-branch-chief", "branch-admin", "hq-admin", "centre-admin"):
        assert not {c for c in granted[admin] if c.startswith(("card.", "verify.", "manual."))}
    mutations = {c for c in granted["auditor"] if c.endswith((".manage", ".assign", ".decide"))}
    assert not mutations


def granted() -> dict[str, set[str]]:
    """Return what each seeded post grants."""
    roles = {role.id: set(role.permissions) for role in seed.ROLES}
    return {post.id: set().union(*(roles[role] for role in post.roles)) for post in seed.POSTS}


def test_e27_each_post_grants_what_its_work_needs_and_no_more() -> None:
    kinds = {post: {code.partition(".")[0] for code in codes} for post, codes in granted().items()}
    business = {"card", "verify", "manual", "paper_fold"}
    for post in ("hq-admin", "branch-admin", "sub-branch-chief", "centre-admin", "operator",
                 "auditor", "operations-manager", "business-operator", "witness"):  # fmt: skip
        assert not kinds[post] & business, post
    # A report is compiled from what its maker may read and changes nothing but the log.
    reading = (".read", ".explain", "report.make")
    acting = {code for code in PERMISSIONS if not code.endswith(reading)}
    assert granted()["auditor"] & acting == set()
    assert granted()["operator"] & acting == {
        "device.manage", "device.use", "backup.manage", "restore.drill", "maintenance.propose",
        "maintenance.cancel",
    }  # fmt: skip


@given(st.permutations([post.id for post in seed.POSTS]), st.integers(2, 5))
def test_a30_conflicts_do_not_depend_on_order(order: list[str], count: int) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    held = [Assignment(f"{i}", "u", post, "o", at, None, None) for i, post in enumerate(order)]
    found = {frozenset((a.post_id, b.post_id)) for _, a, b in conflicts(held[:count], seed.RULES)}
    again = conflicts(reversed(held[:count]), seed.RULES)
    assert found == {frozenset((a.post_id, b.post_id)) for _, a, b in again}
    expected = {
        frozenset((rule.first, rule.second))
        for rule in seed.RULES
        if rule.kind is RuleKind.STATIC and {rule.first, rule.second} <= set(order[:count])
    }
    assert found == expected


def test_dynamic_exclusions_are_about_one_thing_and_one_person() -> None:
    rules: list[ExclusionRule] = list(seed.RULES)
    with pytest.raises(Refusal) as caught:
        refuse_same_person("ann", "card.review", [("ann", "card.draft")], rules)
    assert caught.value.reason is Reason.SAME_PERSON
    refuse_same_person("bob", "card.review", [("ann", "card.draft")], rules)
    refuse_same_person("ann", "card.draft", [("ann", "card.draft")], rules)


@given(INSTANTS)
def test_instants_come_back_from_the_database_as_they_were(at: datetime) -> None:
    column = Instant()
    stored = column.process_bind_param(at, None)  # type: ignore[arg-type]
    assert isinstance(stored, int)
    assert column.process_result_value(stored, None) == at  # type: ignore[arg-type]


@given(st.lists(st.floats(0, 3), max_size=60))
def test_a_caller_never_gets_more_than_burst_and_rate(pauses: list[float]) -> None:
    now = 0.0
    quotas = Quotas(Quota(per_s=2, burst=3), clock=lambda: now)
    given_out = 0
    for pause in pauses:
        now += pause
        try:
            quotas.take("x", anonymous=False)
            given_out += 1
        except Refusal as refusal:
            wait = refusal.retry_after_s
            assert wait is not None
            assert 0 < wait <= 0.5
        assert given_out <= 3 + 2 * now + 1e-6


@pytest.mark.parametrize("profile", ["international", "sm"])
@given(st.binary(max_size=100), st.binary(max_size=20))
def test_a_sealed_answer_opens_in_its_own_context_only(
    profile: Profile, data: bytes, context: bytes
) -> None:
    secrets = InstallationSecrets(b"k" * 32, profile)
    sealed = secrets.seal(data, context)
    assert secrets.unseal(sealed, context) == data
    assert data not in sealed or len(data) < 4
    for wrong, where in (
        (sealed[:-1] + bytes([sealed[-1] ^ 1]), context),
        (sealed, context + b"x"),
        (sealed[:20], context),
        (b"\x03" + sealed[1:], context),
        (b"", context),
    ):
        with pytest.raises(KeyFileError):
            secrets.unseal(wrong, where)


def test_the_key_file_is_private_and_stays_the_same(tmp_path: Path) -> None:
    path = tmp_path / "new" / "key"
    key = load_or_make_key(path)
    assert load_or_make_key(path) == key
    path.chmod(0o644)
    with pytest.raises(KeyFileError, match="chmod 600"):
        load_or_make_key(path)
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(KeyFileError, match="32 bytes"):
        load_or_make_key(path)


def test_a_refusal_carries_exactly_its_numbers() -> None:
    with pytest.raises(TypeError):
        Refusal(Reason.NO_PERMISSION)
    with pytest.raises(TypeError):
        Refusal(Reason.SAME_PERSON, who="ann")


def test_four_eyes_and_stale_sessions_hold_in_the_rules_alone() -> None:
    # The use cases look as well; each of the two guards is enough by itself.
    at = datetime(2026, 1, 1, tzinfo=UTC)
    change = Change(
        id="c", kind="k", target="t", org_id="o", body={}, body_hash="", maker="ann",
        state=ChangeState.PENDING, made_at=at, reason="", target_version=None,
        expires_at=at + timedelta(days=1),
    )  # fmt: skip
    for decide in (approved, rejected):
        with pytest.raises(Refusal) as caught:
            decide(change, "ann", "", at)
        assert caught.value.reason is Reason.SAME_PERSON
        assert decide(change, "bob", "", at).checker == "bob"
    user = new_user("u", "u", "o", at=at)
    session = opened("s", "h", user, rules=SessionRules(), peer="", mode=AccessMode.DIRECT, at=at)
    require_alive(session, user, at)
    with pytest.raises(Refusal) as caught:
        require_alive(session, with_rights_changed(user), at)
    assert caught.value.reason is Reason.SESSION_EXPIRED
